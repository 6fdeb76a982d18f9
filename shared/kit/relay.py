"""The relay: one leader per database publishes the outbox in order and deletes what Kafka acknowledged."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer

from shared.kit import metrics, outbox
from shared.kit.db import EVERYONE, Database
from shared.kit.outbox import Row

log = structlog.get_logger()

LEADER_KEY = 0x7461_6C65_6E74  # one advisory lock per database: "talent"
AT_ONCE = 2000
POLL_SECONDS = (0.005, 0.05)


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of `organization/subject`: CRC-32 modulo the number of partitions, so a person's facts meet."""
    subject = key.split(b"/", 2)[:2]
    return zlib.crc32(b"/".join(subject)) % partitions


class Relay:
    """Publishes one service's outbox. Any number may run; the one that holds the lock works."""

    def __init__(
        self, database: Database, kafka: dict[str, Any], prefix: str, written: asyncio.Event
    ) -> None:
        self.database = database
        self.kafka = kafka
        self.prefix = prefix
        self.written = written
        self.leading = False

    async def run(self) -> None:
        """Lead while the lock is ours. Raises when the database or the broker goes away; the caller starts it again."""
        async with self._leadership() as leader, self._producer() as producer:
            self.leading = True
            pause = POLL_SECONDS[0]
            while True:
                self.written.clear()
                if await self.drain(producer):
                    pause = POLL_SECONDS[0]
                    continue
                await self._wait(pause)
                pause = min(pause * 1.5, POLL_SECONDS[1])
                if pause == POLL_SECONDS[1]:
                    await leader.fetchval("SELECT 1")

    async def drain(self, producer: AIOKafkaProducer) -> int:
        """Publish one run of the outbox, in order; how many records."""
        async with self.database.transaction(EVERYONE) as conn:
            rows = await outbox.read(conn, AT_ONCE)
        if not rows:
            return 0
        await self._publish(producer, rows)
        async with self.database.transaction(EVERYONE) as conn:
            await outbox.delete(conn, [row.id for row in rows])
        metrics.RELAYED.inc(len(rows))
        return len(rows)

    async def _publish(self, producer: AIOKafkaProducer, rows: Sequence[Row]) -> None:
        acknowledged = []
        for row in rows:
            for partition in await self._partitions(producer, row):
                acknowledged.append(
                    await producer.send(
                        self.prefix + row.topic, row.value, row.key, partition=partition, headers=row.headers
                    )
                )
        await producer.flush()
        for future in acknowledged:
            await future

    async def _partitions(self, producer: AIOKafkaProducer, row: Row) -> Sequence[int]:
        if row.partition is not None:
            return (row.partition,)
        partitions = await producer.partitions_for(self.prefix + row.topic)
        if row.value is None:
            return sorted(partitions)
        return (partition_of(row.key, len(partitions)),)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.written.wait()
        except TimeoutError:
            return

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(
            **self.kafka,
            enable_idempotence=True,
            acks="all",
            linger_ms=0,
            max_batch_size=262_144,
            max_request_size=2_097_152,
            compression_type="zstd",
        )
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()

    @asynccontextmanager
    async def _leadership(self) -> AsyncIterator[asyncpg.Connection]:
        """Hold the relay's lock on a connection of its own; others wait here."""
        async with self.database.pool.acquire() as leader:
            try:
                while not await leader.fetchval("SELECT pg_try_advisory_lock($1)", LEADER_KEY):
                    await asyncio.sleep(1)
                yield leader
            finally:
                self.leading = False
                if not leader.is_closed():
                    await leader.fetchval("SELECT pg_advisory_unlock($1)", LEADER_KEY)
