"""The one clock."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.kit.db import EVERYONE, Connection, Database
from shared.kit.time import Time, TimeBackwards, TimeFixed

pytestmark = pytest.mark.db

MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.fixture
async def database(fresh_database) -> AsyncIterator[Database]:
    """An empty database of a service."""
    database = await Database.connect((await fresh_database("interviews")).url, "interviews")
    yield database
    await database.close()


@pytest.fixture
async def conn(database: Database) -> AsyncIterator[Connection]:
    """A transaction."""
    async with database.transaction(EVERYONE) as conn:
        yield conn


async def test_a_clock_that_was_never_moved_runs_with_the_machine(conn):
    before = datetime.now(UTC)

    now = await Time("demo").read(conn)

    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


async def test_a_moved_clock_stands_still_for_every_replica_and_after_a_restart(database):
    async with database.transaction(EVERYONE) as conn:
        await Time("demo").move(conn, MONDAY.astimezone(timezone(timedelta(hours=9))))

    async with database.transaction(EVERYONE) as conn:
        assert await Time("demo").read(conn) == MONDAY


async def test_a_clock_is_moved_forward_again_and_again_but_never_back(conn):
    time = Time("test")
    await time.move(conn, MONDAY)
    await time.move(conn, MONDAY)
    await time.move(conn, MONDAY + timedelta(days=1))

    with pytest.raises(TimeBackwards):
        await time.move(conn, MONDAY)

    assert await time.read(conn) == MONDAY + timedelta(days=1)


async def test_in_production_the_clock_is_the_machines_and_cannot_be_moved(conn):
    await Time("test").move(conn, MONDAY)

    with pytest.raises(TimeFixed):
        await Time("production").move(conn, MONDAY)

    assert await Time("production").read(conn) > MONDAY
    assert not Time("production").movable
