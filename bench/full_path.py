"""The full path: nine facts a candidate to `candidate-pooled` readable on Kafka. Ours beside the peer."""

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

import asyncpg

from bench.facts import PER_CANDIDATE, job, record, records
from bench.processes import Commands, Processes, Use, running, service
from bench.servers import Servers, count_records, publish, save, watching
from bench.where import Where

SIDES: dict[str, Callable[[], Commands]] = {
    "ours": lambda: [service(18_101, "consumer"), service(18_102, "consumer"), service(18_103, "relay")],
    "ours, one consumer": lambda: [service(18_101, "consumer"), service(18_103, "relay")],
    "peer": lambda: [*[(("bench.naive", "consumer"), {})] * 2, (("bench.naive", "relay"), {})],
}


class FullPathRun(NamedTuple):
    """One run of one side. `rate`: events per second; `members`: the end state, to be equal on both sides."""

    rate: float
    use: Use
    events: int
    said: int
    replayed: int
    members: list[tuple[str, ...]]

    def __str__(self) -> str:
        return f"{self.rate:,.0f} events/s, {self.use}"


async def run(servers: Servers, side: str, candidates: int) -> FullPathRun:
    """Publish everything, start the side's processes, and wait until every person's place is on Kafka.

    The job is known before: the peer would never place whoever it hears of before the job, and be waited for in vain.
    """
    async with servers.place() as where:
        await save(where, map(record, job()))
        facts = records(candidates)
        await publish(where, facts)
        async with watching(where) as watcher, running(where, SIDES[side]()) as processes:
            started, seconds = await _watch(where, watcher, processes, len(facts), candidates)
            use = Use(processes.cpu() - started, processes.peak)
            said = await count_records(where, "candidate-pooled")
            replayed = await _replay(where, watcher, len(facts), said) if side.startswith("ours") else 0
            return FullPathRun(len(facts) / seconds, use, len(facts), said, replayed, await members(watcher))


async def _watch(
    where: Where, watcher: asyncpg.Connection, processes: Processes, events: int, candidates: int
) -> tuple[float, float]:
    """CPU seconds at the first fact, and seconds from it until all facts are in and everyone is pooled on Kafka."""
    while not await _count(watcher, _HEARD):
        await asyncio.sleep(0.005)
    began, cpu = time.perf_counter(), processes.cpu()
    while await _count(watcher, _HEARD) < events:
        await asyncio.sleep(0.02)
    while await _count(watcher, "SELECT count(*) FROM members") < candidates or await _busy(watcher):
        await asyncio.sleep(0.02)
    while await count_records(where, "candidate-pooled") < candidates:
        await asyncio.sleep(0.02)
    return cpu, time.perf_counter() - began


_HEARD = "SELECT count(*) FROM facts WHERE source = 'bench' AND candidate IS NOT NULL"


async def _busy(watcher: asyncpg.Connection) -> bool:
    waiting = "SELECT (SELECT count(*) FROM waiting) + (SELECT count(*) FROM outbox)"
    return bool(await _count(watcher, waiting))


async def _replay(where: Where, watcher: asyncpg.Connection, events: int, said: int) -> int:
    """Read everything again from the start; how many records that said."""
    async with watcher.transaction():
        await watcher.execute("UPDATE log_position SET epoch = epoch + 1")
        await watcher.execute("DELETE FROM offsets")
    # The running consumers notice the change with their next batch: a few more facts wake each of them.
    again = records(min(20, events // PER_CANDIDATE))
    await publish(where, again)
    while await _count(watcher, _READ) < events + len(again) or await _busy(watcher):
        await asyncio.sleep(0.1)
    return await count_records(where, "candidate-pooled") - said


_READ = "SELECT coalesce(sum(next_offset), 0) FROM offsets WHERE topic <> 'candidate-pooled'"


async def members(watcher: asyncpg.Connection) -> list[tuple[str, ...]]:
    """The end state: everyone's place in the pool."""
    rows = await watcher.fetch("SELECT candidate, family, tier, status, evidence::text FROM members ORDER BY 1, 2")
    return [tuple(row) for row in rows]


async def _count(watcher: asyncpg.Connection, statement: str) -> int:
    return int(await watcher.fetchval(statement))
