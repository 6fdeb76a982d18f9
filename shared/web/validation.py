"""What is sent over HTTP: who sends JSON or parameters is told at once what is wrong, unknown ones included."""

from collections.abc import Iterator

from fastapi import Request
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

from shared.contracts import Text
from shared.web.bodies import body_model, read_body
from shared.web.problems import MOST_ERRORS, Unprocessable, UnsupportedMediaType, field_problem, invalid_model

MOST_NAMED = 10
TEXT: TypeAdapter[str] = TypeAdapter(Text)


class UnknownParameter(Unprocessable):
    """A query parameter that this route does not know: a filter with a typo would show everything."""

    code = "unknown-parameter"


_REFUSED = {"extra_forbidden", "json_invalid"}  # Python's own reader takes NaN, and names that no text can have


async def expect_json(request: Request) -> None:
    """Refuse a body that says it is something else, where a route wants JSON."""
    if body_model(request) is None or not await request.body():
        return
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        raise UnsupportedMediaType("Send JSON, with `Content-Type: application/json`.")


async def refuse_unknown_parameters(request: Request) -> None:
    """Raise UnknownParameter, naming each (ten at most) and those there are. Not asked of links: mail adds its own."""
    known = known_parameters(request.scope["route"])
    unknown = [name for name in dict.fromkeys(request.query_params.keys()) if name not in known]
    if unknown:
        words = f"Known are: {', '.join(known)}." if known else "This address takes none."
        named = [field_problem(f"/query/{name[:100]}", UnknownParameter.code, words) for name in unknown[:MOST_NAMED]]
        raise UnknownParameter(f"There is no such query parameter here. {words}", errors=named, known=known)


def known_parameters(route: APIRoute) -> list[str]:
    """The query parameters of a route and of all it depends on."""
    return sorted({field.alias for field in _parameters(route.dependant)})


def _parameters(dependant: Dependant) -> Iterator[ModelField]:
    yield from dependant.query_params
    for inner in dependant.dependencies:
        yield from _parameters(inner)


async def refuse_unknown_fields(request: Request) -> None:
    """Raise Unprocessable, naming each, when a body has fields its route does not know: a typo would be lost.

    Whatever else is wrong is told with them. Where there are too many their number alone is told.
    """
    error = await read_body(request)
    if not isinstance(error, ValidationError):
        return
    if error.error_count() > MOST_ERRORS or any(e["type"] in _REFUSED for e in error.errors()):
        raise invalid_model(error) from None


def fits(kind: TypeAdapter[str], typed: str) -> bool:
    """Whether what somebody typed into a form is of this kind, as the contracts bound it."""
    try:
        kind.validate_python(typed)
    except ValidationError:
        return False
    return True
