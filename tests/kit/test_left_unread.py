"""Nothing is left unread for good, whatever the Kafka client does: on a real broker."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import CorruptRecordException, KafkaError
from aiokafka.protocol.fetch import FetchRequest

from services.interviews.main import SERVICE
from shared.kafka import clients, consumer
from shared.kafka.echoes import Echoes
from shared.kafka.unfit import Stuck
from shared.running import start
from tests.heard import Log
from tests.kit.conftest import feedback, router
from tests.running import count, eventually, make_topics, publish, running, settings_for

pytestmark = [pytest.mark.db, pytest.mark.kafka]

SAVED = "SELECT count(*) FROM facts WHERE topic = 'feedback-submitted'"
PEOPLE = ("ana", "bo", "cy", "dee")  # in both partitions
MOMENTS = 5  # of the loop, in which somebody may write to a connection that has ended
QUIETLY = 0.02  # a look at what is unread takes five of these


@pytest.fixture
async def settings(kafka, fresh_database, tmp_path, monkeypatch):
    monkeypatch.setattr(consumer, "LOOK_SECONDS", QUIETLY)
    return settings_for(kafka, await fresh_database("candidates"), await make_topics(kafka), tmp_path)


@pytest.fixture
def say(kafka, settings):
    """Publish feedback about each of some people; how many there are by now."""
    log, said = Log(), []

    async def more(*people: str) -> int:
        records = [log.append(feedback(f"f{len(said) + n}", person)) for n, person in enumerate(people)]
        said.extend(people)
        await publish(kafka, settings.topic_prefix, records)
        return len(said)

    return more


async def holds(value: object) -> bool:
    return bool(value)


async def has_saved(runtime, number: int) -> bool:
    return await count(runtime, SAVED) == number


async def reads(runtime) -> AIOKafkaConsumer:
    """Its client, once it reads."""
    reading = runtime.listening.consumer
    await eventually(lambda: holds(reading.placed))
    return reading.consumer


async def test_one_partition_that_is_not_read_ends_the_process_though_others_are(settings, say, monkeypatch):
    monkeypatch.setattr(Echoes, "hear", lambda *_: None)  # it would resume what rests
    async with running("candidates", settings, router) as runtime:
        client = await reads(runtime)
        client.pause(TopicPartition(f"{settings.topic_prefix}feedback-submitted", 0))
        await say(*PEOPLE)

        async def is_given_up() -> bool:
            await asyncio.sleep(0.2)  # only what nothing stands before is left unread
            await say(*PEOPLE)
            return runtime.fatal is not None

        await eventually(is_given_up)
        assert isinstance(runtime.fatal, Stuck)
        assert "feedback-submitted/0 was not read on from 0" in str(runtime.fatal)
        assert await count(runtime, f"{SAVED} AND partition = 1") > 0


async def test_a_client_that_does_not_stop_ends_the_process(settings, say, monkeypatch):
    monkeypatch.setattr(clients, "LONGEST_SECONDS", 0.5)
    for_ever = asyncio.Event()
    stop = AIOKafkaConsumer.stop

    async def never(self) -> None:
        await for_ever.wait()

    async with running("candidates", settings, router) as runtime:
        client = await reads(runtime)
        with monkeypatch.context() as patched:
            patched.setattr(AIOKafkaConsumer, "stop", never)
            runtime.listening.consumer.unplaceable = KafkaError("something else")
            await eventually(lambda: holds(runtime.fatal))

        assert isinstance(runtime.fatal, Stuck)
        for_ever.set()
        await stop(client)


@pytest.mark.parametrize("way", ["_load", "_check_cluster"])
async def test_a_place_that_cannot_be_found_is_looked_for_anew(settings, say, monkeypatch, way):
    """What comes meanwhile is dropped, and the client goes past it: nothing is unread by its account."""
    find, failed = getattr(consumer.Consumer, way), []

    async def fails(self, *arguments):
        if not failed:
            failed.append(True)
            raise RuntimeError("a mistake in the program")
        return await find(self, *arguments)

    async with running("candidates", settings, router) as runtime:
        client = await reads(runtime)
        monkeypatch.setattr(consumer.Consumer, way, fails)
        await runtime.listening.consumer.on_partitions_assigned(client.assignment())
        said = await say(*PEOPLE)

        await eventually(lambda: has_saved(runtime, said))
    assert failed


async def test_no_client_is_left_behind_where_fetches_fail(settings, say, monkeypatch):
    """aiokafka's own stop ends where it cancels one that waits to try again."""
    send, connections = AIOKafkaClient.send, []

    async def fails(self, node_id, request, **given):
        if type(request) is FetchRequest:
            raise KafkaError("nothing can be fetched")
        return await send(self, node_id, request, **given)

    async with running("candidates", settings, router) as runtime:
        client = await reads(runtime)
        monkeypatch.setattr(AIOKafkaClient, "send", fails)
        await asyncio.sleep(1)  # until each fetch waits
        runtime.listening.consumer.unplaceable = KafkaError("something else")
        await eventually(lambda: holds(runtime.listening.consumer.subscriber.consumer is not client))
        monkeypatch.undo()

        await eventually(lambda: holds(client._client._sync_task is None or client._client._sync_task.done()))
        connections += [c for c in client._client._conns.values() if c.connected()]
    assert connections == []


async def test_a_part_that_a_library_cancels_begins_anew(settings, say, monkeypatch):
    run, ended = consumer.Consumer.run, []

    async def is_cancelled(self) -> None:
        if not ended:
            ended.append(True)
            raise asyncio.CancelledError
        await run(self)

    monkeypatch.setattr(consumer.Consumer, "run", is_cancelled)
    async with running("candidates", settings, router) as runtime:
        said = await say(*PEOPLE)
        await eventually(lambda: has_saved(runtime, said))


async def test_a_client_whose_stop_fails_ends_the_process(settings, monkeypatch):
    """What it still holds nobody else gets."""
    stop = AIOKafkaConsumer.stop

    async def fails(self) -> None:
        await stop(self)
        raise KafkaError("its task had ended")

    async with running("candidates", settings, router) as runtime:
        await reads(runtime)
        monkeypatch.setattr(AIOKafkaConsumer, "stop", fails)
        runtime.listening.consumer.unplaceable = KafkaError("something else")
        await eventually(lambda: holds(runtime.fatal))

    assert isinstance(runtime.fatal, Stuck)


async def test_what_was_fetched_beside_an_error_is_read_again(settings, say, monkeypatch):
    """aiokafka has moved on past it by then."""
    getmany, lost = AIOKafkaConsumer.getmany, []

    async def breaks(self, *partitions, **given):
        found = await getmany(self, *partitions, **given)
        if any(tp.topic.endswith("feedback-submitted") for tp in found) and not lost:
            lost.append(found)
            raise CorruptRecordException("Invalid CRC")
        return found

    monkeypatch.setattr(AIOKafkaConsumer, "getmany", breaks)
    async with running("candidates", settings, router) as runtime:
        await reads(runtime)
        said = await say(*PEOPLE)

        await eventually(lambda: has_saved(runtime, said))
    assert lost


async def test_nobody_waits_for_a_place_that_the_client_does_not_have(settings, say):
    async with running("candidates", settings, router) as runtime:
        client = await reads(runtime)
        partition = TopicPartition(f"{settings.topic_prefix}feedback-submitted", 0)
        before = runtime.listening.consumer.reach.saved
        await client.seek_to_end(partition)

        fetched = await runtime.listening.consumer.reach.fetched()

        assert set(fetched) == set(before)


def on_the_loop_of_services(monkeypatch, work: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Do this where a service would run, whatever loop that is; what the process would end with."""
    monkeypatch.setattr(start, "_serve", lambda service, settings: work())
    monkeypatch.setattr(start.logs, "configure", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        start.run(start.Service(**{**SERVICE.__dict__, "settings": lambda: type("S", (), {"log_level": "INFO"})}))
    return int(ended.value.code or 0)


def test_a_connection_that_breaks_while_brokers_are_looked_for_does_not_end_the_search(kafka, monkeypatch):
    """A loop that refuses to write to it with RuntimeError would: aiokafka's issue 1038."""

    connected, broken = AIOKafkaClient._get_conn, []

    async def breaks(self, *arguments, **given):
        """The connection ends after it was chosen: the transport knows already, aiokafka does not yet."""
        connection = await connected(self, *arguments, **given)
        if connection and len(broken) < MOMENTS:
            broken.append(connection)
            connection._writer.transport.abort()
            for _ in range(len(broken)):
                await asyncio.sleep(0)
        return connection

    async def searches() -> int:
        client = AIOKafkaClient(bootstrap_servers=kafka.bootstrap, request_timeout_ms=1000)
        await client.bootstrap()
        monkeypatch.setattr(AIOKafkaClient, "_get_conn", breaks)
        try:
            async with asyncio.timeout(30):
                while not await client.force_metadata_update():  # noqa: ASYNC110 - of what is tried, some fails
                    await asyncio.sleep(0.01)
        finally:
            await client.close()
        return len(broken)

    assert on_the_loop_of_services(monkeypatch, searches) == MOMENTS
