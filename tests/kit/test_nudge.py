"""Quiet partitions are written to once a day, so that Kafka compacts them; nobody takes it for an event."""

import asyncio
from datetime import timedelta

import pytest

from shared.contracts import BY_TOPIC
from shared.kit.compaction import KEY, nudge
from shared.kit.db import EVERYONE
from shared.kit.decode import Ignored, accept
from shared.kit.turn import Turn
from tests.heard import MONDAY

pytestmark = pytest.mark.db


async def nudged(stage, days: float) -> int:
    """How many topics are written to, so many days after the first time."""
    async with stage.database.transaction(EVERYONE) as conn:
        return await nudge(Turn(conn, MONDAY + timedelta(days=days)))


async def test_once_a_day_an_empty_record_for_every_partition_of_our_compacted_topics(stage):
    counts = [await nudged(stage, days) for days in (0, 0.9, 1, 1.5)]

    rows = await stage.fetch("SELECT topic, partition, key, value FROM outbox")
    owned = {t for t, event in BY_TOPIC.items() if event.owner in (stage.database.service, "each") and event.compacted}
    assert counts == [0, 0, len(owned), 0]
    assert {row["topic"] for row in rows} == owned
    assert {(row["partition"], row["key"], row["value"]) for row in rows} == {(None, KEY, None)}


async def test_two_replicas_nudge_once(stage):
    await nudged(stage, 0)

    counts = await asyncio.gather(*(nudged(stage, 2) for _ in range(4)))

    assert sorted(counts)[:3] == [0, 0, 0]
    assert max(counts) > 0


async def test_a_replica_that_read_the_time_before_another_claimed_the_day_has_no_clock_that_was_set_back(stage):
    counts = [await nudged(stage, days) for days in (0, -1e-6, 1, 1 - 1e-6, -30)]

    assert [count > 0 for count in counts] == [False, False, True, False, True]


async def test_a_nudge_is_no_event():
    assert isinstance(accept("feedback-submitted", KEY, None, [], 0, MONDAY), Ignored)
