"""The interviews service on a real database, with a clock that stands still."""

from collections.abc import AsyncIterator

import httpx
import pytest

from local.issuer import issue_token, issuer_settings
from services.interviews.main import SERVICE
from shared.kit import http
from shared.kit.db import Database
from shared.kit.runtime import Runtime
from shared.kit.settings import Settings
from tests.candidates.sentences import NOW
from tests.stage import Stage


@pytest.fixture
async def stage(fresh_database) -> AsyncIterator[Stage]:
    """The service, its handlers and its clock, at 23 November 2026, 09:00 UTC."""
    addresses = await fresh_database("interviews")
    database = await Database.connect(addresses.url, "interviews")
    async with database.transaction("*") as conn:
        await conn.execute("INSERT INTO log_position (cluster) VALUES ('test')")
    stage = Stage(database, SERVICE.router, SERVICE.schedule)
    await stage.move(NOW)
    yield stage
    await database.close()


class Browser:
    """Somebody with a token of one organisation and some roles."""

    def __init__(self, client: httpx.AsyncClient, home) -> None:
        self.client = client
        self.home = home

    def headers(self, *roles: str, organization: str = "acme", user: str = "ines") -> dict[str, str]:
        token = issue_token(self.home, user=user, organization=organization, roles=roles or ["recruiter"])
        return {"Authorization": f"Bearer {token}"}

    async def get(self, path: str, *roles: str, **who: str) -> httpx.Response:
        return await self.client.get(path, headers=self.headers(*roles, **who))

    async def put(self, path: str, body: object, *roles: str, **who: str) -> httpx.Response:
        return await self.client.put(path, json=body, headers=self.headers(*roles, **who))


@pytest.fixture
async def browser(stage, tmp_path) -> AsyncIterator[Browser]:
    """The service's routes on the database of the stage; its parts are not started."""
    given = {name.lower(): value for name, value in issuer_settings(tmp_path).items()}
    settings = Settings(
        talentloop_env="test", database_url="postgresql://nobody@localhost/none", kafka_bootstrap_servers="localhost:1",
        public_url="http://localhost", link_key="l" * 32, hash_key="h" * 32, **given,
    )  # fmt: skip
    runtime = Runtime("interviews", settings, stage.database, SERVICE.router, SERVICE.schedule)
    app = http.build(runtime, SERVICE.routes, "Talentloop interviews")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield Browser(client, tmp_path)
