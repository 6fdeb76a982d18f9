"""Start-up of a service: settings, database, parts, HTTP; and its orderly end."""

import asyncio
import gc
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, NoReturn, TypeVar

import structlog
import uvicorn
from aiokafka.record import default_records
from fastapi import APIRouter, FastAPI

from shared.kit import http, logs
from shared.kit.db import Database
from shared.kit.router import Router
from shared.kit.runtime import Part, Runtime
from shared.kit.schedule import Schedule
from shared.kit.settings import Settings, SettingsError

log = structlog.get_logger()

S = TypeVar("S", bound=Settings)
REFUSED = 2


@dataclass(frozen=True)
class Service(Generic[S]):
    """What one service consists of."""

    name: str
    settings: type[S]
    router: Router
    schedule: Schedule
    routes: Sequence[APIRouter]
    post: Callable[[Runtime, S], Part] | None = None
    state: Callable[[Runtime, S], object] | None = field(default=None)


async def assemble(service: Service[S], settings: S) -> tuple[FastAPI, Runtime]:
    """Construct a service without starting it."""
    database = await Database.connect(settings.database_url.get_secret_value(), service.name)
    runtime = Runtime(service.name, settings, database, service.router, service.schedule)
    if service.post:
        runtime.post = service.post(runtime, settings)
    return http.build(runtime, service.routes, f"Talentloop {service.name}"), runtime


def run(service: Service[S]) -> NoReturn:
    """Run a service until it is told to stop. Exit 2: a setting or the surroundings are wrong, and the log says which."""
    try:
        settings = service.settings()
    except SettingsError as error:
        sys.exit(_refuse(str(error)))
    logs.configure(service.name, settings.log_level)
    sys.exit(uvicorn_loop()(_serve(service, settings)))


async def _serve(service: Service[S], settings: S) -> int:
    app, runtime = await assemble(service, settings)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.http_port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=10,
            server_header=False,
        )
    )

    def stop() -> None:
        server.should_exit = True

    runtime.stop = stop
    _tune()
    await server.serve()
    return REFUSED if runtime.fatal else 0


def _tune() -> None:
    """Objects made at start live for ever, and batches die young: collect less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return REFUSED
