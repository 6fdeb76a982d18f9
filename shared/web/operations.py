"""What those who run a service ask: whether it lives and makes progress, its figures; in a demo, the clock."""

from datetime import datetime
from typing import Any

import structlog
from fastapi import Depends, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import AwareDatetime, BaseModel

from shared.kit import metrics
from shared.kit.db import EVERYONE
from shared.kit.time import TimeBackwards
from shared.web.bodies import Routes
from shared.web.problems import Conflict, NoSuchAddress
from shared.web.serving import Serving
from shared.web.validation import refuse_unknown_fields, refuse_unknown_parameters

log = structlog.get_logger()

_PASSED_ON = {"forwarded", "x-forwarded-for", "via"}
_READY = {"ready": True, "schema": "109", "parts": {"database": "ok", "consumer": "waits for 1200 of 8000 records"}}
_FIGURE = 'talentloop_http_requests_total{method="GET",route="/jobs/{job}",status="200"} 12.0'


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


def _shown(answer: object, media_type: str = "application/json") -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media_type: {"example": answer}}}}


def _runtime(request: Request) -> Serving:
    runtime: Serving = request.app.state.runtime
    return runtime


probes = Routes(tags=["operations"], dependencies=[Depends(refuse_unknown_parameters)])
clock = Routes(tags=["demo and test"])  # only where time is moved by hand


@probes.get("/live", responses=_shown({"live": True}))
async def live() -> dict[str, bool]:
    """The process answers."""
    return {"live": True}


@probes.get("/ready", responses=_shown(_READY) | {503: {"description": "A part does not make progress."}})
async def ready(request: Request) -> JSONResponse:
    """The database, its schema, and each part: `ok`, what it waits for, or why it fails.

    While parts wait for the backlog the service is ready, and derived state is older than the facts.
    """
    runtime = _runtime(request)
    health = await runtime.health()
    told = {"ready": health.ready, "schema": runtime.schema, "parts": health.told}
    return JSONResponse(told, 200 if health.ready else 503)


@probes.get("/metrics", response_class=PlainTextResponse, responses=_shown(_FIGURE, "text/plain"))
async def prometheus(request: Request) -> Response:
    """Figures for Prometheus, which asks the service itself: what a proxy passes on gets 404."""
    if _PASSED_ON & set(request.headers):
        raise NoSuchAddress
    try:
        async with _runtime(request).database.transaction(EVERYONE) as conn:
            await metrics.measure_outbox(conn)
    except Exception as error:
        log.warning("outbox not measured", error=type(error).__name__)
    body, media_type = metrics.exposition()
    return Response(body, media_type=media_type)


@clock.put("/clock", dependencies=[Depends(refuse_unknown_parameters), Depends(refuse_unknown_fields)])
async def move_clock(to: ClockAt, request: Request) -> ClockMoved:
    """Move the clock forward and do everything that is due then. Only with TALENTLOOP_ENV=demo or test."""
    runtime = _runtime(request)
    try:
        async with runtime.database.transaction(EVERYONE) as conn:
            await runtime.time.move(conn, to.now)
    except TimeBackwards as error:
        raise ClockRunsForward(str(error)) from None
    return ClockMoved(now=to.now, done=await runtime.run_due() if to.work else 0)
