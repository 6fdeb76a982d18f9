"""Problems: refusals with a name and a code, answered as RFC 9457 problem details. They never repeat what was sent."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from itertools import islice
from typing import Any, ClassVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 100
LONGEST_STEP = 200  # of a name that a sender made up


class FieldError(BaseModel):
    """What is wrong with one field."""

    field: str
    code: str
    detail: str


class Problem(Exception):
    """A refusal. A subclass sets `code`; the detail is for a person and may be added where it is raised."""

    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request cannot be understood"
    code: str = "bad-request"
    detail: str | None = None

    def __init__(self, detail: str | None = None, *, headers: Mapping[str, str] | None = None, **more: object) -> None:
        super().__init__(detail or self.code)
        self.detail = detail or type(self).detail
        self.headers = dict(headers or {})
        self.more = more


class Unauthorized(Problem):
    """Nobody we know."""

    status = 401
    title = "Sign in first"
    code = "unauthorized"


class Forbidden(Problem):
    """Somebody who may not."""

    status = 403
    title = "Not allowed"
    code = "forbidden"


class NotFound(Problem):
    """There is no such thing in this organisation."""

    status = 404
    title = "Not found"
    code = "not-found"


class NoSuchAddress(NotFound):
    """No route has this address."""

    code = "no-such-address"


class MethodNotAllowed(Problem):
    """The address is right, the verb is not."""

    status = 405
    title = "Method not allowed"
    code = "method-not-allowed"


class RequestTimeout(Problem):
    """The body did not come to its end."""

    status = 408
    title = "Took too long"
    code = "request-timeout"


class Conflict(Problem):
    """It contradicts what is already known."""

    status = 409
    title = "Conflict"
    code = "conflict"


class Gone(Problem):
    """It was there once."""

    status = 410
    title = "No longer there"
    code = "gone"


class PreconditionFailed(Problem):
    """Somebody changed it in between."""

    status = 412
    title = "Changed in between"
    code = "precondition-failed"


class TooLarge(Problem):
    """The body is above the limit."""

    status = 413
    title = "Too large"
    code = "too-large"


class UnsupportedMediaType(Problem):
    """The body is not JSON."""

    status = 415
    title = "Unsupported media type"
    code = "unsupported-media-type"


class Unprocessable(Problem):
    """It can be read, but not accepted."""

    status = 422
    title = "Not acceptable as it is"
    code = "unprocessable"


class InFuture(Unprocessable):
    """An instant that should lie in the past is more than ten minutes ahead."""

    code = "time-in-future"

    def __init__(self, place: str) -> None:
        detail = "An instant that should lie in the past is more than ten minutes ahead."
        field = FieldError(field="/" + place.replace(".", "/"), code=self.code, detail=detail)
        super().__init__(detail, errors=[field.model_dump()])


class InvalidField(Unprocessable):
    """A value that reaches nobody, means nothing, or misleads its reader."""

    code = "invalid-field"

    def __init__(self, place: str, detail: str) -> None:
        field = FieldError(field="/" + place.replace(".", "/"), code=self.code, detail=detail)
        super().__init__(detail, errors=[field.model_dump()])


class TooManyRequests(Problem):
    """Too often."""

    status = 429
    title = "Too many requests"
    code = "too-many-requests"


class Unexpected(Problem):
    """A mistake of ours. The log has it under the request id."""

    status = 500
    title = "Something went wrong on our side"
    code = "unexpected"


class Unavailable(Problem):
    """Something we need is away; the same request may succeed a moment later."""

    status = 503
    title = "Not available at the moment"
    code = "unavailable"


class ProblemDetails(BaseModel):
    """Problem details (RFC 9457) with a stable code."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    request_id: str | None = None
    errors: list[FieldError] | None = None


def field_problem(field: str, code: str, detail: str) -> dict[str, str]:
    """One entry of `errors`."""
    return FieldError(field=field, code=code, detail=detail).model_dump()


def answer(problem: Problem, request_id: str | None = None) -> Response:
    """The response that tells a problem."""
    told: dict[str, Any] = {
        "type": f"urn:talentloop:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "request_id": request_id,
        **problem.more,
    }
    body = json.dumps({k: v for k, v in told.items() if v is not None}).encode()
    return Response(body, problem.status, problem.headers, MEDIA_TYPE)


async def tell(request: Request, problem: Problem) -> Response:
    """The same for a request that is being answered."""
    return answer(problem, request.state.request_id)


Telling = Callable[[Request, Problem], Awaitable[Response]]  # how a service tells whoever asked


def invalid(errors: Iterable[Any]) -> Unprocessable:
    """A refusal that lists each field by JSON pointer, from what pydantic found."""
    told = islice(errors, MOST_ERRORS)
    found = [FieldError(field=_pointer(e["loc"]), code=_code(e), detail=_detail(e)).model_dump() for e in told]
    problem = Unprocessable("Some fields are missing or wrong.", errors=found)
    problem.code = "invalid"
    return problem


def invalid_model(error: ValidationError) -> Unprocessable:
    """The same for a model that a route built from what was sent; too many are counted and not told one by one."""
    if (count := error.error_count()) > MOST_ERRORS:
        problem = Unprocessable(f"{count} fields are missing, unknown or wrong.")
        problem.code = "too-many-errors"
        return problem
    return invalid(error.errors(include_input=False, include_url=False))


def _pointer(location: tuple[int | str, ...]) -> str:
    """The JSON pointer into the body; what is not in the body is under /path, /query or /header."""
    if location[:1] == ("body",):
        location = location[1:]
    return "".join("/" + str(step)[:LONGEST_STEP].replace("~", "~0").replace("/", "~1") for step in location)


def _code(error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "unknown-field"
    return str(error["type"]).replace("_", "-")


def _detail(error: Mapping[str, Any]) -> str:
    """Pydantic repeats what was sent in a few of its messages: those are told without it."""
    if error["type"] == "json_invalid":
        return "The body is not JSON."
    if error["type"] == "extra_forbidden":
        return "There is no such field here."
    if error["type"] in {"union_tag_invalid", "timezone_offset", "url_parsing"}:
        return "This value is not allowed here."
    return str(error["msg"])
