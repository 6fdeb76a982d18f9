"""Bodies over HTTP: who sends JSON is told at once what is wrong with it, unknown fields included."""

from typing import Any

from fastapi import Request
from fastapi.params import Form
from pydantic import BaseModel, ValidationError

from shared.kit.problems import MOST_ERRORS, UnsupportedMediaType, invalid_model

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


async def refuse_unknown_fields(request: Request) -> None:
    """Raise Unprocessable, naming each, when a body has fields its route does not know: a typo would be lost.

    Whatever else is wrong is told with them. Where there are too many their number alone is told.
    """
    model: Any = body_model(request)
    if model is None:
        return
    try:
        model.__pydantic_validator__.validate_json(await request.body(), extra="forbid")
    except ValidationError as error:
        if error.error_count() > MOST_ERRORS or any(e["type"] in _REFUSED for e in error.errors()):
            raise invalid_model(error) from None


def body_model(request: Request) -> type[BaseModel] | None:
    """What a route reads its JSON body into; None for a route without one, or with a form."""
    field = getattr(request.scope.get("route"), "body_field", None)
    if field is None or isinstance(field.field_info, Form):
        return None
    model: type[BaseModel] = field.field_info.annotation
    return model
