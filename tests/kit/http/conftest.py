"""The small service, started."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from local.issuer import issuer_settings
from shared.kit.clock import DueWork
from shared.kit.db import Database
from shared.kit.router import Router
from shared.running.runtime import Runtime
from shared.settings.service import ListeningSettings
from shared.web import application
from shared.web.problems import Telling, tell
from shared.web.rate_limits import RateLimits
from tests.kit.http.small import NOWHERE, Start, bearer, database_of, router, settings_of


@pytest.fixture
def settings(tmp_path: Path) -> ListeningSettings:
    """A service in a test, whose tokens come from the local issuer."""
    local = {name.lower(): value for name, value in issuer_settings(tmp_path).items()}
    return settings_of("test", **local)


@pytest.fixture
async def start(settings: ListeningSettings) -> AsyncIterator[Start]:
    """`await start()`: a client of a small app on a real runtime; its database is away unless one is given."""
    clients: list[httpx.AsyncClient] = []

    async def run(
        settings: ListeningSettings = settings,
        url: str = NOWHERE,
        schedule: DueWork | None = None,
        limits: RateLimits | None = None,
        telling: Telling = tell,
    ) -> httpx.AsyncClient:
        database = await Database.connect(url, "interviews")
        runtime = Runtime("interviews", settings, database, Router(), schedule or DueWork())
        app = application.build(runtime, [router], "Talentloop interviews", limits=limits, telling=telling)
        clients.append(httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test"))
        return clients[-1]

    yield run
    for client in clients:
        await database_of(client).close()
        await client.aclose()


@pytest.fixture
async def client(start: Start) -> httpx.AsyncClient:
    """The app without its database."""
    return await start()


@pytest.fixture
def ines(tmp_path: Path, settings: ListeningSettings) -> dict[str, str]:
    """A recruiter's header."""
    return bearer(tmp_path, "recruiter")
