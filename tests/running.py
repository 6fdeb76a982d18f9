"""A service running on a real broker and database, in this process, with a topic prefix of its own."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from local.databases import Addresses
from local.kafka import Kafka
from shared.kafka import topics
from shared.kafka.relay import partition_of
from shared.kafka.topics import administration
from shared.kit.clock import DueWork
from shared.kit.db import EVERYONE, Database
from shared.kit.dead_letters import ConsumedRecord
from shared.kit.router import Router
from shared.running.runtime import Runtime
from shared.settings.service import ListeningSettings

PARTITIONS = 2
_prefixes = itertools.count(1)


async def make_topics(kafka: Kafka) -> str:
    """Every topic under a new prefix, which is returned."""
    prefix = f"t{os.getpid()}-{next(_prefixes)}."
    async with administration({"bootstrap_servers": kafka.bootstrap}) as admin:
        await topics.apply(admin, topics.wanted(prefix, partitions=PARTITIONS))
    return prefix


def settings_for(kafka: Kafka, addresses: Addresses, prefix: str, folder: Path, **given: Any) -> ListeningSettings:
    """The settings of a service in a test."""
    return ListeningSettings(
        talentloop_env="test",
        database_url=addresses.url,
        kafka_bootstrap_servers=kafka.bootstrap,
        topic_prefix=prefix,
        public_url="http://localhost",
        oidc_issuer="http://localhost/issuer",
        oidc_jwks_url=f"file://{folder}/jwks.json",
        link_key="l" * 32,
        hash_key="h" * 32,
        **given,
    )


@asynccontextmanager
async def running(
    service: str, settings: ListeningSettings, router: Router, schedule: DueWork | None = None
) -> AsyncIterator[Runtime]:
    """The service's parts at work, until the block ends."""
    database = await Database.connect(settings.database_url.get_secret_value(), service)
    runtime = Runtime(service, settings, database, router, schedule or DueWork())
    async with runtime.supervised():
        yield runtime


async def publish(kafka: Kafka, prefix: str, records: Iterable[ConsumedRecord]) -> None:
    """Send records to the broker as a platform would."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, enable_idempotence=True, acks="all")
    await producer.start()
    try:
        for r in records:
            partition = partition_of(r.key or b"", len(await producer.partitions_for(prefix + r.topic)))
            await producer.send(prefix + r.topic, r.value, r.key, partition=partition, headers=list(r.headers))
        await producer.flush()
    finally:
        await producer.stop()


async def read_topic(kafka: Kafka, prefix: str, *topics: str) -> list[Any]:
    """Everything that lies on a topic now, or on some, partition by partition."""
    names = [prefix + topic for topic in topics]
    consumer = AIOKafkaConsumer(*names, bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        found: list[Any] = []
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += records
        return found
    finally:
        await consumer.stop()


async def eventually(check: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Return once the check holds; fail when it does not for too long."""
    async with asyncio.timeout(seconds):
        while not await check():  # noqa: ASYNC110 - what is waited for happens in another process
            await asyncio.sleep(0.05)


async def count(runtime: Runtime, statement: str, *arguments: Any) -> int:
    """One number from a service's database."""
    async with runtime.database.transaction(EVERYONE) as conn:
        return int(await conn.fetchval(statement, *arguments))
