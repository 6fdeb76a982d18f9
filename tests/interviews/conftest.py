"""The interviews service on a real database, with a clock that stands still."""

from collections.abc import AsyncIterator

import pytest

from services.interviews.main import SERVICE
from shared.kit.db import Database
from tests.browser import Browser, browsing
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


@pytest.fixture
async def browser(stage, tmp_path) -> AsyncIterator[Browser]:
    """Somebody at the service's routes."""
    async with browsing(SERVICE, stage, tmp_path) as somebody:
        yield somebody
