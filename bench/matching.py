"""Matching: a job opens in a family of many interviewed people, among very many others stored.

Run as `python -m bench.matching ours|most|peer DATABASE_URL PEOPLE`, in a process of its own: it opens the job, derives
until nothing waits, watches its memory and prints its figures as JSON. The peer looks at one person after the other.
"""

import asyncio
import itertools
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import asyncpg
import psutil

from bench.facts import START, candidate_round, job, record
from bench.inside import start, take
from bench.processes import measured_by
from bench.servers import save
from bench.where import Where
from local.databases import Addresses
from services.candidates.handlers import propose_for_jobs
from services.candidates.main import SERVICE
from services.candidates.sql import jobs as sql_of_jobs
from shared.contracts import (
    ApplicationDecided,
    ApplicationSubmitted,
    CandidateRegistered,
    Competency,
    ConsentChanged,
    Event,
    FeedbackSubmitted,
    InterviewCompleted,
    InterviewScheduled,
    JobClosed,
    JobOpened,
    Outcome,
    Overall,
    Rating,
)
from shared.kit import facts
from shared.kit.db import EVERYONE
from shared.kit.facts import save_facts
from shared.kit.inbox import sort
from shared.kit.people import Jobs, lock_people
from shared.running import logs
from shared.running.runtime import Runtime
from shared.running.start import tune

LONG_AGO = START - timedelta(days=900)
RATED = [f"s{n}" for n in range(200)]  # competencies that the family's interviewers rate
MOST = RATED[::4]  # 50 of them, the most a job may ask for
ASKED = MOST[:10]  # and what this one asks for
PER_INTERVIEW = 20
JOBS = 20  # of the family, closed, that people applied for
EVERY_TH_CONSENTS = 2
OTHERS_AT_ONCE = 50_000


def opening(job: str, asked: list[str]) -> JobOpened:
    """A job everybody of the family is looked at for."""
    return JobOpened(
        job=job,
        title="Analyst",
        opened_at=START,
        language="en",
        family="analytics",
        competencies=tuple(
            Competency(competency=c, name=f"Skill {c}", level=1 + n % 5, must_have=n % 10 == 0, weight=1 + n % 3)
            for n, c in enumerate(asked)
        ),
    )


def past_jobs() -> Iterator[Event]:
    """What the family's people applied for."""
    for n in range(JOBS):
        yield JobOpened(job=f"past-{n}", title="Analyst", opened_at=LONG_AGO, language="en", family="analytics")
        yield JobClosed(job=f"past-{n}", closed_at=START - timedelta(days=1))


def about(number: int) -> Iterator[Event]:
    """One person of the family: two interviews by two people, 20 ratings each, and for some the talent pool."""
    chance = random.Random(number)
    who, application, past = f"p{number}", f"pa{number}", f"past-{number % JOBS}"
    start = LONG_AGO + timedelta(days=chance.randrange(880), minutes=chance.randrange(600))
    yield CandidateRegistered(candidate=who, name=f"Candidate {number}", language="en")
    yield ApplicationSubmitted(application=application, candidate=who, job=past, submitted_at=start)
    for n in (1, 2):
        begins = start + timedelta(days=n)
        told = {"interview": f"pi{number}-{n}", "application": application, "candidate": who}
        yield InterviewScheduled(**told, starts_at=begins, ends_at=begins + timedelta(hours=1))
        yield InterviewCompleted(**told, completed_at=begins + timedelta(hours=1), starts_at=begins)
        yield FeedbackSubmitted(
            **told,
            feedback=f"pf{number}-{n}",
            interviewer=f"u{chance.randrange(300)}",
            submitted_at=begins + timedelta(hours=2),
            overall=chance.choice((Overall.YES, Overall.STRONG_YES, Overall.NO)),
            ratings=tuple(
                Rating(competency=c, level=chance.randrange(5) / 4) for c in chance.sample(RATED, PER_INTERVIEW)
            ),
        )
    yield ApplicationDecided(
        application=application,
        candidate=who,
        job=past,
        decided_at=start + timedelta(days=7),
        outcome=Outcome.NOT_SELECTED,
    )
    if number % EVERY_TH_CONSENTS == 0:
        yield ConsentChanged(
            candidate=who,
            purpose="talent_pool",
            granted=True,
            given_at=start + timedelta(days=8),
            text_version="1",
            language="en",
            how="link",
        )


async def fill(database: Addresses, stored: int, people: int) -> None:
    """The family's people one by one, each different; the others by SQL, as if heard long ago."""
    where = Where("", "", database.url, database.owner_url)
    family = (event for n in range(people) for event in about(n))
    await save(where, map(record, itertools.chain(job(), past_jobs(), candidate_round(0), family)))
    owner = await asyncpg.connect(where.owner_url)
    await owner.execute("SELECT set_config('app.organizations', '*', false)")
    for first in range(1, stored - people, OTHERS_AT_ONCE):
        last = min(first + OTHERS_AT_ONCE, stored - people) - 1
        for statement in _OTHERS:
            await owner.execute(statement, first, last)
    await owner.execute(_KNOWN)
    await owner.execute("VACUUM ANALYZE")
    await owner.close()


_OTHERS = (
    """
    INSERT INTO facts (organization, fact, topic, candidate, job, time, event, source, partition, "offset", body)
    SELECT organization, regexp_replace(fact, '^([a-z])0', '\\1' || n), topic, 'c' || n, job, time, event || n, source,
           partition, "offset", regexp_replace(body::text, '"([caif])0(["-])', '"\\1' || n || '\\2', 'g')::jsonb
    FROM facts, generate_series($1::int, $2::int) n WHERE organization = 'bench' AND candidate = 'c0'
      AND topic IN ('candidate-registered', 'application-submitted', 'application-decided')
    """,
    """
    INSERT INTO people (organization, candidate) SELECT 'bench', 'c' || n FROM generate_series($1::int, $2::int) n
    """,
)
_KNOWN = """
    INSERT INTO people (organization, candidate) SELECT DISTINCT organization, candidate FROM facts
    WHERE organization = 'bench' AND candidate IS NOT NULL AND (candidate = 'c0' OR candidate LIKE 'p%')
    """


async def _start(database_url: str) -> Runtime:
    _, runtime = await start(SERVICE, START, database_url)
    async with runtime.database.transaction(EVERYONE) as conn:
        if not await conn.fetchval("SELECT EXISTS (SELECT FROM jobs)"):
            await facts.remember_jobs(conn, [("bench", "job-1"), *(("bench", f"past-{n}") for n in range(JOBS))])
    await runtime.drain.exhaust()
    return runtime


async def derive_all(database_url: str, opened: JobOpened) -> dict[str, float]:
    """From `job-opened` until everyone of the family is matched and said; memory after the first fifth of that time."""
    runtime = await _start(database_url)
    watching, seen = _watch()
    started, worked = time.perf_counter(), time.process_time()
    await take(runtime, [opened])
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    watching.cancel()
    fifth = max(1, len(seen) // 5)
    return {
        "seconds": seconds,
        "cpu": cpu,
        "growth": (max(seen) - max(seen[:fifth])) / 1e6,
        **await _kept(runtime, opened.job),
    }


def _watch() -> tuple[asyncio.Task[None], list[int]]:
    """A task that notes this process's memory again and again, and its notes."""
    tune()
    seen = [psutil.Process().memory_info().rss]

    async def watch() -> None:
        while True:
            seen.append(psutil.Process().memory_info().rss)
            await asyncio.sleep(0.02)

    return asyncio.create_task(watch()), seen


async def _kept(runtime: Runtime, job: str) -> dict[str, float]:
    async with runtime.database.transaction(EVERYONE) as conn:
        row = await conn.fetchrow(
            """
            SELECT count(*), count(*) FILTER (WHERE m.blockers = '{}'), avg(pg_column_size(r.*))
            FROM matches m JOIN runs r ON r.organization = m.organization AND r.run = m.run WHERE m.job = $1
            """,
            job,
        )
    return {"matches": row[0], "proposed": row[1], "bytes": float(row[2])}


async def derive_one_by_one(database_url: str, people: int) -> dict[str, float]:
    """The peer, on a sample: everyone in a transaction of their own, with the same rule and statements."""
    runtime = await _start(database_url)
    job = opening(f"peer-{uuid4()}", ASKED)
    async with runtime.database.transaction(EVERYONE) as conn:
        await save_facts(conn, sort([record(job)], START).facts, [])
        opened = Jobs([("bench", job.job)])
        await sql_of_jobs.JOBS.keep(conn, opened.columns, await sql_of_jobs.load_known_jobs(conn, opened))
    started, worked = time.perf_counter(), time.process_time()
    for number in range(people):
        async with runtime.turns.open(["bench"]) as turn:
            locked = await lock_people(turn.conn, [("bench", f"p{number}")])
            await propose_for_jobs(turn, locked, Jobs([("bench", job.job)]))
            turn.take_news()  # the peer says, and derives nothing of it
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    return {"seconds": seconds, "cpu": cpu, **await _kept(runtime, job.job)}


async def measure(side: str, database_url: str, people: int) -> dict[str, float]:
    """One side."""
    match side:
        case "ours":
            return await derive_all(database_url, opening(f"ours-{uuid4()}", ASKED))
        case "most":
            return await derive_all(database_url, opening(f"most-{uuid4()}", MOST))
        case _:
            return await derive_one_by_one(database_url, people)


async def measured(database: Addresses, side: str, people: int) -> dict[str, float]:
    """The figures of one process."""
    figures: dict[str, float] = await measured_by("bench.matching", side, database.url, str(people))
    return figures


async def main(side: str, database_url: str, people: str) -> None:
    """Measure one side."""
    logs.configure("candidates", "ERROR")
    print(json.dumps(await measure(side, database_url, int(people))))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
