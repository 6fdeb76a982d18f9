"""Routes of pages: a form of another site is refused, and whatever goes wrong is a page that says so."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from services.console.api import failures
from services.console.api.guard import refuse_foreign
from services.console.api.sessions import SignInNeeded
from services.console.calls.desk import CallRefused, ServiceAway, TokenRefused
from services.console.calls.issuer import failed
from services.console.domain.ways import Obstacle, SignInFailed
from shared.web.application import of_framework
from shared.web.jwks import IssuerUnreachable
from shared.web.middleware import surprise
from shared.web.problems import MethodNotAllowed, Problem

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route whose answers, refusals among them, are pages."""

    def get_route_handler(self) -> Handler:
        """Its handler, guarded."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                refuse_foreign(request)
                return await handle(request)
            except HTTPException as error:
                return await failures.tell_writer(request, of_framework(error))
            except Exception as error:  # a person reads the answer
                return await _told(request, error)

        return answer

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or tell that this page takes no such request."""
        taken = self.methods or set()
        if scope["method"] in taken:
            await super().handle(scope, receive, send)
            return
        refusal = MethodNotAllowed(headers={"Allow": ", ".join(sorted(taken))})
        await failures.tell(Request(scope), refusal)(scope, receive, send)


async def _told(request: Request, error: Exception) -> Response:
    """What went wrong, as a page."""
    match error:
        case SignInNeeded():
            return await _sign_in(request)
        case TokenRefused():
            return await _sign_in_again(request)
        case SignInFailed():
            return await failures.not_signed_in(request, error)
        case IssuerUnreachable():
            return await failures.not_signed_in(request, SignInFailed(Obstacle.AWAY))
        case Problem() | RequestValidationError() | ServiceAway() | CallRefused():
            return await failures.tell_writer(request, error)
    return await failures.tell_writer(request, surprise(error))


async def _sign_in(request: Request) -> Response:
    """Where to; who was writing keeps what they wrote, and signs in beside it.

    A script of the page cannot follow to the issuer: htmx is told to leave the page, others hear that it is over.
    """
    if request.method != "GET":
        return await failures.keep(request)
    there = f"/sign-in?next={quote(failures.address_of(request), safe='')}"
    if request.headers.get("hx-request") == "true":
        return Response(headers={"HX-Redirect": there})
    if request.headers.get("sec-fetch-dest", "document") == "empty":
        return Response(status_code=401)
    return RedirectResponse(there, 303)


async def _sign_in_again(request: Request) -> Response:
    """A service does not take the token. It would not take the next one either, if this one is new: no circles."""
    if request.method == "GET" and request.state.visitor.is_new_here:
        return await failures.not_signed_in(request, failed(Obstacle.UNFIT, "a service refuses a new token"))
    return await _sign_in(request)


def page_routes() -> APIRouter:
    """The routes of one page. They are for people: no OpenAPI document lists them."""
    return APIRouter(route_class=PageRoute, default_response_class=HTMLResponse, include_in_schema=False)
