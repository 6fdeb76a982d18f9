"""Insights: what a fact costs, how fast a backlog is derived, and what rounds and overviews take.

Run as `python -m bench.insights DATABASE_URL PEOPLE JOBS ROWS`, in a process of its own: it prints its figures as JSON.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from itertools import chain, islice
from statistics import median, quantiles
from typing import Any, NamedTuple

import psutil

from bench.facts import START, candidate_round, record
from bench.inside import AT_ONCE, move, start, take
from bench.processes import measured_by
from local.databases import Addresses
from services.insights.api.kept import KeptScopes
from services.insights.clock import note_due_rounds
from services.insights.domain.scopes import EVERYBODY
from services.insights.handlers import sum_up_rounds
from services.insights.main import SERVICE
from shared.contracts import Competency, Event, FeedbackSubmitted, JobClosed, JobOpened
from shared.kit.db import EVERYONE, Connection
from shared.kit.dead_letters import ConsumedRecord
from shared.kit.inbox import Mode
from shared.kit.people import Jobs
from shared.running.runtime import Runtime
from shared.running.start import tune

LATER = START + timedelta(days=90)
OF_A_PERSON = 9  # rows of a round: a candidacy, 2 interviews, 2 scorecards and 4 ratings
OF_AN_OPEN_JOB = 10  # people
WARM = 1_000_000  # the first of the people who are heard before anything is measured
TIMES = 20


class InsightsRun(NamedTuple):
    """Microseconds of processor time a fact, live and of a backlog; facts a second of it; milliseconds; megabytes.

    `day` is live, too: of open jobs, in the order in which everything happens. `summing`: the processor's part of
    `round`. `overview` and `first` are read by a process that read nothing before; `first`, `guarded` (one round having
    changed since) and `unchanged` are guarded.
    """

    live: float
    day: float
    backlog: float
    rate: float
    round: float
    summing: float
    overview: float
    guarded: float
    unchanged: float
    rss: float
    first: float


async def measured(database: Addresses, people: int, jobs: int, rows: int) -> InsightsRun:
    """In a process of its own."""
    return InsightsRun(*await measured_by("bench.insights", database.url, *map(str, (people, jobs, rows))))


def facts(first: int, people: int, jobs: int) -> Iterator[Event]:
    """Everybody's rounds but their names, spread over jobs; who rates whom how differs."""
    for number in range(first, first + people):
        job = f"job-{number % jobs}"
        for event in candidate_round(number):
            if "insights" in event.listens:
                rated = _rated(event, number) if isinstance(event, FeedbackSubmitted) else event
                yield rated.model_copy(update={"job": job}) if event.job_id else rated


def _rated(event: FeedbackSubmitted, number: int) -> FeedbackSubmitted:
    seen = number + len(event.interviewer) * 7 + ord(event.interviewer[-1])
    ratings = [r.model_copy(update={"level": seen * n % 11 % 5 / 4}) for n, r in enumerate(event.ratings, start=2)]
    return event.model_copy(update={"ratings": tuple(ratings)})


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
    await take(runtime, chain(openings(jobs), facts(WARM, 1, jobs)))
    spent, rate = await backlog(runtime, people, jobs)
    live, day = await _live(runtime, people, jobs), await _day(runtime, people)
    summed, summing = await _round(runtime, people, rows // OF_A_PERSON)
    await _told(runtime)
    kept = KeptScopes()
    overview = await _overview(runtime, KeptScopes, is_guarded=False)
    first = await _overview(runtime, KeptScopes, is_guarded=True)
    guarded = await _overview(runtime, lambda: kept, is_guarded=True, is_changing=True)
    unchanged = await _overview(runtime, lambda: kept, is_guarded=True)
    rss = psutil.Process().memory_info().rss / 1e6
    return InsightsRun(live, day, spent, rate, summed, summing, overview, guarded, unchanged, rss, first)


async def backlog(runtime: Runtime, people: int, jobs: int) -> tuple[float, float]:
    """From nothing: whom facts are about is noted, and derived once all are read. Microseconds a fact, facts/s."""
    watch = await _taken(runtime, facts(0, people, jobs), Mode.REMEMBER)
    return watch.spent / watch.facts * 1e6, watch.facts / watch.passed


async def _live(runtime: Runtime, people: int, jobs: int) -> float:
    """As they come, in batches, beside everybody who is there."""
    watch = await _taken(runtime, facts(people, max(people // 10, 100), jobs), Mode.DERIVE)
    return watch.spent / watch.facts * 1e6


async def _day(runtime: Runtime, people: int) -> float:
    """Of open jobs, while everybody goes through their rounds at the same time: no two facts of a person follow on."""
    many = max(people // 10, 100)
    jobs = many // OF_AN_OPEN_JOB
    await take(runtime, (_named(f"open-{e.job_id}", e) for e in openings(jobs) if isinstance(e, JobOpened)))
    everybody = [facts(number, 1, jobs) for number in range(people * 2, people * 2 + many)]
    heard = (_named(f"open-{e.job_id}", e) for step in zip(*everybody, strict=True) for e in step)
    watch = await _taken(runtime, heard, Mode.DERIVE, derives_between=True)
    return watch.spent / watch.facts * 1e6


def _named(job: str, event: Event) -> Event:
    """The same of another job, if it is of any."""
    return event.model_copy(update={"job": job}) if event.job_id else event


class _Watch(NamedTuple):
    facts: int = 0
    passed: float = 0.0
    spent: float = 0.0


async def _taken(runtime: Runtime, events: Iterator[Event], mode: Mode, *, derives_between: bool = False) -> _Watch:
    """As the consumer does, a batch is decoded while the one before is saved; then whatever waits.

    Making the records is not measured, and keeps no memory.
    """
    batches = _batches(events)
    some = next(batches)
    watch, (decoded,) = await _timed(_Watch(), len(some), runtime.inbox.decode(some))
    while some:
        later = next(batches, [])
        taken = runtime.inbox.take(some, mode, decoded)
        watch, (decoded, _) = await _timed(watch, len(later), runtime.inbox.decode(later), taken)
        if derives_between:
            watch, _ = await _timed(watch, 0, runtime.drain.exhaust())
        some = later
    return (await _timed(watch, 0, runtime.drain.exhaust()))[0]


def _batches(events: Iterator[Event]) -> Iterator[list[ConsumedRecord]]:
    while some := [record(event) for event in islice(events, AT_ONCE)]:
        yield some


async def _timed(watch: _Watch, facts: int, *work: Awaitable[Any]) -> tuple[_Watch, list[Any]]:
    """The watch after this work, done side by side, and what came of each."""
    began, spent = time.monotonic(), time.process_time()
    done = await asyncio.gather(*work)
    passed, spent = time.monotonic() - began, time.process_time() - spent
    return _Watch(watch.facts + facts, watch.passed + passed, watch.spent + spent), done


async def _round(runtime: Runtime, people: int, more: int) -> tuple[float, float]:
    """One job with so many people more, each time after somebody else was heard, who was rated, too."""
    first = people * 3
    big = [_named("big", e) for e in facts(first, more, 1)]
    await take(runtime, [_named("big", next(openings(1))), *big])
    watches = []
    for number in range(first + more, first + more + TIMES):
        await runtime.inbox.take([record(_named("big", e)) for e in facts(number, 1, 1)])
        watches.append((await _timed(_Watch(), 0, _sum_up(runtime, "big")))[0])
    return median(w.passed for w in watches) * 1e3, median(w.spent for w in watches) * 1e3


async def _sum_up(runtime: Runtime, job: str) -> None:
    async with runtime.turns.open(["bench"]) as turn:
        await sum_up_rounds(turn, Jobs([("bench", job)]))


async def _told(runtime: Runtime) -> None:
    """Two hours on every closed round has been told, which is what guarded pages are made of."""
    await move(runtime, LATER + timedelta(hours=2))
    found = 1
    while found:
        async with runtime.turns.open(EVERYONE) as turn:
            found = await note_due_rounds(turn)
        await runtime.drain.exhaust()


async def _overview(
    runtime: Runtime, kept: Callable[[], KeptScopes], *, is_guarded: bool, is_changing: bool = False
) -> float:
    """All rounds of an organisation read, as far as what was `kept` has to be, and added up."""
    spans = []
    for number in range(TIMES + 1):
        async with runtime.database.transaction(EVERYONE) as conn:
            if is_changing:
                await _write_again(conn, f"job-{number}")
        began = time.monotonic()
        async with runtime.database.transaction(EVERYONE) as conn:
            (await kept().load(conn, "bench", is_guarded=is_guarded)).figures(EVERYBODY)
        spans.append((time.monotonic() - began) * 1e3)
    return quantiles(spans[1:], n=20)[-1]  # whatever is kept was read by the first


async def _write_again(conn: Connection, job: str) -> None:
    """As if the round had changed, and had been told anew."""
    await conn.execute("UPDATE rounds SET due_at = due_at WHERE job = $1", job)
    await conn.execute("UPDATE facts SET saved_at = saved_at WHERE topic = 'round-summed-up' AND fact = $1", job)


if __name__ == "__main__":
    url, *sizes = sys.argv[1:]
    print(json.dumps(asyncio.run(_run(url, *map(int, sizes)))))
