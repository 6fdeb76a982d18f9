"""Pages for what went wrong: what, what to do, and the number to tell whoever runs this."""

from collections.abc import Sequence

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.datastructures import Headers
from starlette.types import Scope

from services.console.api import rendering
from services.console.api.guard import is_sent_here
from services.console.api.places import WHOSE
from services.console.api.visitors import NotYourPage
from services.console.calls.desk import CallRefused, ServiceAway
from services.console.domain.ways import Obstacle, SignInFailed
from shared.web import problems
from shared.web.problems import Problem
from shared.web.translation import accepted, spoken

Failure = Problem | RequestValidationError | ServiceAway | CallRefused


def tell(
    request: Request, error: Failure, *, written: Sequence[tuple[str, str | None]] = (), action: str = ""
) -> HTMLResponse:
    """The page of a failure, in the frame of whoever is signed in."""
    status, values = _said(error)
    page = _page(request, "failed.html", status, error=values, written=written, action=action)
    page.headers.update(error.headers if isinstance(error, Problem) else {})
    return page


async def tell_anybody(request: Request, problem: Problem) -> Response:
    """What no page refuses: told in a page to those who read pages, and to programs as everywhere."""
    if reads_pages(request.scope):
        return await tell_writer(request, problem)
    return await problems.tell(request, problem)


def reads_pages(scope: Scope) -> bool:
    """Whoever asks is a browser that shows a page."""
    return "text/html" in Headers(scope=scope).get("accept", "")


async def keep(request: Request) -> HTMLResponse:
    """A session ended while somebody was writing: what they sent comes back to be sent again."""
    return bare(request, "session_over.html", 401, written=await written(request), action=address_of(request))


async def tell_writer(request: Request, error: Failure) -> HTMLResponse:
    """The page of a failure; what somebody sent comes back with it, to be sent again."""
    return tell(request, error, written=await written(request), action=address_of(request))


async def written(request: Request) -> list[tuple[str, str | None]]:
    """What a form of ours sent, field by field, as far as it can be read; a file is none and is chosen anew."""
    if request.method == "GET" or not is_sent_here(request):
        return []
    try:
        form = await request.form()
    except Exception:  # what hindered the page to read it, too large or broken, hinders this
        return []
    return [(name, value if isinstance(value, str) else None) for name, value in form.multi_items()]


async def not_signed_in(request: Request, error: SignInFailed) -> HTMLResponse:
    """Why somebody is not signed in, and what to do; what they sent comes back."""
    said = {"obstacle": error.obstacle, "written": await written(request), "action": address_of(request)}
    return bare(request, "sign_in_failed.html", _OBSTACLES[error.obstacle], **said)


def address_of(request: Request) -> str:
    """Path and query as they were asked for."""
    path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return path.decode("latin-1").partition("?")[0] + (f"?{request.url.query}" if request.url.query else "")


def bare(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page for somebody who is not signed in."""
    language = spoken(*accepted(request.headers.get("accept-language", "")))
    return rendering.show(
        template, language=language, status=status, visitor=None, menu=[], place=None,
        request_id=request.state.request_id, **values,
    )  # fmt: skip


def _page(request: Request, template: str, status: int, **values: object) -> HTMLResponse:
    visitor = getattr(request.state, "visitor", None)
    if visitor is None:
        return bare(request, template, status, **values)
    page: HTMLResponse = visitor.show(template, status=status, request_id=request.state.request_id, **values)
    return page


_OBSTACLES = {
    Obstacle.USED: 400,
    Obstacle.OTHER_BROWSER: 400,
    Obstacle.DECLINED: 403,
    Obstacle.NO_ROLE: 403,
    Obstacle.UNFIT: 502,
    Obstacle.AWAY: 503,
}


def _said(error: Failure) -> tuple[int, dict[str, object]]:
    if isinstance(error, NotYourPage):
        return 403, {"kind": "role", "roles": sorted(WHOSE[error.place])}
    if isinstance(error, ServiceAway):
        return 503, {"kind": "away", "service": error.service}
    if isinstance(error, CallRefused):
        told = error.refusal
        return told.status, {
            "kind": "refused",
            "status": told.status,
            "detail": told.detail or told.title,
            "fields": told.errors,
        }
    if isinstance(error, RequestValidationError):
        return 422, {"kind": "refused", "status": 422, "detail": None, "fields": ()}
    return error.status, {
        "kind": "refused",
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "fields": (),
    }
