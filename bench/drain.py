"""Draining an outbox: rows in PostgreSQL to acknowledged records on Kafka. Our relay beside `faststream-outbox`.

The peer has the same payload in each row, fetches 500 at a time, and either keeps the order (one worker), as ours does,
or gives it up (sixteen). Run as `python -m bench.drain WORKERS`.
"""

import asyncio
import sys
import time
from typing import NamedTuple

import asyncpg
import uvloop
from faststream.kafka import KafkaBroker
from faststream_outbox import OutboxBroker, make_outbox_table
from sqlalchemy import MetaData, Table
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from bench.facts import candidate_round, record
from bench.processes import Processes, Use, service
from bench.servers import Servers, count_records
from bench.where import Where

TOPIC = "candidate-pooled"  # where one of our facts goes in place of what is derived: only the way is measured
AT_ONCE = 500
SIDES = {"ours": 0, "peer, in order": 1, "peer, out of order": 16}


class Run(NamedTuple):
    """One run of one side. `rate`: rows per second."""

    rate: float
    use: Use
    records: int

    def __str__(self) -> str:
        return f"{self.rate:,.0f} rows/s, {self.use}"


async def run(servers: Servers, side: str, rows: int) -> Run:
    """Fill the side's table, start its process, and wait until Kafka holds every row."""
    async with servers.place() as where:
        await (_fill_ours if side == "ours" else _fill_peer)(where, rows)
        command = service(18_103, "relay") if side == "ours" else (("bench.drain", str(SIDES[side])), {})
        processes = Processes(where, [command])
        try:
            while not await count_records(where, TOPIC):
                await asyncio.sleep(0.005)
            began, cpu = time.perf_counter(), processes.cpu()
            first = await count_records(where, TOPIC)
            while await count_records(where, TOPIC) < rows:
                await asyncio.sleep(0.01)
            seconds = time.perf_counter() - began
            use = Use(processes.cpu() - cpu, processes.peak)
            return Run((rows - first) / seconds, use, await count_records(where, TOPIC))
        finally:
            await processes.stop()


async def _fill_ours(where: Where, rows: int) -> None:
    owner = await asyncpg.connect(where.owner_url)
    told = record(next(candidate_round(1)))
    columns = ("topic", "key", "value", "headers")
    some = ((TOPIC, f"bench/c{n}".encode(), told.value, b"[]") for n in range(rows))
    await owner.copy_records_to_table("outbox", records=some, columns=columns)
    await owner.close()


def _table() -> tuple[MetaData, Table]:
    metadata = MetaData()
    return metadata, make_outbox_table(metadata, table_name="peer_outbox")


async def _fill_peer(where: Where, rows: int) -> None:
    metadata, table = _table()
    engine = create_async_engine(where.owner_url.replace("postgresql://", "postgresql+asyncpg://"))
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
    engine = create_async_engine(where.database_url.replace("postgresql://", "postgresql+asyncpg://"))
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
    async def handle(body: bytes) -> bytes:
        return body

    await kafka.start()
    await outbox.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(relay(Where.from_environment(), int(sys.argv[1])))
