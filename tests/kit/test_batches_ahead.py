"""One batch is decoded while another is saved, and none is saved past another: on a real broker."""

import asyncio
from contextlib import asynccontextmanager

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.kafka import consumer, echoes
from shared.kafka.topics import administration
from shared.kit import offsets
from shared.kit.inbox import Inbox
from tests.heard import Log
from tests.kit.conftest import feedback, router
from tests.running import count, eventually, make_topics, publish, running, settings_for

pytestmark = [pytest.mark.db, pytest.mark.kafka]

READ = "SELECT coalesce(sum(next_offset), 0) FROM offsets WHERE topic = 'feedback-submitted'"
SAVED = "SELECT count(*) FROM facts WHERE topic = 'feedback-submitted'"


@pytest.fixture
async def settings(kafka, fresh_database, tmp_path, monkeypatch):
    monkeypatch.setattr(consumer, "AHEAD", 1)
    return settings_for(kafka, await fresh_database("candidates"), await make_topics(kafka), tmp_path)


@pytest.fixture
def taken(monkeypatch):
    """Where each batch of feedback that is worked off begins, per partition, in this order."""
    begins, take = [], Inbox.take

    async def noted(self, records, *arguments):
        if heard := [r for r in records if r.topic == "feedback-submitted"]:
            begins.append(min(r.offset for r in heard))
        await take(self, records, *arguments)

    monkeypatch.setattr(Inbox, "take", noted)
    return begins


class Platform:
    """Sends feedback about one person after the other, all to one partition."""

    def __init__(self, kafka, settings):
        self.kafka, self.settings, self.log, self.sent = kafka, settings, Log(), 0

    async def send(self, number):
        records = [self.log.append(feedback(f"f{self.sent + n}", "ana")) for n in range(number)]
        self.sent += number
        await publish(self.kafka, self.settings.topic_prefix, records)


@pytest.fixture
def platform(kafka, settings):
    return Platform(kafka, settings)


@asynccontextmanager
async def nothing_is_saved(runtime):
    """Batches wait for the database as long as the block lasts."""
    async with runtime.database.transaction("*") as conn:
        await conn.execute("LOCK TABLE facts IN EXCLUSIVE MODE")
        yield conn


async def is_true(value):
    return value


async def two_in_hand(runtime, platform):
    """One batch waits for the database, the next is decoded and waits for it."""
    reading = runtime.listening.consumer
    await platform.send(3)
    await eventually(lambda: is_true(reading.saving is not None and not reading.saving.done()))
    await platform.send(2)
    await eventually(lambda: is_true(reading.receiving))


async def all_saved(runtime, platform):
    await eventually(lambda: _equals(runtime, SAVED, platform.sent))
    await eventually(lambda: _equals(runtime, READ, platform.sent))


async def _equals(runtime, statement, wanted):
    return await count(runtime, statement) == wanted


async def test_two_are_in_hand_and_saved_one_after_the_other(settings, platform, taken):
    async with running("candidates", settings, router) as runtime:
        async with nothing_is_saved(runtime):
            await two_in_hand(runtime, platform)
            assert len(taken) == 1
            assert not runtime.listening.consumer.is_idle
        await all_saved(runtime, platform)
        await eventually(lambda: is_true(runtime.listening.consumer.is_idle))

    assert taken == [0, 3]


async def test_a_batch_that_was_decoded_before_a_rewind_is_read_again_after_the_one_before(settings, platform, taken):
    async with running("candidates", settings, router) as runtime:
        async with nothing_is_saved(runtime) as conn:
            await two_in_hand(runtime, platform)
            await offsets.rewind(conn)
        await all_saved(runtime, platform)

    assert taken[:2] == [0, 0]  # not [0, 3]: what lies before was not saved


async def test_nothing_is_saved_past_a_batch_that_fails(settings, platform, taken, monkeypatch):
    monkeypatch.setattr(consumer, "LOOK_SECONDS", 0.05)
    noted, failed = Inbox.take, []

    async def fails_once(self, records, *arguments):
        await noted(self, records, *arguments)
        if not failed and taken:
            failed.append(True)
            raise RuntimeError("a mistake in the program")

    async with running("candidates", settings, router) as runtime:
        monkeypatch.setattr(Inbox, "take", fails_once)
        async with nothing_is_saved(runtime):
            await two_in_hand(runtime, platform)
        await all_saved(runtime, platform)

    assert failed
    assert taken == [0, 3]  # once the part had begun again, from where the database was


async def test_no_rebalance_goes_on_past_a_batch_that_failed(settings, platform, monkeypatch):
    monkeypatch.setattr(consumer, "LOOK_SECONDS", 3600)

    async def fails(self, *arguments):
        raise RuntimeError("a mistake in the program")

    async with running("candidates", settings, router) as runtime:
        reading = runtime.listening.consumer
        await eventually(lambda: is_true(reading.placed is not None))
        monkeypatch.setattr(Inbox, "take", fails)
        await platform.send(1)
        await eventually(lambda: is_true(reading.unplaceable is not None))

        await reading.on_partitions_assigned(reading.consumer.assignment())

        assert reading.placed is None


async def test_nothing_is_placed_by_a_rewind_while_partitions_are_assigned(settings, platform, monkeypatch):
    """What comes in between was fetched from where Kafka believes that we are."""
    asked, may_go_on = asyncio.Event(), asyncio.Event()

    async def slow(*_):
        asked.set()
        await may_go_on.wait()

    async with running("candidates", settings, router) as runtime:
        reading = runtime.listening.consumer
        await eventually(lambda: is_true(reading.placed is not None))
        async with nothing_is_saved(runtime) as conn:
            await platform.send(1)
            await eventually(lambda: is_true(not reading.is_idle))
            await offsets.rewind(conn)
            leaving = asyncio.create_task(reading.on_partitions_revoked([]))
        await leaving
        monkeypatch.setattr(reading, "_check_cluster", slow)
        coming = asyncio.create_task(reading.on_partitions_assigned(reading.consumer.assignment()))
        await asked.wait()

        assert reading.placed is None
        may_go_on.set()
        await coming
        await all_saved(runtime, platform)


async def test_a_record_that_cannot_even_be_decoded_is_parked_and_harms_no_neighbour(kafka, settings, platform):
    """A topic may have held platforms' own timestamps before it was made ours."""
    topic = f"{settings.topic_prefix}feedback-submitted"
    theirs = {"message.timestamp.type": "CreateTime", "message.timestamp.after.max.ms": str(2**62)}
    async with running("candidates", settings, router) as runtime:
        await eventually(lambda: is_true(runtime.listening.consumer.placed is not None))
        async with administration({"bootstrap_servers": kafka.bootstrap}) as admin:
            await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=theirs)])
        async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
            await eventually(lambda: _is_taken(producer, topic))
        await platform.send(2)
        await eventually(lambda: _equals(runtime, SAVED, platform.sent))
        parked = "SELECT count(*) FROM dead_letters WHERE code = 'not-processable'"
        await eventually(lambda: _equals(runtime, parked, 1))


async def _is_taken(producer, topic):
    """A record of the far future, once the broker takes its word for it."""
    sent = await producer.send_and_wait(topic, b"{}", b"acme", 0, timestamp_ms=10**15)
    return sent.timestamp_type == 0


async def test_a_stop_undoes_what_the_database_does_not_take_and_reads_it_again(settings, platform, monkeypatch):
    monkeypatch.setattr(consumer, "STOP_SECONDS", 0.5)
    holding = await asyncpg.connect(settings.database_url.get_secret_value())
    async with running("candidates", settings, router) as first:
        await eventually(lambda: is_true(first.listening.consumer.placed is not None))
        await holding.execute("BEGIN")
        await holding.execute("LOCK TABLE facts IN EXCLUSIVE MODE")
        await two_in_hand(first, platform)

    assert first.listening.consumer.saving.cancelled()
    assert await holding.fetchval(READ) == 0
    await holding.close()
    async with running("candidates", settings, router) as second:
        await all_saved(second, platform)


async def test_what_comes_back_rests_while_others_are_read_and_is_read_then(settings, platform, monkeypatch):
    monkeypatch.setattr(echoes, "REST_SECONDS", 2)
    async with running("candidates", settings, router) as runtime:
        reading = runtime.listening.consumer
        await eventually(lambda: is_true(reading.placed is not None))
        own = {tp for tp in reading.consumer.assignment() if tp.topic.endswith(".candidate-pooled")}
        while not own <= reading.consumer.paused():
            await platform.send(1)
            await eventually(lambda: _equals(runtime, SAVED, platform.sent))
        assert not [tp for tp in reading.consumer.paused() if tp.topic.endswith(".feedback-submitted")]

        await eventually(lambda: is_true(not reading.consumer.paused()))
        await eventually(lambda: _reads_up(reading, own))


async def _reads_up(reading, partitions):
    ends = await reading.consumer.end_offsets(partitions)
    return all(reading.reach.saved[reading.reach.position_of(tp)] == end for tp, end in ends.items())
