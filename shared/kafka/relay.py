"""The relay: one leader per database publishes the outbox in order and deletes what Kafka acknowledged."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from shared.kafka.clients import JOIN_SECONDS, stop_in_time
from shared.kit import metrics, outbox
from shared.kit.db import Connection, Database
from shared.kit.loops import to_its_end
from shared.kit.outbox import OutboxRow

LEADER_KEY = 0x7461_6C65_6E74  # one advisory lock per database: "talent"
AT_ONCE = 2000
STANDBY_SECONDS = 1.0  # who waited in one statement would not see its server go, nor let it clean up meanwhile
POLL_SECONDS = (0.005, 1.0)
QUIET_SHARE = 20


def pause_after(quiet: float) -> float:
    """When to look again, after so many seconds without a record: what comes waits for a twentieth of them at most."""
    shortest, longest = POLL_SECONDS
    return min(max(quiet / QUIET_SHARE, shortest), longest)


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of `organization/subject`: CRC-32 modulo the number of partitions, so a person's facts meet."""
    subject = key.split(b"/", 2)[:2]
    return zlib.crc32(b"/".join(subject)) % partitions


def _partitions(row: OutboxRow, partitions: int) -> Sequence[int]:
    """Where a record goes: where its row says, a tombstone everywhere, the rest by who it is about."""
    if row.partition is not None:
        return (row.partition,)
    if row.value is None:
        return range(partitions)
    return (partition_of(row.key, partitions),)


def _append(batch: BatchBuilder, row: OutboxRow) -> bool:
    """Add a record to a batch; False when the batch is full."""
    return batch.append(key=row.key, value=row.value, timestamp=None, headers=row.headers) is not None


class Relay:
    """Publishes one service's outbox. Any number may run; the one that holds the lock works."""

    def __init__(self, database: Database, options: dict[str, Any], prefix: str, written: asyncio.Event) -> None:
        self.database = database
        self.options = options
        self.prefix = prefix
        self.written = written
        self.leading = False

    async def run(self) -> None:
        """Lead while the lock is ours; return when it is lost. Raises when the database or the broker goes away."""
        async with self._leadership() as leader, self._producer() as producer:
            self.leading = True
            conn = Connection(leader, self.database.service)
            quiet_since = monotonic()
            while not leader.is_closed():
                self.written.clear()
                # What Kafka took and the outbox still holds, the next leader would say again.
                if await to_its_end(self.drain(conn, producer)):
                    quiet_since = monotonic()
                    continue
                await self._wait(pause_after(monotonic() - quiet_since))

    async def drain(self, conn: Connection, producer: AIOKafkaProducer) -> int:
        """Publish one run of the outbox, in order; how many records.

        On the leader's own connection, each statement committed by itself: the outbox belongs to no organisation, and
        whoever lost the lock deletes nothing.
        """
        rows = await outbox.read(conn, AT_ONCE)
        if not rows:
            return 0
        await self._publish(producer, rows)
        await outbox.delete(conn, [row.id for row in rows])
        metrics.RELAYED.inc(len(rows))
        return len(rows)

    async def _publish(self, producer: AIOKafkaProducer, rows: Sequence[OutboxRow]) -> None:
        """Send rows as one run of batches per partition, and wait until Kafka has acknowledged all of them."""
        topics = {row.topic for row in rows}
        partitions = {topic: len(await producer.partitions_for(self.prefix + topic)) for topic in topics}
        lanes: dict[tuple[str, int], list[OutboxRow]] = {}
        for row in rows:
            for partition in _partitions(row, partitions[row.topic]):
                lanes.setdefault((row.topic, partition), []).append(row)
        sent = [await self._send(producer, self.prefix + t, p, lane) for (t, p), lane in lanes.items()]
        await asyncio.gather(*(future for futures in sent for future in futures))

    async def _send(
        self, producer: AIOKafkaProducer, topic: str, partition: int, lane: Sequence[OutboxRow]
    ) -> list[asyncio.Future[Any]]:
        futures, batch = [], producer.create_batch()
        for row in lane:
            if not _append(batch, row):
                futures.append(await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                _append(batch, row)
        futures.append(await producer.send_batch(batch, topic, partition=partition))
        return futures

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.written.wait()
        except TimeoutError:
            return

    @asynccontextmanager
    async def _producer(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(**self.options, linger_ms=0)
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                await producer.start()
            yield producer
        finally:
            await stop_in_time(producer.stop)

    @asynccontextmanager
    async def _leadership(self) -> AsyncIterator[asyncpg.Connection]:
        """Hold the relay's lock on a connection of its own; others wait here."""
        async with self.database.pool.acquire() as leader:
            try:
                while not await leader.fetchval("SELECT pg_try_advisory_lock($1)", LEADER_KEY):  # noqa: ASYNC110
                    await asyncio.sleep(STANDBY_SECONDS)
                yield leader
            finally:
                self.leading = False
                leader.terminate()  # the lock is the session's and ends with it, whatever happened
