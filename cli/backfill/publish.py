"""Facts go to Kafka in order: the idempotent producer, acknowledged by all, a subject's facts in one partition."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import NamedTuple

from aiokafka import AIOKafkaProducer

from cli import where
from cli.errors import Failed
from shared.kafka.relay import partition_of

Position = tuple[str, int]
AT_ONCE = 500


class OutgoingRecord(NamedTuple):
    """One message: topic without prefix."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


async def publish(
    records: Iterable[OutgoingRecord], topics: Iterable[str], rate: int | None, done: Callable[[int], None]
) -> dict[Position, int]:
    """Send records of these topics, at most `rate` a second. (topic, partition) -> the offset after our last there.

    Raises Failed when a topic does not exist, KafkaError when Kafka is away for longer than a producer waits.
    """
    ends: dict[Position, int] = {}
    async with _producer() as producer:
        partitions = await _partitions(producer, topics)
        async for chunk in _paced(records, rate):
            for position, end in await _send(producer, chunk, partitions):
                ends[position] = max(end, ends.get(position, 0))
            done(len(chunk))
    return ends


async def _paced(records: Iterable[OutgoingRecord], rate: int | None) -> AsyncIterator[list[OutgoingRecord]]:
    """Chunks of records, each given out when the ones before have had their time."""
    clock, remaining, given = asyncio.get_running_loop().time, iter(records), 0
    started = clock()
    size = min(AT_ONCE, max(1, rate // 5)) if rate else AT_ONCE
    while chunk := list(islice(remaining, size)):
        yield chunk
        given += len(chunk)
        if rate:
            await asyncio.sleep(max(0.0, started + given / rate - clock()))


async def _send(
    producer: AIOKafkaProducer, chunk: Sequence[OutgoingRecord], partitions: dict[str, int]
) -> list[tuple[Position, int]]:
    prefix, sent = where.prefix(), []
    for topic, key, value, headers in chunk:
        partition = partition_of(key, partitions[topic])
        sent.append(await producer.send(prefix + topic, value, key, partition, headers=headers))
    placed = await asyncio.gather(*sent)
    return [((m.topic.removeprefix(prefix), m.partition), m.offset + 1) for m in placed]


async def _partitions(producer: AIOKafkaProducer, topics: Iterable[str]) -> dict[str, int]:
    metadata = await producer.client.fetch_all_metadata()
    found = {topic: len(metadata.partitions_for_topic(where.prefix() + topic) or ()) for topic in topics}
    for topic, partitions in found.items():
        if not partitions:
            raise Failed(f"Kafka has no topic {where.prefix() + topic}: run `talentloop topics apply`.")
    return found


@asynccontextmanager
async def _producer() -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(**where.broker_settings().producer, linger_ms=5)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()
