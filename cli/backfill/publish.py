"""Facts go to Kafka in order: the idempotent producer, acknowledged by all, a subject's facts in one partition."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer

from cli.errors import Failed
from shared.kit.relay import partition_of

Position = tuple[str, int]
AT_ONCE = 500


class Record(NamedTuple):
    """One message: topic without prefix."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


async def publish(
    records: Iterable[Record],
    topics: Iterable[str],
    kafka: dict[str, Any],
    prefix: str,
    rate: int | None,
    done: Callable[[int], None],
) -> dict[Position, int]:
    """Send records of these topics, at most `rate` a second. (topic, partition) -> the offset after our last there.

    Raises Failed when a topic does not exist, KafkaError when Kafka is away for longer than a producer waits.
    """
    ends: dict[Position, int] = {}
    async with _producer(kafka) as producer:
        partitions = await _partitions(producer, topics, prefix)
        for chunk in _chunks(records, AT_ONCE if rate is None else max(1, min(AT_ONCE, rate // 5))):
            started = asyncio.get_running_loop().time()
            for position, end in await _send(producer, chunk, partitions, prefix):
                ends[position] = max(end, ends.get(position, 0))
            done(len(chunk))
            if rate:
                elapsed = asyncio.get_running_loop().time() - started
                await asyncio.sleep(max(0.0, len(chunk) / rate - elapsed))
    return ends


async def _send(
    producer: AIOKafkaProducer, chunk: Sequence[Record], partitions: dict[str, int], prefix: str
) -> list[tuple[Position, int]]:
    sent = []
    for record in chunk:
        partition = partition_of(record.key, partitions[record.topic])
        sent.append(
            await producer.send(prefix + record.topic, record.value, record.key, partition, headers=record.headers)
        )
    placed = await asyncio.gather(*sent)
    return [((m.topic.removeprefix(prefix), m.partition), m.offset + 1) for m in placed]


async def _partitions(producer: AIOKafkaProducer, topics: Iterable[str], prefix: str) -> dict[str, int]:
    metadata = await producer.client.fetch_all_metadata()
    found = {topic: len(metadata.partitions_for_topic(prefix + topic) or ()) for topic in topics}
    for topic, partitions in found.items():
        if not partitions:
            raise Failed(f"Kafka has no topic {prefix + topic}: run `talentloop topics apply`.")
    return found


def _chunks(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    remaining = iter(records)
    while chunk := list(islice(remaining, size)):
        yield chunk


@asynccontextmanager
async def _producer(kafka: dict[str, Any]) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(
        **kafka,
        enable_idempotence=True,
        acks="all",
        linger_ms=5,
        max_batch_size=262_144,
        max_request_size=2_097_152,
        compression_type="zstd",
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()
