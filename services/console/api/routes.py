"""Routes of pages: a form of another site is refused, and whatever goes wrong is a page that says so."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute

from services.console.api import failures
from services.console.api.guard import refuse_foreign
from services.console.api.sessions import SignInNeeded
from services.console.calls.desk import CallRefused, ServiceAway, TokenRefused
from shared.web.middleware import surprise
from shared.web.problems import Problem

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Page(APIRoute):
    """A route whose answers, refusals among them, are pages."""

    def get_route_handler(self) -> Handler:
        """Its handler, guarded."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                refuse_foreign(request)
                return await handle(request)
            except (SignInNeeded, TokenRefused):
                return await _sign_in(request)
            except (Problem, RequestValidationError, ServiceAway, CallRefused) as error:
                return failures.tell(request, error)
            except Exception as error:  # a person reads the answer
                return failures.tell(request, surprise(error))

        return answer


async def _sign_in(request: Request) -> Response:
    """Where to; who was writing keeps what they wrote, and signs in beside it."""
    if request.method != "GET":
        return await failures.keep(request)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(here, safe='')}", 303)


def page_routes() -> APIRouter:
    """The routes of one page. They are for people: no OpenAPI document lists them."""
    return APIRouter(route_class=Page, default_response_class=HTMLResponse, include_in_schema=False)
