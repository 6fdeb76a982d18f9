"""HTTP as every service speaks it: problem details, health, metrics, the clock, and a document of it all."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Protocol

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from pydantic import AwareDatetime, BaseModel, ValidationError
from starlette.exceptions import HTTPException

from shared.kit import audit, manual, metrics
from shared.kit.access import Access
from shared.kit.bodies import expect_json, refuse_unknown_fields, refuse_unknown_parameters
from shared.kit.border import Border
from shared.kit.db import EVERYONE, Database
from shared.kit.documents import describe_problems
from shared.kit.health import Health
from shared.kit.keys import Keys
from shared.kit.limits import Doors, knock
from shared.kit.links import LinkRefused, Links
from shared.kit.problems import (
    Conflict,
    Forbidden,
    Gone,
    MethodNotAllowed,
    NotFound,
    PreconditionFailed,
    Problem,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    Unexpected,
    Unprocessable,
    UnsupportedMediaType,
    answer,
    invalid,
    invalid_model,
)
from shared.kit.refusing import refuse
from shared.kit.settings import Settings
from shared.kit.time import Time, TimeBackwards

__all__ = [
    "Conflict", "Forbidden", "Gone", "NotFound", "PreconditionFailed", "Problem", "TooManyRequests", "Unauthorized",
    "Unavailable", "Unprocessable", "build",
]  # fmt: skip

log = structlog.get_logger()


class Running(Protocol):
    """What HTTP needs of a running service."""

    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...
    @property
    def time(self) -> Time: ...
    @property
    def schema(self) -> str: ...

    async def health(self) -> Health: ...
    async def run_due(self) -> int: ...
    def supervised(self) -> AbstractAsyncContextManager[None]: ...


_PASSED_ON = {"forwarded", "x-forwarded-for", "via"}


class NoSuchAddress(NotFound):
    """No route has this address."""

    code = "no-such-address"


class ClockRunsForward(Conflict):
    """The clock is already later."""

    code = "clock-runs-forward"


class ClockAt(BaseModel):
    """Where to move the clock to. Without `work`, what is due then is left for the next call."""

    now: AwareDatetime
    work: bool = True


class ClockMoved(BaseModel):
    """Where the clock stands, and how many pieces of work were due."""

    now: datetime
    done: int


def build(runtime: Running, routers: Sequence[APIRouter], title: str, *, doors: Doors | None = None) -> FastAPI:
    """The app of one service. It runs the service's parts for as long as it lives.

    A process that is not for `http` (see `PARTS`) answers `/live`, `/ready` and `/metrics` only.
    """
    serving = "http" in runtime.settings.parts

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with runtime.supervised():
            yield

    app = FastAPI(
        title=title,
        lifespan=lifespan,
        openapi_url="/openapi.json" if serving else None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(knock), Depends(expect_json)],
    )
    settings = runtime.settings
    app.state.runtime = runtime
    app.state.doors = doors or Doors()
    app.state.links = Links(settings.link_key.get_secret_value())
    keys = Keys(settings.oidc_jwks_url)
    app.state.access = Access(keys, issuer=settings.oidc_issuer, audience=settings.oidc_audience)
    for router in (_health(runtime), *([*_clock_if_movable(runtime), audit.routes, *routers] if serving else [])):
        app.include_router(router)
    if serving:
        manual.add_to(app)
    app.add_middleware(Border)
    _answer_problems(app)
    describe_problems(app)
    return app


def _clock_if_movable(runtime: Running) -> list[APIRouter]:
    return [_clock(runtime)] if runtime.time.movable else []


def _health(runtime: Running) -> APIRouter:
    router = APIRouter(tags=["operations"], dependencies=[Depends(refuse_unknown_parameters)])

    @router.get("/live")
    async def live() -> dict[str, bool]:
        """The process answers."""
        return {"live": True}

    @router.get("/ready", responses={503: {"description": "A part does not make progress."}})
    async def ready() -> JSONResponse:
        """The database, its schema, and each part: `ok`, what it waits for, or why it fails.

        While parts wait for the backlog the service is ready, and derived state is older than the facts.
        """
        health = await runtime.health()
        told = {"ready": health.ready, "schema": runtime.schema, "parts": health.told}
        return JSONResponse(told, 200 if health.ready else 503)

    @router.get("/metrics", response_class=PlainTextResponse)
    async def prometheus(request: Request) -> Response:
        """Figures for Prometheus, which asks the service itself: what a proxy passes on gets 404."""
        if _PASSED_ON & set(request.headers):
            raise NoSuchAddress
        try:
            async with runtime.database.transaction(EVERYONE) as conn:
                await metrics.measure_outbox(conn)
        except Exception as error:
            log.warning("outbox not measured", error=type(error).__name__)
        body, media_type = metrics.exposition()
        return Response(body, media_type=media_type)

    return router


def _clock(runtime: Running) -> APIRouter:
    router = APIRouter(tags=["demo and test"])

    @router.put("/clock", dependencies=[Depends(refuse_unknown_parameters), Depends(refuse_unknown_fields)])
    async def move_clock(to: ClockAt) -> ClockMoved:
        """Move the clock forward and do everything that is due then. Only with TALENTLOOP_ENV=demo or test."""
        try:
            async with runtime.database.transaction(EVERYONE) as conn:
                await runtime.time.move(conn, to.now)
        except TimeBackwards as error:
            raise ClockRunsForward(str(error)) from None
        return ClockMoved(now=to.now, done=await runtime.run_due() if to.work else 0)

    return router


def _answer_problems(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def told(request: Request, problem: Problem) -> Response:
        return answer(problem, request.state.request_id)

    @app.exception_handler(RequestValidationError)
    async def invalid_request(request: Request, error: RequestValidationError) -> Response:
        return answer(invalid(error.errors()), request.state.request_id)

    @app.exception_handler(ValidationError)
    async def invalid_event(request: Request, error: ValidationError) -> Response:
        return answer(invalid_model(error), request.state.request_id)

    @app.exception_handler(LinkRefused)
    async def refused_link(request: Request, refused: LinkRefused) -> Response:
        if request.scope["route"].response_class is HTMLResponse:
            return await refuse(request, refused)
        return answer(_of_link(refused), request.state.request_id)

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> Response:
        if isinstance(error.__cause__, LinkRefused):
            return await refused_link(request, error.__cause__)
        return answer(_of_framework(error), request.state.request_id)


def _of_link(refused: LinkRefused) -> Problem:
    problem = Gone("This link has expired.") if refused.code == "link-expired" else NotFound("This link does not open.")
    problem.code = refused.code
    return problem


_BY_STATUS: dict[int, type[Problem]] = {
    p.status: p for p in (NoSuchAddress, MethodNotAllowed, TooLarge, UnsupportedMediaType, Unprocessable)
}


def _of_framework(error: HTTPException) -> Problem:
    """FastAPI's own refusals, told as ours; their words are left out, and around one of ours they are no others."""
    if isinstance(error.__cause__, Problem):
        return error.__cause__
    kind = _BY_STATUS.get(error.status_code, Unexpected if error.status_code >= 500 else Problem)
    return kind(headers=error.headers)
