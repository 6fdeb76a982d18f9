"""A real broker and a real PostgreSQL (fsync on) for the measurements, and a fresh place on them for each."""

import itertools
import logging
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from bench.where import Where
from local.databases import Addresses, copy_database, drop_database, ensure_database
from local.kafka import Kafka
from local.postgres import Postgres
from shared.kafka import topics
from shared.kafka.relay import partition_of
from shared.kafka.topics import administration
from shared.kit.db import EVERYONE, Database
from shared.kit.dead_letters import ConsumedRecord
from shared.kit.facts import save_facts
from shared.kit.inbox import sort

PARTITIONS = 6

# Topics are used the moment they are made: that their leaders are not known yet is no news.
logging.getLogger("aiokafka").setLevel(logging.ERROR)


class Servers:
    """One broker and one database server for the whole bench."""

    _numbers = itertools.count(1)  # never a name again: a broker goes on deleting topics after it said they are gone

    def __init__(self, home: Path, kafka: Kafka, postgres: Postgres) -> None:
        self.home = home
        self.kafka = kafka
        self.postgres = postgres
        self._templates: dict[str, str] = {}

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Where]:
        """Topics and a database nobody has used."""
        async with self.database("candidates") as database:
            prefix = f"b{next(self._numbers)}."
            async with administration({"bootstrap_servers": self.kafka.bootstrap}) as admin:
                await topics.apply(admin, topics.wanted(prefix, partitions=PARTITIONS))
            try:
                yield Where(self.kafka.bootstrap, prefix, database.url, database.owner_url)
            finally:
                async with administration({"bootstrap_servers": self.kafka.bootstrap}) as admin:
                    await admin.delete_topics([t.name for t in topics.wanted(prefix)])

    @asynccontextmanager
    async def database(self, service: str) -> AsyncIterator[Addresses]:
        """A database of one service that nobody has used."""
        if service not in self._templates:
            made = await ensure_database(self.postgres, service, f"bench_{service}_template")
            self._templates[service] = made.name
        name = f"bench_{next(self._numbers)}"
        database = await copy_database(self.postgres, service, self._templates[service], name)
        try:
            yield database
        finally:
            await drop_database(self.postgres, database.name)


@asynccontextmanager
async def watching(where: Where) -> AsyncIterator[asyncpg.Connection]:
    """A connection that sees every organisation's rows."""
    owner = await asyncpg.connect(where.owner_url, server_settings={"app.organizations": "*"})
    try:
        yield owner
    finally:
        await owner.close()


@contextmanager
def started() -> Iterator[Servers]:
    """Servers for the bench alone."""
    with tempfile.TemporaryDirectory(prefix="talentloop-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)
        servers = Servers(home, Kafka(home), Postgres(home))
        with ExitStack() as stack:
            for server in (servers.kafka, servers.postgres):
                server.start()
                stack.callback(server.stop)
            yield servers


async def publish(where: Where, records: Iterable[ConsumedRecord]) -> None:
    """Put records on their topics, a person's facts on one partition number."""
    producer = AIOKafkaProducer(bootstrap_servers=where.bootstrap, enable_idempotence=True, acks="all", linger_ms=20)
    await producer.start()
    try:
        for r in records:
            partition = partition_of(r.key or b"", len(await producer.partitions_for(where.prefix + r.topic)))
            await producer.send(where.prefix + r.topic, r.value, r.key, partition=partition, headers=list(r.headers))
        await producer.flush()
    finally:
        await producer.stop()


async def save(where: Where, records: Iterable[ConsumedRecord]) -> None:
    """Put facts into the database, as if they had been heard long ago."""
    past = iter(records)
    database = await Database.connect(where.database_url, "candidates")
    while some := list(itertools.islice(past, 500)):
        async with database.transaction(EVERYONE) as conn:
            await save_facts(conn, sort(some, datetime.now(UTC)).facts, [])
    await database.close()
    owner = await asyncpg.connect(where.owner_url)
    await owner.execute("VACUUM ANALYZE facts")
    await owner.close()


async def count_records(where: Where, topic: str) -> int:
    """How many records lie on a topic now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=where.bootstrap)
    await consumer.start()
    try:
        partitions = [TopicPartition(where.prefix + topic, p) for p in range(PARTITIONS)]
        return sum((await consumer.end_offsets(partitions)).values())
    finally:
        await consumer.stop()
