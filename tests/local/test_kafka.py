"""Kafka on this machine: real, small, and its log survives a kill."""

import asyncio
import shutil
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from local.kafka import Kafka
from shared.kit.ids import new_cluster_id
from tests.conftest import temporary_home

pytestmark = pytest.mark.kafka


async def cluster_id(server: Kafka) -> str:
    admin = AIOKafkaAdminClient(bootstrap_servers=server.bootstrap)
    await admin.start()
    try:
        return (await admin.describe_cluster())["cluster_id"]
    finally:
        await admin.close()


async def publish(server: Kafka, topic: str, value: bytes) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=server.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=server.bootstrap, enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, value, partition=0)


async def first_value(server: Kafka, topic: str) -> bytes:
    consumer = AIOKafkaConsumer(bootstrap_servers=server.bootstrap)
    async with consumer:
        consumer.assign([TopicPartition(topic, 0)])
        await consumer.seek_to_beginning()
        return (await asyncio.wait_for(consumer.getone(), 20)).value


@pytest.fixture(scope="module")
def server():
    """One for the tests here; each leaves it running."""
    with temporary_home() as home:
        one = Kafka(home)
        one.start()
        yield one
        one.stop()


def test_what_was_acknowledged_survives_kill_9(server):
    asyncio.run(publish(server, "letters", b"hello"))

    server.process.kill()
    server.process.wait()
    server.launch()
    server.wait()

    assert asyncio.run(first_value(server, "letters")) == b"hello"


def test_topics_are_not_created_by_accident(server):
    async def topics_after_asking() -> set[str]:
        async with AIOKafkaConsumer(bootstrap_servers=server.bootstrap) as consumer:
            consumer.partitions_for_topic("nobody-made-this")
            return await consumer.topics()

    assert "nobody-made-this" not in asyncio.run(topics_after_asking())


def test_a_deleted_log_is_a_new_cluster(server):
    before = asyncio.run(cluster_id(server))
    server.stop()
    shutil.rmtree(server.folder)

    server.start()

    assert asyncio.run(cluster_id(server)) != before


def test_a_second_home_runs_beside_it_in_a_folder_of_any_name(server, tmp_path: Path):
    other = Kafka(tmp_path / "Zoë's home, with spaces")

    other.start()

    assert other.bootstrap != server.bootstrap
    assert asyncio.run(cluster_id(other)) != asyncio.run(cluster_id(server))
    other.stop()


def test_the_broker_stays_small(server):
    resident = psutil.Process(server.process.pid).memory_info().rss

    assert resident < 300_000_000


def test_a_new_cluster_id_never_looks_like_an_option():
    ids = {new_cluster_id() for _ in range(1000)}

    assert len(ids) == 1000
    assert [one for one in ids if one.startswith("-")] == []
