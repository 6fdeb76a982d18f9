"""Insights: what a fact costs, how fast a backlog is derived, and what rounds and overviews take.

Run as `python -m bench.insights DATABASE_URL PEOPLE JOBS ROWS`, in a process of its own: it prints its figures as JSON.
"""

import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from statistics import quantiles
from typing import NamedTuple

import psutil
import uvloop

from bench.facts import START, candidate_round, record
from bench.inside import AT_ONCE, start, take
from bench.processes import measured_by
from local.databases import Addresses
from services.insights.domain.figures import figures
from services.insights.domain.sums import add_up
from services.insights.handlers import sum_up_rounds
from services.insights.main import SERVICE
from services.insights.sql.rounds import load_rounds
from shared.contracts import Competency, Event, JobClosed, JobOpened
from shared.kit.db import EVERYONE
from shared.kit.inbox import Mode
from shared.kit.people import Jobs
from shared.running.runtime import Runtime
from shared.running.start import tune

LATER = START + timedelta(days=90)
OF_A_PERSON = 15  # rows of a round: a candidacy, 2 interviews, 4 scorecards and 8 ratings
TIMES = 20


class InsightsRun(NamedTuple):
    """Microseconds of processor time a fact, live and of a backlog; facts a second of it; milliseconds; megabytes."""

    live: float
    backlog: float
    rate: float
    round: float
    overview: float
    rss: float


async def measured(database: Addresses, people: int, jobs: int, rows: int) -> InsightsRun:
    """In a process of its own."""
    return InsightsRun(*await measured_by("bench.insights", database.url, *map(str, (people, jobs, rows))))


def facts(first: int, people: int, jobs: int) -> Iterator[Event]:
    """Everybody's rounds but their names, spread over jobs."""
    for number in range(first, first + people):
        job = f"job-{number % jobs}"
        for event in candidate_round(number):
            if "insights" in event.listens:
                yield event.model_copy(update={"job": job}) if event.job_id else event


def openings(jobs: int) -> Iterator[Event]:
    """Closed jobs of ten families."""
    asked = tuple(Competency(competency=c, name=c, level=3, must_have=c == "sql") for c in ("sql", "python"))
    for n in range(jobs):
        job = f"job-{n}"
        yield JobOpened(
            job=job, title="Analyst", opened_at=START, language="en", family=f"f{n % 10}", competencies=asked
        )
        yield JobClosed(job=job, closed_at=START + timedelta(days=60))


async def _run(url: str, people: int, jobs: int, rows: int) -> InsightsRun:
    _, runtime = await start(SERVICE, LATER, url)
    tune()
    await take(runtime, openings(jobs))
    backlog, rate = await _backlog(runtime, people, jobs)
    live = await _live(runtime, people, jobs)
    return InsightsRun(
        live, backlog, rate, await _round(runtime, people, rows // OF_A_PERSON), await _overview(runtime),
        psutil.Process().memory_info().rss / 1e6,
    )  # fmt: skip


async def _backlog(runtime: Runtime, people: int, jobs: int) -> tuple[float, float]:
    """From nothing: whom facts are about is noted, and derived once all are read."""
    records = [record(event) for event in facts(0, people, jobs)]
    began, spent = time.monotonic(), time.process_time()
    for first in range(0, len(records), AT_ONCE):
        await runtime.inbox.take(records[first : first + AT_ONCE], Mode.REMEMBER)
    await runtime.drain.exhaust()
    return (time.process_time() - spent) / len(records) * 1e6, len(records) / (time.monotonic() - began)


async def _live(runtime: Runtime, people: int, jobs: int) -> float:
    """As they come, in batches, beside everybody who is there."""
    records = [record(event) for event in facts(people, max(people // 10, 1), jobs)]
    spent = time.process_time()
    for first in range(0, len(records), AT_ONCE):
        await runtime.inbox.take(records[first : first + AT_ONCE])
    await runtime.drain.exhaust()
    return (time.process_time() - spent) / len(records) * 1e6


async def _round(runtime: Runtime, people: int, more: int) -> float:
    """One job with so many people more."""
    first = people * 2
    big = [f.model_copy(update={"job": "big"}) if f.job_id else f for f in facts(first, more, 1)]
    await take(runtime, [next(openings(1)).model_copy(update={"job": "big"}), *big])

    async def again() -> None:
        async with runtime.turns.open(["bench"]) as turn:
            await sum_up_rounds(turn, Jobs([("bench", "big")]))

    return await _p95(again)


async def _overview(runtime: Runtime) -> float:
    """All rounds of an organisation, added up."""

    async def again() -> None:
        async with runtime.database.transaction(EVERYONE) as conn:
            found = await load_rounds(conn, "bench")
        figures(add_up(found))

    return await _p95(again)


async def _p95(work: Callable[[], Awaitable[None]]) -> float:
    spans = []
    for _ in range(TIMES):
        began = time.monotonic()
        await work()
        spans.append((time.monotonic() - began) * 1e3)
    return quantiles(spans, n=20)[-1]


if __name__ == "__main__":
    url, *sizes = sys.argv[1:]
    print(json.dumps(uvloop.run(_run(url, *map(int, sizes)))))
