"""A platform connects with open cases: in whatever order they are told, people hear the same, and nobody too early."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.notifications.main import SERVICE
from services.notifications.post.running import Post
from shared.kit.db import EVERYONE, Database
from shared.kit.dead_letters import ConsumedRecord
from shared.running.runtime import Runtime
from tests.heard import Log
from tests.notifications.conftest import Halden, settings_of
from tests.notifications.facts import BERLIN, at
from tests.notifications.open_cases import CONNECTED, open_cases
from tests.rehearsals import batched
from tests.running import count, eventually, make_topics, publish

pytestmark = pytest.mark.db

LATER = ("16 10:25", "17 12:00", "18 20:00", "20 18:00", "24 12:00", "30 08:00")
LETTERS = "SELECT kind, about, recipient, step, variant, asks_pool, state, reason FROM letters ORDER BY 1, 2, 3, 4"
TASKS = "SELECT kind, about, owner, due_at FROM tasks ORDER BY 1, 2"
OVERDUE = """
    SELECT fact, body - 'answered_at' AS body, body ? 'answered_at' AS is_over FROM facts
    WHERE topic = 'answer-overdue' ORDER BY 1
    """
SAID = "SELECT count(*) AS count FROM facts WHERE topic IN ('outreach-sent', 'answer-overdue')"
HEARD = "SELECT count(*) FROM facts WHERE source <> 'talentloop/notifications'"

Begin = Callable[..., Awaitable[Halden]]


@pytest.fixture
async def begin(fresh_database, letterbox) -> AsyncIterator[Begin]:
    """`await begin()`: a service that knows nothing yet, on the morning the platform connects."""
    stages: list[Halden] = []

    async def on_a_new_database(cluster: str | None = "test") -> Halden:
        addresses = await fresh_database("notifications")
        database = await Database.connect(addresses.url, "notifications")
        stages.append(Halden(database, settings_of(addresses.url, letterbox.mail.url)))
        if cluster:
            async with database.transaction(EVERYONE) as conn:
                await conn.execute("INSERT INTO log_position (cluster) VALUES ($1)", cluster)
        await stages[-1].move_to(CONNECTED)
        return stages[-1]

    yield on_a_new_database
    for stage in stages:
        await stage.post.close()
        await stage.database.close()


async def live_on(stage: Halden) -> list[list[dict]]:
    """Two weeks later: who got which letter or why not, what is to be looked at, which promises were broken."""
    for day in LATER:
        await stage.move_to(f"2026-11-{day}")
    return [await stage.fetch(statement) for statement in (LETTERS, TASKS, OVERDUE)]


async def told_in_order(begin: Begin) -> list[list[dict]]:
    """What becomes of everybody whose facts come at once, in their order."""
    stage = await begin()
    await stage.deliver(*open_cases())
    return await live_on(stage)


def records() -> list[ConsumedRecord]:
    """The facts as Kafka holds them."""
    log = Log()
    return [log.append(fact) for fact in open_cases()]


def ticks(number: int) -> Iterator[datetime]:
    """So many instants within the settling time."""
    return (at(CONNECTED) + timedelta(minutes=10) * n / (number + 1) for n in range(1, number + 1))


@settings(
    max_examples=2,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(random=st.randoms(use_true_random=True))
async def test_open_cases_end_the_same_in_any_order_while_the_clock_ticks(begin, random):
    batches = batched(records(), random)
    stage = await begin()

    for batch, now in zip(batches, ticks(len(batches)), strict=True):
        await stage.take(batch)
        await stage.move_to(f"{now.astimezone(BERLIN):%Y-%m-%d %H:%M}")
    [early] = await stage.fetch(SAID)

    assert early == {"count": 0}
    assert await live_on(stage) == await told_in_order(begin)


async def test_open_cases_over_kafka_end_as_if_told_in_order(begin, kafka, letterbox):
    expecting = await begin()
    await expecting.deliver(*open_cases())
    [heard] = await expecting.fetch(HEARD)
    stage, prefix = await begin(cluster=None), await make_topics(kafka)

    async with at_work(stage, kafka, prefix) as runtime:
        batches = batched(records(), random.Random(14))
        for batch, now in zip(batches, ticks(len(batches)), strict=True):
            await publish(kafka, prefix, batch)
            async with runtime.database.transaction(EVERYONE) as conn:
                await runtime.time.move(conn, now)

        async def has_read() -> bool:
            return await count(runtime, HEARD) == heard["count"] and not runtime.is_behind

        await eventually(has_read)
        early = await count(runtime, SAID)

    assert early == 0
    assert await live_on(stage) == await live_on(expecting)


@asynccontextmanager
async def at_work(stage: Halden, kafka, prefix: str) -> AsyncIterator[Runtime]:
    """The service with all its parts on the stage's database, until the block ends."""
    given = {"kafka_bootstrap_servers": kafka.bootstrap, "topic_prefix": prefix}
    settings = settings_of(stage.settings.database, stage.settings.smtp_url.get_secret_value(), **given)
    database = await Database.connect(settings.database, "notifications")
    runtime = Runtime("notifications", settings, database, SERVICE.router, SERVICE.schedule, SERVICE.holdings)
    runtime.post = Post(runtime, settings)
    async with runtime.supervised():
        yield runtime
