"""Draining an outbox: rows in PostgreSQL to acknowledged records on Kafka. Our relay beside `faststream-outbox`.

The peer has the same payload in each row, fetches 500 at a time, and either keeps the order (one worker), as ours does,
or gives it up (sixteen). Run as `python -m bench.drain WORKERS`.
"""

import asyncio
import sys
from typing import Any, NamedTuple

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from faststream.kafka import KafkaBroker, KafkaResponse
from faststream_outbox import OutboxBroker, make_outbox_table
from sqlalchemy import MetaData, Table
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from bench.facts import candidate_round, record
from bench.processes import running, service
from bench.servers import PARTITIONS, Servers, count_records
from bench.where import Where

TOPIC = "candidate-pooled"  # where one of our facts goes in place of what is derived: only the way is measured
AT_ONCE = 500
SIDES = {"ours": 0, "peer, in order": 1, "peer, out of order": 16}


class DrainRun(NamedTuple):
    """One run of one side. `rate`: rows per second, by the broker's clock; `cpu`: seconds, start included."""

    rate: float
    cpu: float
    records: int

    def __str__(self) -> str:
        return f"{self.rate:,.0f} rows/s, {self.cpu:.2f} s CPU"


async def run(servers: Servers, side: str, rows: int) -> DrainRun:
    """Fill the side's table, start its process, and wait until Kafka holds every row."""
    async with servers.place() as where:
        await (_fill_ours if side == "ours" else _fill_peer)(where, rows)
        await _is_known(where)
        command = service(18_103, "relay") if side == "ours" else (("bench.drain", str(SIDES[side])), {})
        async with running(where, [command]) as processes:
            while await count_records(where, TOPIC) < rows:
                await asyncio.sleep(0.05)
            times = await _times(where)
            return DrainRun((len(times) - 1) / max(0.001, max(times) - min(times)), processes.cpu(), len(times))


async def _is_known(where: Where) -> None:
    """Return when the broker tells of the new topic: the peer would lose what it cannot publish."""
    consumer = AIOKafkaConsumer(bootstrap_servers=where.bootstrap)
    await consumer.start()
    try:
        while where.prefix + TOPIC not in await consumer.topics():
            await asyncio.sleep(0.1)
    finally:
        await consumer.stop()


async def _times(where: Where) -> list[float]:
    """When the broker took each record, in seconds."""
    consumer = AIOKafkaConsumer(bootstrap_servers=where.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(where.prefix + TOPIC, p) for p in range(PARTITIONS)]
        consumer.assign(partitions)
        missing, times = sum((await consumer.end_offsets(partitions)).values()), []
        while len(times) < missing:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                times += [r.timestamp / 1000 for r in records]
        return times
    finally:
        await consumer.stop()


async def _fill_ours(where: Where, rows: int) -> None:
    owner = await asyncpg.connect(where.owner_url)
    told = record(next(candidate_round(1)))
    columns = ("topic", "key", "value", "headers")
    some = ((TOPIC, f"bench/c{n}".encode(), told.value, b"[]") for n in range(rows))
    await owner.copy_records_to_table("outbox", records=some, columns=columns)
    await owner.close()


def _engine(url: str) -> AsyncEngine:
    return create_async_engine("postgresql+asyncpg://", pool_size=20, async_creator=lambda: asyncpg.connect(url))


def _table() -> tuple[MetaData, Table]:
    metadata = MetaData()
    return metadata, make_outbox_table(metadata, table_name="peer_outbox")


async def _fill_peer(where: Where, rows: int) -> None:
    metadata, table = _table()
    engine = _engine(where.owner_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    outbox, told = OutboxBroker(engine, outbox_table=table, logger=None), record(next(candidate_round(1)))
    for _ in range(rows // AT_ONCE):
        async with AsyncSession(engine) as session, session.begin():
            await outbox.publish_batch(*[told.value] * AT_ONCE, queue="bench", session=session)
    await engine.dispose()
    owner = await asyncpg.connect(where.owner_url)
    await owner.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC")
    await owner.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC")
    await owner.close()


async def relay(where: Where, workers: int) -> None:
    """The peer's process, as its documentation shows it, with large batches."""
    _, table = _table()
    engine = _engine(where.database_url)
    kafka = KafkaBroker(where.bootstrap, logger=None)
    outbox = OutboxBroker(engine, outbox_table=table, logger=None)
    publisher = kafka.publisher(where.prefix + TOPIC)

    @publisher
    @outbox.subscriber(
        "bench",
        max_workers=workers,
        fetch_batch_size=AT_ONCE,
        min_fetch_interval=0.01,
        terminal_flush_batch_size=AT_ONCE,
    )
    async def handle(body: dict[str, Any]) -> KafkaResponse:
        return KafkaResponse(body, key=body["candidate"].encode())

    await kafka.start()
    await outbox.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(relay(Where.from_environment(), int(sys.argv[1])))
