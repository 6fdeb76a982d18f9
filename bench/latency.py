"""How long a follow-up takes: from a feedback on Kafka to the `candidate-pooled` it causes. Ours beside the peer.

An open loop: every feedback has its time on a schedule, however late the answers are, and latency counts from there.
What was not answered when waiting ended counts as having taken until then: the true figure is higher.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from statistics import quantiles
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from bench.facts import candidate_round, job, record
from bench.full_path import SIDES, members
from bench.processes import Use, running
from bench.servers import PARTITIONS, Servers, save, watching
from bench.where import Where
from shared.contracts import Event, FeedbackSubmitted
from shared.kafka.relay import partition_of
from shared.kafka.topics import administration
from shared.kit.dead_letters import ConsumedRecord

WARM_SECONDS = 3  # offered like the rest, and not counted
PATIENCE = 10  # seconds waited after the last feedback
CONSUMERS = 2
GROUPS = {"ours": "candidates", "peer": "naive"}


class LatencyRun(NamedTuple):
    """One run of one side: latencies in ms, how many of the offered feedbacks were answered, and the end state."""

    p50: float
    p99: float
    answered: int
    offered: int
    use: Use
    members: list[tuple[str, ...]]

    def __str__(self) -> str:
        return f"p50 {self.p50:,.1f} ms, p99 {self.p99:,.1f} ms, {self.answered} of {self.offered} answered, {self.use}"


async def run(servers: Servers, side: str, rate: int, seconds: int) -> LatencyRun:
    """Save all but one feedback of each candidate, start the side's processes, and offer these feedbacks."""
    offered = rate * (WARM_SECONDS + seconds)
    async with servers.place() as where:
        await save(where, _past(offered))
        async with watching(where) as watcher, running(where, SIDES[side]()) as processes:
            await _joined(where, GROUPS[side])
            started = processes.cpu()
            latencies = await _offer(where, rate, offered)
            use = Use(processes.cpu() - started, processes.peak)
            answered = sum(exact for _, exact in latencies)
            cuts = quantiles([ms for ms, _ in latencies[rate * WARM_SECONDS :]], n=100)
            return LatencyRun(cuts[49], cuts[98], answered, offered, use, await members(watcher))


def _past(candidates: int) -> Iterator[ConsumedRecord]:
    """All facts but the feedback each candidate still waits for."""
    yield from map(record, job())
    yield from (record(event) for n in range(candidates) for event in candidate_round(n) if not _is_last(event))


def _is_last(event: Event) -> bool:
    return isinstance(event, FeedbackSubmitted) and event.feedback.endswith("-2")


async def _joined(where: Where, group: str) -> None:
    """Return when every consumer has its partitions."""
    async with administration({"bootstrap_servers": where.bootstrap}) as admin:
        while await _count_members(admin, group=where.prefix + group) < CONSUMERS:
            await asyncio.sleep(0.1)


async def _count_members(admin: AIOKafkaAdminClient, group: str) -> int:
    """How many consumers share the partitions of a group; none while they are being shared out."""
    try:
        (answer,) = await admin.describe_consumer_groups([group])
    except GroupCoordinatorNotAvailableError:  # nobody ever joined a group on this broker
        return 0
    _, _, state, _, _, there, *_ = answer.groups[0]
    return len(there) if state == "Stable" else 0


async def _offer(where: Where, rate: int, offered: int) -> list[tuple[float, bool]]:
    """For each feedback in order: the milliseconds until its follow-up was read, and whether it was."""
    feedbacks = [record(event) for n in range(offered) for event in candidate_round(n) if _is_last(event)]
    heard: dict[bytes, float] = {}
    listening = asyncio.create_task(_listen(where, heard))
    began = await _send(where, feedbacks, rate)
    ends = began + offered / rate + PATIENCE
    while len(heard) < offered and time.perf_counter() < ends:
        await asyncio.sleep(0.05)
    listening.cancel()
    due = [(_person(r.key), began + n / rate) for n, r in enumerate(feedbacks)]
    return [((heard.get(person, ends) - at) * 1000, person in heard) for person, at in due]


async def _send(where: Where, feedbacks: Sequence[ConsumedRecord], rate: int) -> float:
    """Send each when it is due; when the first was."""
    producer = AIOKafkaProducer(bootstrap_servers=where.bootstrap, enable_idempotence=True, acks="all")
    await producer.start()
    try:
        await producer.partitions_for(where.prefix + FeedbackSubmitted.topic)
        began = time.perf_counter()
        for n, r in enumerate(feedbacks):
            await asyncio.sleep(max(0, began + n / rate - time.perf_counter()))
            partition = partition_of(r.key or b"", PARTITIONS)
            await producer.send(where.prefix + r.topic, r.value, r.key, partition=partition, headers=list(r.headers))
        return began
    finally:
        await producer.stop()


async def _listen(where: Where, heard: dict[bytes, float]) -> None:
    """Note when each person's `candidate-pooled` could first be read."""
    consumer = AIOKafkaConsumer(bootstrap_servers=where.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(where.prefix + "candidate-pooled", p) for p in range(PARTITIONS)])
        while True:
            batches = await consumer.getmany(timeout_ms=1_000)
            now = time.perf_counter()
            for r in (r for batch in batches.values() for r in batch):
                heard.setdefault(_person(r.key), now)
    finally:
        await consumer.stop()


def _person(key: bytes | None) -> bytes:
    return (key or b"").split(b"/")[1]
