"""Saying it: every record into its partition, and where each of them lies then."""

from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer

from cli.errors import UserMistake
from cli.trying.story import StoryRecord
from shared.kafka.relay import partition_of
from shared.kafka.topics import administration, count_partitions


class RecordPosition(NamedTuple):
    """Where a record lies; `topic` without the deployment's prefix, as `event-rejected` names it."""

    topic: str
    partition: int
    offset: int


async def find_topics(kafka: dict[str, Any], prefix: str, topics: set[str]) -> dict[str, int]:
    """How many partitions each topic has. Raises UserMistake when one is missing, KafkaError when Kafka is away."""
    async with administration(kafka) as admin:
        there = await count_partitions(admin)
    if missing := sorted(prefix + topic for topic in topics if prefix + topic not in there):
        raise UserMistake(
            f"Kafka has no topic {missing[0]}: does TOPIC_PREFIX say what it said to `talentloop up`? "
            "Else run `talentloop topics apply`."
        )
    return {topic: there[prefix + topic] for topic in topics}


async def say(
    kafka: dict[str, Any], prefix: str, records: list[StoryRecord], topics: dict[str, int]
) -> dict[RecordPosition, StoryRecord]:
    """Publish as a platform does. Returns when Kafka has acknowledged all. Raises KafkaError."""
    producer = AIOKafkaProducer(**kafka, enable_idempotence=True, acks="all")
    try:
        await producer.start()
        sent = []
        for record in records:
            partition = partition_of(record.key, topics[record.topic])
            args = (record.value, record.key, partition)
            sent.append(await producer.send(prefix + record.topic, *args, headers=record.headers))
        placed = [await acknowledged for acknowledged in sent]
    finally:
        await producer.stop()
    return {RecordPosition(r.topic, at.partition, at.offset): r for at, r in zip(placed, records, strict=True)}
