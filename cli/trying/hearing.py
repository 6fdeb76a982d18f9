"""Hearing what is said about it, as a platform hears it: of each fact the newest version, and every refusal."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic_core import from_json

from cli.trying.saying import RecordPosition
from shared.contracts import CandidateLeftPool, CandidateMatched, CandidatePooled, EventRejected, MatchWithdrawn
from shared.kit.cloudevents import UnreadableEvent, read

TOPICS = {
    event.topic for event in (CandidatePooled, CandidateLeftPool, CandidateMatched, MatchWithdrawn, EventRejected)
}
_REPLACES = {CandidateLeftPool.topic: CandidatePooled.topic, MatchWithdrawn.topic: CandidateMatched.topic}

Body = dict[str, Any]


class EventListener:
    """What stands of one organisation, and which records were refused."""

    def __init__(self, consumer: AIOKafkaConsumer, prefix: str, organization: str) -> None:
        self._consumer = consumer
        self._prefix = prefix
        self._organization = organization
        self._newest: dict[tuple[str, bytes], tuple[datetime, str, str, Body]] = {}
        self.refused: dict[RecordPosition, Body] = {}

    async def listen(self, seconds: float) -> None:
        """Take whatever comes within this time."""
        for records in (await self._consumer.getmany(timeout_ms=int(seconds * 1000))).values():
            for record in records:
                self._take(record)

    def _take(self, record: Any) -> None:
        topic = record.topic.removeprefix(self._prefix)
        if record.value is None or record.key is None:
            return
        try:
            event = read(topic, record.value, record.headers)
        except UnreadableEvent:  # a stranger's, on a topic of ours
            return
        if event.organization != self._organization:
            return
        body = from_json(event.data)
        if topic == EventRejected.topic:
            self.refused[RecordPosition(body["topic"], body["partition"], body["offset"])] = body
            return
        fact, version = (_REPLACES.get(topic, topic), record.key), (event.time, event.id, topic, body)
        if fact not in self._newest or self._newest[fact][:2] < version[:2]:
            self._newest[fact] = version

    def standing(self, topic: str, candidate: str) -> list[Body]:
        """What this topic says about somebody, and nothing has replaced."""
        said = [(topic_, body) for _, _, topic_, body in self._newest.values()]
        return [body for topic_, body in said if topic_ == topic and body["candidate"] == candidate]


@asynccontextmanager
async def hearing(
    kafka: dict[str, Any], prefix: str, organization: str, since: datetime, topics: dict[str, int]
) -> AsyncIterator[EventListener]:
    """From the first record on that Kafka took after `since`. Raises KafkaError."""
    partitions = [TopicPartition(prefix + topic, number) for topic in TOPICS for number in range(topics[topic])]
    consumer = AIOKafkaConsumer(**kafka, isolation_level="read_committed")
    try:
        await consumer.start()
        consumer.assign(partitions)
        begins = await consumer.offsets_for_times(dict.fromkeys(partitions, int(since.timestamp() * 1000)))
        ends = await consumer.end_offsets(partitions)
        for partition in partitions:
            begin = begins[partition]
            consumer.seek(partition, begin.offset if begin else ends[partition])
        yield EventListener(consumer, prefix, organization)
    finally:
        with suppress(asyncio.CancelledError):  # aiokafka lets that of its own tasks out while Kafka is away
            await consumer.stop()
