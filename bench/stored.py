"""Does it get slower as more is known? The same work with ever more candidates stored: CPU per event, PostgreSQL too.

Candidates are stored by SQL, as if years of interviews had been heard and worked off: nine facts and a place in the
pool each. Then new rounds arrive.
"""

import asyncio
from statistics import median

import asyncpg
import psutil

from bench.facts import candidate_round, job, record
from bench.full_path import SIDES
from bench.processes import running
from bench.servers import Servers, publish, save, watching
from bench.where import Where

NEW = 1_500  # candidates whose rounds arrive in one measurement
WARM = 300  # and before it, to fill caches


async def run(servers: Servers, sizes: list[int], rounds: int) -> dict[int, float]:
    """Candidates stored -> microseconds of CPU per event, of the services and PostgreSQL; medians."""
    costs: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(rounds):
        for size in sizes:
            costs[size].append(await _measure(servers, size))
            print(f"  {size:,} stored: {costs[size][-1]:.1f} us per event", flush=True)
    return {size: median(found) for size, found in costs.items()}


async def _measure(servers: Servers, size: int) -> float:
    async with servers.place() as where:
        await save(where, map(record, job()))
        async with watching(where) as watcher, running(where, SIDES["ours, one consumer"]()) as processes:
            await _work_off(where, watcher, range(1))
            for statement in _MULTIPLY:
                await watcher.execute(statement, size - 1)
            await watcher.execute("VACUUM ANALYZE facts, people, members")
            await _work_off(where, watcher, range(size, size + WARM))
            before = processes.cpu() + cpu_of(servers)
            events = await _work_off(where, watcher, range(size + WARM, size + WARM + NEW))
            return (processes.cpu() + cpu_of(servers) - before) / events * 1e6


def cpu_of(servers: Servers) -> float:
    """CPU seconds of PostgreSQL: its first process, with those it has buried, and its living ones."""
    first = psutil.Process(_pid(servers))
    return sum(first.cpu_times()[:4]) + sum(map(_cpu_of_backend, first.children()))


def _cpu_of_backend(backend: psutil.Process) -> float:
    """Nothing, when it ended meanwhile: the first process has buried it."""
    try:
        return sum(backend.cpu_times()[:2])
    except psutil.NoSuchProcess:
        return 0.0


def _pid(servers: Servers) -> int:
    if servers.postgres.process is None:
        raise SystemExit("PostgreSQL does not run.")
    return servers.postgres.process.pid


async def _work_off(where: Where, watcher: asyncpg.Connection, numbers: range) -> int:
    """Publish the rounds of these candidates and wait until each is placed and said; how many events."""
    facts = [record(event) for n in numbers for event in candidate_round(n)]
    await publish(where, facts)
    people = [f"c{n}" for n in numbers]
    while await watcher.fetchval(_HELD, people) < len(facts) or await watcher.fetchval(_WAITING):
        await asyncio.sleep(0.05)
    return len(facts)


_HELD = "SELECT count(*) FROM facts WHERE organization = 'bench' AND candidate = ANY($1::text[]) AND source = 'bench'"
_WAITING = "SELECT (SELECT count(*) FROM waiting) + (SELECT count(*) FROM outbox)"

# The first candidate's rows again under other ids: facts, people, and places in the pool.
_MULTIPLY = (
    """
    INSERT INTO facts (organization, fact, topic, candidate, job, time, event, source, partition, "offset", body)
    SELECT organization, regexp_replace(fact, '^([a-z])0', '\\1' || n), topic, 'c' || n, job, time, event || n, source,
           partition, "offset", regexp_replace(body::text, '"([caif])0(["-])', '"\\1' || n || '\\2', 'g')::jsonb
    FROM facts, generate_series(1, $1::int) n WHERE organization = 'bench' AND candidate = 'c0' AND source = 'bench'
    """,
    "INSERT INTO people (organization, candidate) SELECT 'bench', 'c' || n FROM generate_series(1, $1::int) n",
    """
    INSERT INTO members SELECT (jsonb_populate_record(m, jsonb_build_object(
        'candidate', 'c' || n, 'application', 'a' || n, 'membership', gen_random_uuid()))).*
    FROM members m, generate_series(1, $1::int) n WHERE organization = 'bench' AND candidate = 'c0'
    """,
)
