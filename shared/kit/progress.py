"""How far a database is behind Kafka."""

import asyncio
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.kit.db import EVERYONE, Database
from shared.kit.facts import is_waiting
from shared.kit.offsets import Position, load_offsets
from shared.kit.say import heard_topics
from shared.kit.topics import administration, count_partitions

log = structlog.get_logger()

LONG = 5_000  # records, ten batches: whoever starts further behind saves facts first and derives once
POLL_SECONDS = 0.2


class Backlog:
    """What lay unread when this process started, whoever of the service's processes works it off."""

    def __init__(self, database: Database, kafka: dict[str, Any], prefix: str) -> None:
        self.database = database
        self.kafka = kafka
        self.prefix = prefix
        self.is_long = False
        self._ends: dict[Position, int] = {}
        self._measured = asyncio.Event()
        self._measuring = asyncio.Lock()

    async def measure(self) -> None:
        """Measure it, the first time. Raises KafkaError when no broker answers."""
        async with self._measuring:
            if not self._measured.is_set():
                await self._measure()

    async def _measure(self) -> None:
        self._ends = await find_ends(self.kafka, self.prefix, self.database.service)
        behind = await self._behind()
        self.is_long = behind > LONG
        if self.is_long:
            log.info("working off a backlog", records=behind)
        self._measured.set()

    async def worked_off(self) -> None:
        """Return when it was measured and the database has all of it."""
        await self._measured.wait()
        while await self._behind():  # noqa: ASYNC110 - another process may work it off
            await asyncio.sleep(POLL_SECONDS)
        self.is_long = False

    async def derived(self) -> None:
        """Return when it is worked off and nobody waits to be derived."""
        await self.worked_off()
        while await self._is_waiting():  # noqa: ASYNC110 - another process may derive them
            await asyncio.sleep(POLL_SECONDS)

    async def _behind(self) -> int:
        async with self.database.transaction(()) as conn:
            return lag(self._ends, await load_offsets(conn))

    async def _is_waiting(self) -> bool:
        async with self.database.transaction(EVERYONE) as conn:
            return await is_waiting(conn)


async def find_ends(kafka: dict[str, Any], prefix: str, service: str) -> dict[Position, int]:
    """(topic, partition) -> the offset after its last record, for every partition the service listens to.

    Partitions that hold nothing, or nothing any more, are left out.
    """
    async with administration(kafka) as admin:
        there = await count_partitions(admin)
    names = [prefix + topic for topic in heard_topics(service)]
    partitions = [TopicPartition(name, number) for name in names for number in range(there.get(name, 0))]
    if not partitions:
        return {}
    consumer = AIOKafkaConsumer(**kafka)
    await consumer.start()
    try:
        consumer.assign(partitions)  # else aiokafka asks for each topic alone, a tenth of a second each
        consumer.pause(*partitions)
        ends = await consumer.end_offsets(partitions)
        begins = await consumer.beginning_offsets(partitions)
    finally:
        await consumer.stop()
    return {(tp.topic.removeprefix(prefix), tp.partition): end for tp, end in ends.items() if end > begins[tp]}


def lag(ends: dict[Position, int], offsets: dict[Position, int]) -> int:
    """How many records the database has not worked off."""
    return sum(max(0, end - offsets.get(position, 0)) for position, end in ends.items())
