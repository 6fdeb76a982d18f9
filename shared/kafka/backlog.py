"""How far a database is behind Kafka."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.kafka.topics import administration, cluster_of, count_partitions
from shared.kit import metrics
from shared.kit.db import EVERYONE, Database
from shared.kit.facts import count_waiting
from shared.kit.offsets import Position, load_cluster, load_offsets, start_over
from shared.kit.say import heard_topics, owned_topics

log = structlog.get_logger()

LONG = 5_000  # records, ten batches: whoever starts further behind saves facts first and derives once
POLL_SECONDS = 0.2


class Backlog:
    """What lay unread when this process started, whoever of the service's processes works it off."""

    def __init__(self, database: Database, kafka: dict[str, Any], prefix: str) -> None:
        self.database = database
        self.kafka = kafka
        self.prefix = prefix
        self.is_noted_only = False  # its facts are saved, and derived once it is worked off
        self.records = 0  # left of it at the last look
        self.waiting = 0  # people and jobs that were still to be derived then
        self._ends: dict[Position, int] = {}
        self._measured = asyncio.Event()
        self._measuring = asyncio.Lock()

    async def measure(self) -> None:
        """Measure it, the first time. Raises KafkaError when no broker answers."""
        async with self._measuring:
            if not self._measured.is_set():
                await self._measure()

    async def _measure(self) -> None:
        async with self.database.transaction(()) as conn:
            reached = await load_offsets(conn)  # before Kafka's ends: others may read on meanwhile
        held = await _find_held(self.kafka, self.prefix, self.database.service)
        await self.start_over({at: end for at, (_, end) in held.items() if reached.get(at, 0) > end})
        self._ends = _ends(held)
        records, own = await self._look(), await self._look_at_own()
        self.is_noted_only = records > LONG or own > 0
        if self.is_noted_only:
            log.info("working off a backlog", records=records, own=own)
        self._measured.set()

    async def start_over(self, cut: Mapping[Position, int]) -> None:
        """Where a log ends before the place that was read, it was cut, or made anew: it is read from its start.

        `cut`: the logs and their ends.
        Not on a cluster that is not ours: nothing of what was read of ours is forgotten for its sake.
        """
        if not cut:
            return
        async with administration(self.kafka) as admin:
            there = await cluster_of(admin)
        async with self.database.transaction(EVERYONE) as conn:
            if (await load_cluster(conn, there)).id == there and await start_over(conn, cut):
                log.warning("read from the start: the log is shorter than what was read of it", partitions=sorted(cut))

    async def worked_off(self) -> None:
        """Return when the database has all of it. Raises KafkaError when it cannot be measured."""
        await self.measure()
        while await self._look():  # noqa: ASYNC110 - another process may work it off
            await asyncio.sleep(POLL_SECONDS)
        self.is_noted_only = False

    async def derived(self) -> None:
        """Return when it is worked off and nobody waits to be derived."""
        await self.worked_off()
        while await self._look_at_waiting():  # noqa: ASYNC110 - another process may derive them
            await asyncio.sleep(POLL_SECONDS)

    @property
    def state(self) -> str:
        """What a part that waits for it waits for."""
        if not self._measured.is_set():
            return "waits for the backlog: not measured yet"
        if self.records:
            return f"waits for the backlog: {self.records:,} records"
        return f"waits for the backlog: {self.waiting:,} people and jobs to derive"

    async def _look(self) -> int:
        async with self.database.transaction(()) as conn:
            self.records = lag(self._ends, await load_offsets(conn))
        metrics.BACKLOG.set(self.records + self.waiting)
        return self.records

    async def _look_at_own(self) -> int:
        """What it said itself and does not know: whoever derived before they know that would say it again."""
        own = owned_topics(self.database.service)
        async with self.database.transaction(()) as conn:
            return lag({at: end for at, end in self._ends.items() if at[0] in own}, await load_offsets(conn))

    async def _look_at_waiting(self) -> int:
        async with self.database.transaction(EVERYONE) as conn:
            self.waiting = await count_waiting(conn)
        metrics.BACKLOG.set(self.records + self.waiting)
        return self.waiting


async def find_ends(kafka: dict[str, Any], prefix: str, service: str) -> dict[Position, int]:
    """(topic, partition) -> where a reader of committed records comes to its end, wherever the service listens.

    What a transaction that is still open has written lies beyond. Partitions that hold nothing, or nothing any more,
    are left out.
    """
    return _ends(await _find_held(kafka, prefix, service))


def _ends(held: Mapping[Position, tuple[int, int]]) -> dict[Position, int]:
    return {position: end for position, (begin, end) in held.items() if end > begin}


async def _find_held(kafka: dict[str, Any], prefix: str, service: str) -> dict[Position, tuple[int, int]]:
    """(topic, partition) -> where it begins and where it ends."""
    async with administration(kafka) as admin:
        there = await count_partitions(admin)
    names = [prefix + topic for topic in heard_topics(service)]
    partitions = [TopicPartition(name, number) for name in names for number in range(there.get(name, 0))]
    if not partitions:
        return {}
    consumer = AIOKafkaConsumer(**kafka, isolation_level="read_committed")
    await consumer.start()
    try:
        consumer.assign(partitions)  # else aiokafka asks for each topic alone, a tenth of a second each
        consumer.pause(*partitions)
        ends = await consumer.end_offsets(partitions)
        begins = await consumer.beginning_offsets(partitions)
    finally:
        await consumer.stop()
    return {(tp.topic.removeprefix(prefix), tp.partition): (begins[tp], end) for tp, end in ends.items()}


def lag(ends: dict[Position, int], offsets: dict[Position, int]) -> int:
    """How many offsets the database has not passed: records, and the markers that end transactions."""
    return sum(max(0, end - offsets.get(position, 0)) for position, end in ends.items())
