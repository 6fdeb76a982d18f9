"""Start-up of a service: settings, database, parts, HTTP; and its orderly end."""

import asyncio
import gc
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Generic, NoReturn, TypeVar

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI

from shared.kit import metrics
from shared.kit.clock import DueWork
from shared.kit.db import Database
from shared.kit.router import Router
from shared.kit.say import owned_topics
from shared.people.holdings import Holdings
from shared.running import logs
from shared.running.connections import HEADERS_SECONDS, HttpConnection
from shared.running.runtime import Part, Runtime
from shared.settings.environment import SettingsError
from shared.settings.service import ServiceSettings
from shared.web import application
from shared.web.problems import Telling, tell

log = structlog.get_logger()

S = TypeVar("S", bound=ServiceSettings)
REFUSED = 2


@dataclass(frozen=True)
class Service(Generic[S]):
    """What one service consists of."""

    name: str
    settings: type[S]
    router: Router
    schedule: DueWork
    routes: Sequence[APIRouter]
    holdings: Holdings
    post: Callable[[Runtime, S], Part] | None = None
    otherwise: APIRouter | None = None  # what takes the addresses that no route has
    telling: Telling = tell  # how whoever asks reads of a problem


async def assemble(service: Service[S], settings: S) -> tuple[FastAPI, Runtime]:
    """Construct a service without starting it."""
    database = await Database.connect(settings.database, service.name)
    runtime = Runtime(service.name, settings, database, service.router, service.schedule, service.holdings)
    if service.post:
        runtime.post = service.post(runtime, settings)
    return build(service, runtime), runtime


def build(service: Service[S], runtime: Runtime) -> FastAPI:
    """The app of a service, which runs its parts for as long as it lives."""
    title = f"Talentloop {service.name}"
    return application.build(runtime, service.routes, title, otherwise=service.otherwise, telling=service.telling)


def run(service: Service[S]) -> NoReturn:
    """Run a service until it is told to stop. Exit 2: a setting or the surroundings are wrong; the log says which."""
    try:
        settings = service.settings()
    except SettingsError as error:
        sys.exit(_refuse(str(error)))
    logs.configure(service.name, settings.log_level)
    sys.exit(asyncio.run(_serve(service, settings)))


async def _serve(service: Service[S], settings: S) -> int:
    app, runtime = await assemble(service, settings)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.http_port,
            http=HttpConnection,
            log_config=None,
            access_log=False,
            timeout_keep_alive=HEADERS_SECONDS,  # clients let go of what is idle before (httpx: after 5)
            timeout_graceful_shutdown=10,
            server_header=False,
        )
    )

    def stop() -> None:
        server.should_exit = True

    runtime.stop = stop
    metrics.announce(owned_topics(service.name))
    if runtime.listening:
        _warn_without_extension()
    tune()
    await server.serve()
    return REFUSED if runtime.fatal else 0


def _warn_without_extension() -> None:
    """Without aiokafka's C extension decoding is ten times slower."""
    if find_spec("aiokafka.record._crecords") is None:
        log.warning("slow decoding", reason="aiokafka's C extension is missing: install its wheel")


def tune() -> None:
    """Objects made at start live for ever, and batches die young: collect less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _refuse(message: str) -> int:
    sys.stderr.write(message + "\n")
    return REFUSED
