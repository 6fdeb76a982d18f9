"""Where a partition ends in something else than a record, "worked off" comes all the same: on a real broker."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.kafka import backlog, topics
from shared.kafka.topics import administration
from shared.kit.offsets import load_offsets
from tests.heard import Log
from tests.kit.conftest import feedback, router
from tests.running import PARTITIONS, count, eventually, make_topics, publish, running, settings_for

pytestmark = [pytest.mark.db, pytest.mark.kafka]

# Topics that the service hears; what is done to partition 0 of each.
COMMITTED, ABORTED, OPEN = "application-submitted", "interview-scheduled", "interview-completed"
DELETED, COMPACTED = "interview-cancelled", "application-decided"
CLEANED_AT_ONCE = {
    "cleanup.policy": "compact",
    "segment.ms": "1",
    "min.cleanable.dirty.ratio": "0.0",
    "min.compaction.lag.ms": "0",
    "delete.retention.ms": "0",
}


@pytest.fixture
async def settings(kafka, fresh_database, tmp_path):
    return settings_for(kafka, await fresh_database("candidates"), await make_topics(kafka), tmp_path)


@asynccontextmanager
async def transactions(kafka, name):
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=name)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def send(producer, prefix, topic):
    await producer.send_and_wait(prefix + topic, b"{}", b"acme/x/x", partition=0)


async def leave_tails(kafka, prefix):
    """Partitions that end in a commit, in an abort, or had the record before it deleted or compacted away."""
    async with administration({"bootstrap_servers": kafka.bootstrap}) as admin:
        await configure(admin, prefix + DELETED, {"cleanup.policy": "delete"})
        await configure(admin, prefix + COMPACTED, CLEANED_AT_ONCE)
        async with transactions(kafka, f"{prefix}ats") as producer:
            async with producer.transaction():
                await send(producer, prefix, COMMITTED)
            await producer.begin_transaction()
            for topic in (ABORTED, DELETED, COMPACTED):
                await send(producer, prefix, topic)
            await asyncio.sleep(0.01)  # the marker begins a segment of its own: the one before it can be cleaned
            await producer.abort_transaction()
        await admin.delete_records({TopicPartition(prefix + DELETED, 0): RecordsToDelete(before_offset=1)})
        await eventually(lambda: _holds_no_record(kafka, prefix + COMPACTED))
        await topics.apply(admin, topics.wanted(prefix, partitions=PARTITIONS))


async def configure(admin, topic, config):
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=config)])


async def _holds_no_record(kafka, topic):
    """Even a reader who does not mind aborted records comes to the end and meets none."""
    partition = TopicPartition(topic, 0)
    async with AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest") as consumer:
        consumer.assign([partition])
        while not (found := await consumer.getmany(timeout_ms=50)) and await consumer.position(partition) < 2:
            continue
    return not found


async def _waits_for_nothing(runtime, settings):
    ends = await backlog.find_ends(settings.kafka, settings.topic_prefix, "candidates")
    async with runtime.database.transaction(()) as conn:
        return backlog.lag(ends, await load_offsets(conn)) == 0 and not runtime.waiting


async def _has_passed(runtime, topic, offset):
    return await count(runtime, "SELECT coalesce(max(next_offset), 0) FROM offsets WHERE topic = $1", topic) == offset


async def test_a_tail_without_a_record_keeps_nobody_waiting(kafka, settings):
    prefix, log = settings.topic_prefix, Log()
    await leave_tails(kafka, prefix)

    async with transactions(kafka, f"{prefix}open") as producer, running("candidates", settings, router) as runtime:
        await producer.begin_transaction()
        await send(producer, prefix, OPEN)
        await eventually(lambda: _waits_for_nothing(runtime, settings))
        await producer.abort_transaction()
        async with asyncio.timeout(60):
            while not await _has_passed(runtime, OPEN, 2):  # also where others' records come all the time
                await publish(kafka, prefix, [log.append(feedback("f1", "ana"))])
        await eventually(lambda: _waits_for_nothing(runtime, settings))

        assert await count(runtime, "SELECT count(*) FROM dead_letters") == 1
        assert await count(runtime, "SELECT count(*) FROM facts WHERE topic = 'feedback-submitted'") == 1
