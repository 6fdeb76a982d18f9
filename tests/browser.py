"""Somebody at a service's routes: real tokens of the local issuer, the app itself, no network between."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.datastructures import State

from local.databases import LISTENING
from local.issuer import issue_token, issuer_settings
from shared.running.runtime import Runtime
from shared.running.start import Service, build
from shared.web import application
from tests.stage import Stage

KEY = "l" * 32
_IDLE: dict[str, list[FastAPI]] = defaultdict(list)  # apps that no test asks now: its routes take long to put together


class Browser:
    """Somebody with a token of one organisation and some roles."""

    def __init__(self, client: httpx.AsyncClient, home: Path) -> None:
        self.client = client
        self.home = home

    def headers(self, *roles: str, organization: str = "acme", user: str = "ines") -> dict[str, str]:
        token = issue_token(self.home, user=user, organization=organization, roles=roles or ["recruiter"])
        return {"Authorization": f"Bearer {token}"}

    async def get(self, path: str, *roles: str, **who: str) -> httpx.Response:
        return await self.client.get(path, headers=self.headers(*roles, **who))

    async def put(self, path: str, body: object, *roles: str, **who: str) -> httpx.Response:
        return await self.client.put(path, json=body, headers=self.headers(*roles, **who))


def given_by_issuer(home: Path) -> dict[str, Any]:
    """The settings that name the local issuer."""
    return {name.lower(): value for name, value in issuer_settings(home).items()}


def _own(service: Service[Any]) -> dict[str, str]:
    """What a service asks for beyond what all have."""
    given = {f"{name}_{what}": f"http://{name}.example" for name in LISTENING for what in ("url", "api")}
    given |= {
        "session_key": KEY,
        "smtp_url": "smtp://localhost:1",
        "mail_domain": "mail.example",
        "console_url": "http://console.example",
    }
    return {name: value for name, value in given.items() if name in service.settings.model_fields}


@asynccontextmanager
async def browsing(service: Service[Any], stage: Stage, home: Path) -> AsyncIterator[Browser]:
    """The service's routes on the database of the stage; its parts are not started."""
    settings = service.settings(
        talentloop_env="test", database_url="postgresql://nobody@localhost/none", kafka_bootstrap_servers="localhost:1",
        public_url="http://localhost", link_key=KEY, hash_key="h" * 32, **given_by_issuer(home), **_own(service),
    )  # fmt: skip
    runtime = Runtime(service.name, settings, stage.database, service.router, service.schedule, service.holdings)
    async with asking(runtime, service, home) as browser:
        yield browser


@asynccontextmanager
async def asking(runtime: Runtime, service: Service[Any], home: Path) -> AsyncIterator[Browser]:
    """The routes of a service that is put together already."""
    with assembled(service, runtime) as app:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield Browser(client, home)


@contextmanager
def assembled(service: Service[Any], runtime: Runtime) -> Iterator[FastAPI]:
    """The app of a service, which knows nothing of whom it answered before."""
    idle = _IDLE[service.name]
    app = idle.pop() if idle else build(service, runtime)
    app.state = State()
    application.provide(app, runtime)
    yield app
    idle.append(app)
