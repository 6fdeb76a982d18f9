"""HTTP as every service speaks it: problem details, health, metrics, the clock, and a document of it all."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from shared.web import audit, dead_letters, docs_page, operations
from shared.web.access import Access
from shared.web.dead_links import refuse
from shared.web.jwks import IssuerKeys
from shared.web.links import LinkRefused, Links
from shared.web.middleware import RequestMiddleware
from shared.web.openapi import INTRODUCTION, SERVERS, describe, subjects_of
from shared.web.problems import (
    Gone,
    MethodNotAllowed,
    NoSuchAddress,
    NotFound,
    Problem,
    Telling,
    TooLarge,
    Unexpected,
    Unprocessable,
    UnsupportedMediaType,
    invalid,
    invalid_model,
    tell,
)
from shared.web.rate_limits import RateLimits, limit_rate
from shared.web.serving import Serving
from shared.web.validation import expect_json


def build(
    runtime: Serving,
    routers: Sequence[APIRouter],
    title: str,
    *,
    otherwise: APIRouter | None = None,
    limits: RateLimits | None = None,
    telling: Telling = tell,
) -> FastAPI:
    """The app of one service. It runs the service's parts for as long as it lives.

    `otherwise` takes the addresses that no route has; `telling` says what is refused before a route, or by one that
    tells nothing itself. A process that is not for `http` (see `PARTS`) answers `/live`, `/ready` and `/metrics` only.
    """
    serving = "http" in runtime.settings.parts
    clock = [operations.clock] if runtime.time.movable else []
    asked = [*routers, audit.routes, dead_letters.routes, *clock, operations.probes] if serving else [operations.probes]

    app = FastAPI(
        title=title,
        description=INTRODUCTION,
        servers=SERVERS,
        openapi_tags=subjects_of(asked),
        version=version("talentloop"),
        lifespan=_at_work,
        openapi_url="/openapi.json" if serving else None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(limit_rate), Depends(expect_json)],
    )
    provide(app, runtime, limits)
    for router in asked:
        app.include_router(router)
    if serving:
        docs_page.add_to(app)
        app.include_router(otherwise or APIRouter())
    app.add_middleware(RequestMiddleware, telling=telling)
    _answer_problems(app, telling)
    describe(app)
    return app


def provide(app: FastAPI, runtime: Serving, limits: RateLimits | None = None) -> None:
    """What the routes reach by the app: from now on they answer out of this service."""
    settings = runtime.settings
    app.state.runtime = runtime
    app.state.rate_limits = limits or RateLimits()
    app.state.links = Links(settings.link_key.get_secret_value())
    keys = IssuerKeys(settings.oidc_jwks_url)
    app.state.access = Access(keys, issuer=settings.oidc_issuer, audience=settings.oidc_audience)


@asynccontextmanager
async def _at_work(app: FastAPI) -> AsyncIterator[None]:
    async with app.state.runtime.supervised():
        yield


def _answer_problems(app: FastAPI, telling: Telling) -> None:
    @app.exception_handler(Problem)
    async def told(request: Request, problem: Problem) -> Response:
        return await telling(request, problem)

    @app.exception_handler(RequestValidationError)
    async def invalid_request(request: Request, error: RequestValidationError) -> Response:
        return await telling(request, invalid(error.errors()))

    @app.exception_handler(ValidationError)
    async def invalid_event(request: Request, error: ValidationError) -> Response:
        return await telling(request, invalid_model(error))

    @app.exception_handler(LinkRefused)
    async def refused_link(request: Request, refused: LinkRefused) -> Response:
        if request.scope["route"].response_class is HTMLResponse:
            return await refuse(request, refused)
        return await telling(request, _of_link(refused))

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        if isinstance(error.__cause__, LinkRefused):
            return await refused_link(request, error.__cause__)
        return await telling(request, of_framework(error))


def _of_link(refused: LinkRefused) -> Problem:
    problem = Gone("This link has expired.") if refused.code == "link-expired" else NotFound("This link does not open.")
    problem.code = refused.code
    return problem


_BY_STATUS: dict[int, type[Problem]] = {
    p.status: p for p in (NoSuchAddress, MethodNotAllowed, TooLarge, UnsupportedMediaType, Unprocessable)
}


def of_framework(error: HTTPException) -> Problem:
    """FastAPI's own refusals, told as ours; their words are left out, and around one of ours they are no others."""
    if isinstance(error.__cause__, Problem):
        return error.__cause__
    kind = _BY_STATUS.get(error.status_code, Unexpected if error.status_code >= 500 else Problem)
    return kind(headers=error.headers)
