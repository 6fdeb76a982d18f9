"""What a service asks its database while nothing happens: every look is counted, none is timed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import asyncpg
import pytest

from services.candidates.main import SERVICE as CANDIDATES
from services.console.main import SERVICE as CONSOLE
from services.insights.main import SERVICE as INSIGHTS
from services.interviews.main import SERVICE as INTERVIEWS
from services.notifications.main import SERVICE as NOTIFICATIONS
from services.notifications.post.running import SENDING_LOOPS, Post
from services.notifications.post.watching import POLL_SECONDS as POST_SECONDS
from shared.kafka.relay import pause_after
from shared.kafka.unread import LOOK_SECONDS
from shared.kit.db import Database
from shared.kit.drain import IDLE_SECONDS
from tests.candidates.sentences import NOW
from tests.notifications.conftest import Halden, settings_of
from tests.stage import Stage, staged

MINUTE = 60
MOST = 5  # statements a second

Look = Callable[[], Awaitable[object]]


def polls(since: float, until: float) -> list[float]:
    """When a relay looks that published its last record at zero."""
    looks, at = [], 0.0
    while at < until:
        looks.append(at)
        at += pause_after(at)
    return [at for at in looks if at >= since]


def test_a_relay_looks_often_after_a_record_and_once_a_second_at_rest():
    at_rest = polls(since=MINUTE, until=2 * MINUTE)
    after_a_record = polls(since=0, until=0.1)

    assert len(at_rest) <= MINUTE
    assert len(after_a_record) >= 20
    assert [quiet for quiet in (0, 0.05, 0.5, 5, 50, 500) if pause_after(quiet) > max(quiet / 20, 0.005)] == []


@pytest.fixture
async def asked(monkeypatch) -> AsyncIterator[list[str]]:
    """Every statement that any connection sends, whoever opens it, with what begins and ends a transaction."""
    statements: list[str] = []
    opened_here: dict[str, Database] = {}  # those of other tests are not listened to
    connect = asyncpg.connect

    async def connect_listening(*args, **kwargs):
        conn = await connect(*args, **kwargs)
        conn.add_query_logger(lambda query: statements.append(" ".join(query.query.split())))
        return conn

    monkeypatch.setattr("asyncpg.pool.connection.connect", connect_listening)
    monkeypatch.setattr("tests.databases._IDLE", opened_here)
    yield statements
    for database in opened_here.values():
        await database.close()


def post_of(stage: Stage) -> Post:
    """The post of a stage, with a server that nothing is sent to."""
    return Halden(stage.database, settings_of("postgresql://localhost/not_asked", "smtp://127.0.0.1:9")).post


async def cost(asked: list[str], look: Look) -> int:
    """How many statements one look is; what a test's clock asks is not asked in production."""
    asked.clear()
    await look()
    return len([s for s in asked if s != "SELECT now_at FROM clock"])


@pytest.mark.db
@pytest.mark.parametrize("service", [INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS, CONSOLE], ids=lambda s: s.name)
async def test_a_service_at_rest_asks_at_most_five_times_a_second(service, fresh_database, asked, record_property):
    async with staged(await fresh_database(service.name), service, NOW) as stage:
        looks = [(IDLE_SECONDS, stage.drain.exhaust)]
        looks += [(every.seconds, partial(stage.clock.exhaust, every)) for every in stage.clock.schedule.entries]
        if service is NOTIFICATIONS:
            post = post_of(stage)
            looks += [(POST_SECONDS, post.sending.send_some), (POST_SECONDS, post.forwarding.forward_some)]

        a_second = [await cost(asked, look) / seconds for seconds, look in looks]

    relay, unread = len(polls(since=MINUTE, until=2 * MINUTE)) / MINUTE, 1 / LOOK_SECONDS
    found = relay + unread + sum(a_second)
    record_property(f"statements a second at rest, {service.name}", round(found, 2))
    assert min(a_second) > 0
    assert found <= MOST


@pytest.mark.db
async def test_of_the_loops_that_send_one_looks_and_the_others_rest(fresh_database, asked):
    async with staged(await fresh_database("notifications"), NOTIFICATIONS, NOW) as stage:
        post = post_of(stage)
        asked.clear()

        loops = [asyncio.create_task(post.sending.send_what_may()) for _ in range(SENDING_LOOPS)]
        while not asked:  # noqa: ASYNC110 - a connection is made first
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        looks = [s for s in asked if "FROM letters" in s]
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)

    assert len(looks) == 1
