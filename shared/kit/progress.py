"""How far a database is behind Kafka, for processes that do not consume themselves and for the command line."""

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.kit.db import EVERYONE, Database
from shared.kit.facts import is_waiting
from shared.kit.offsets import Position, load_offsets
from shared.kit.say import heard_topics
from shared.kit.topics import administration, count_partitions


async def find_ends(kafka: dict[str, Any], prefix: str, service: str) -> dict[Position, int]:
    """(topic, partition) -> the offset after its last record, for every topic the service listens to."""
    async with administration(kafka) as admin:
        there = await count_partitions(admin)
    names = [prefix + topic for topic in heard_topics(service)]
    partitions = [TopicPartition(name, number) for name in names for number in range(there.get(name, 0))]
    if not partitions:
        return {}
    consumer = AIOKafkaConsumer(**kafka)
    await consumer.start()
    try:
        ends = await consumer.end_offsets(partitions)
    finally:
        await consumer.stop()
    return {(tp.topic.removeprefix(prefix), tp.partition): end for tp, end in ends.items()}


def lag(ends: dict[Position, int], offsets: dict[Position, int]) -> int:
    """How many records the database has not worked off."""
    return sum(max(0, end - offsets.get(position, 0)) for position, end in ends.items())


async def wait_until_worked_off(database: Database, kafka: dict[str, Any], prefix: str) -> None:
    """Return when the lag measured now is worked off and nobody waits to be derived."""
    ends = await find_ends(kafka, prefix, database.service)
    while True:
        async with database.transaction(EVERYONE) as conn:
            behind = lag(ends, await load_offsets(conn))
            waiting = await is_waiting(conn)
        if not behind and not waiting:
            return
        await asyncio.sleep(1)
