"""The parts of `make bench`: what each runs, in turns with its peer, and which figures come of it."""

import argparse
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from statistics import median
from typing import Any, TypeVar

from bench import (
    backlog,
    console,
    drain,
    full_path,
    insights,
    latency,
    lint,
    mail,
    matching,
    outreach,
    persist,
    pool,
    stored,
    whole,
)
from bench.figures import Figures, bound, figure, less, more
from bench.servers import Servers

Given = argparse.Namespace
R = TypeVar("R")


async def measure_full_path(servers: Servers, given: Given) -> Figures:
    """Nine facts a candidate to `candidate-pooled` on Kafka."""
    runs = await _in_turn(given.rounds, full_path.SIDES, lambda side: full_path.run(servers, side, given.candidates))
    _same(r.members for done in runs.values() for r in done)
    rate = {side: median(r.rate for r in done) for side, done in runs.items()}
    single = runs["ours, one consumer"]
    ours = runs["ours"] + single
    return {
        "full path, against one event one transaction": more(rate["ours"], rate["peer"], 20, "events/s"),
        "two consumers against one": more(rate["ours"], rate["ours, one consumer"], 1.2, "events/s"),
        "said per final membership": bound(max(r.said / given.candidates for r in ours), 1.3, "records"),
        "said by a replay": bound(max(r.replayed for r in ours), 0, "records"),
        "CPU per event, consumer and relay": bound(median(r.use.cpu / r.events * 1e6 for r in single), 110, "us"),
        "peak memory of a process": bound(max(r.use.rss for r in ours), 120, "MB"),
    }


async def measure_persist(servers: Servers, given: Given) -> Figures:
    """Facts validated and stored, nothing derived."""
    runs = await _in_turn(given.rounds, persist.SIDES, lambda side: persist.run(servers, side, given.candidates))
    _same(r.state for done in runs.values() for r in done)
    rate = {side: median(r.rate for r in done) for side, done in runs.items()}
    cpu = {side: median(r.use.cpu / r.events * 1e6 for r in done) for side, done in runs.items()}
    rss = {side: max(r.use.rss for r in done) for side, done in runs.items()}
    return {
        "persist only, against FastStream's batches": more(rate["ours"], rate["peer"], 1.0, "events/s"),
        "persist only, against the same tuned by hand": more(rate["ours"], rate["tuned"], None, "events/s"),
        "CPU per event, persist only": less(cpu["ours"], cpu["peer"], None, "us"),
        "peak memory, persist only": less(rss["ours"], rss["peer"], None, "MB"),
    }


async def measure_latency(servers: Servers, given: Given) -> Figures:
    """A feedback on Kafka to the `candidate-pooled` it causes, at each rate."""
    figures: Figures = {}
    every: list[latency.LatencyRun] = []
    for rate in given.rates:
        runs = await _in_turn(given.rounds, latency.GROUPS, _offering(servers, rate, given.seconds))
        every += [r for done in runs.values() for r in done]
        figures |= _latencies(rate, runs)
    _agree(every)
    return figures


def _agree(runs: Sequence[latency.LatencyRun]) -> None:
    """Who was not reached in time has no place yet; everyone else's is the same in every run."""
    places = {place for r in runs for place in r.members}
    people = {(candidate, family) for candidate, family, *_ in places}
    if len(places) != len(people) or any(len(r.members) < r.answered for r in runs):
        raise SystemExit("The end states differ: nothing is compared.")


def _offering(servers: Servers, rate: int, seconds: int) -> Callable[[str], Awaitable[latency.LatencyRun]]:
    return lambda side: latency.run(servers, side, rate, seconds)


def _latencies(rate: int, runs: dict[str, list[latency.LatencyRun]]) -> Figures:
    p50 = {side: median(r.p50 for r in done) for side, done in runs.items()}
    p99 = {side: median(r.p99 for r in done) for side, done in runs.items()}
    share = {side: median(100 * r.answered / r.offered for r in done) for side, done in runs.items()}
    return {
        f"p50 at {rate:,} events/s": less(p50["ours"], p50["peer"], None, "ms"),
        f"p99 at {rate:,} events/s": less(p99["ours"], p99["peer"], 1.0, "ms"),
        f"answered in time at {rate:,} events/s": more(share["ours"], share["peer"], None, "%"),
    }


async def measure_drain(servers: Servers, given: Given) -> Figures:
    """An outbox emptied into Kafka."""
    runs = await _in_turn(given.rounds, drain.SIDES, lambda side: drain.run(servers, side, given.rows))
    _same(r.records for done in runs.values() for r in done)
    rate = {side: median(r.rate for r in done) for side, done in runs.items()}
    return {
        "relay, against faststream-outbox": more(rate["ours"], rate["peer, out of order"], 5, "rows/s"),
        "relay, against faststream-outbox in order": more(rate["ours"], rate["peer, in order"], 5, "rows/s"),
    }


async def measure_stored(servers: Servers, given: Given) -> Figures:
    """The same facts, with ever more candidates stored before."""
    costs = await stored.run(servers, given.stored, given.rounds)
    few, many = costs[min(costs)], costs[max(costs)]
    print(f"  CPU per event by candidates stored: { {n: round(c, 1) for n, c in costs.items()} }")
    name = f"cost per event with {max(costs):,} candidates stored, against {min(costs):,}"
    return {name: figure(many, few, many / few, 1.2, "us")}


async def measure_mail(servers: Servers, given: Given) -> Figures:
    """Mails handed in over TLS, and letters from due to sent, against one connection for each mail."""
    async with mail.serving(servers.home) as place:
        runs = await _in_turn(given.rounds, mail.SIDES, lambda side: mail.run(place, side, given.mails))
        async with servers.database("notifications") as database:
            whole = await outreach.measured(database, "post", given.mails, place.url, place.certificate)
    _same(r.taken for done in runs.values() for r in done)
    rate = {side: median(r.rate for r in done) for side, done in runs.items()}
    return {
        "mail handed in, against one connection each": more(rate["ours"], rate["peer"], 5, "mails/s"),
        "letters from due to sent, against the same": more(whole["rate"], rate["peer"], None, "mails/s"),
    }


async def measure_letters(servers: Servers, given: Given) -> Figures:
    """Letters of a closed job with 5,000 candidates, and 100,000 due letters asked of the contact policy."""
    async with servers.database("notifications") as database:
        drafted = await outreach.measured(database, "letters", given.letters)
    async with servers.database("notifications") as database:
        asked = await outreach.measured(database, "policy", given.letters * 20)
    if drafted["letters"] != given.letters:
        raise SystemExit("Not everyone has a letter: nothing is measured.")
    return {
        f"letters of {given.letters:,} candidates drafted": bound(drafted["seconds"], 30, "s"),
        "memory gained while they are": bound(drafted["growth"], 20, "MB"),
        f"contact policy for {given.letters * 20:,} due letters": bound(asked["seconds"], 10, "s"),
        "the same with everything loaded": bound(asked["whole"], None, "s"),
    }


async def measure_pool(servers: Servers, given: Given) -> Figures:
    """Each kind of search among many members, against a query that looks at all of them."""
    runs = await pool.run(servers, given.members)
    slowest = max(runs.values(), key=lambda run: run.ours)
    shown = {f"pool by {kind}, p95": less(run.ours, run.peer, None, "ms") for kind, run in runs.items()}
    return {
        f"pool of {given.members:,} members, slowest kind, p95": bound(slowest.ours, 50, "ms"),
        "CPU of a page, dearest kind": bound(max(run.cpu for run in runs.values()), None, "ms"),
        **shown,
    }


async def measure_matching(servers: Servers, given: Given) -> Figures:
    """A job opens in a family of 20,000 interviewed people, a million others stored; the peer on a sample of them."""
    async with servers.database("candidates") as database:
        await matching.fill(database, given.million, given.family)
        sample = min(given.family, 500)

        async def run(side: str) -> dict[str, float]:
            people = sample if side == "peer" else given.family
            before = stored.cpu_of(servers)
            found = await matching.measured(database, side, people)
            if found["matches"] != people:
                raise SystemExit("Not everyone is matched: nothing is measured.")
            return found | {"cpu": found["cpu"] + stored.cpu_of(servers) - before}

        runs = await _in_turn(given.rounds, ("ours", "most", "peer"), run)
    ours, most, peer = ({name: median(r[name] for r in runs[side]) for name in runs[side][0]} for side in runs)
    whole = peer["seconds"] * given.family / sample
    name = f"{given.family:,} people matched with a job, {given.million:,} stored"
    return {
        name: figure(ours["seconds"], whole, whole / ours["seconds"], 5, "s"),
        "CPU for it, service and PostgreSQL": bound(ours["cpu"], 10, "s"),
        "the same for a job that asks for fifty competencies": bound(most["seconds"], 5, "s"),
        "memory gained while they are matched": bound(max(ours["growth"], most["growth"]), 20, "MB"),
    }


async def measure_whole(servers: Servers, given: Given) -> Figures:
    """Whole rounds of facts until all three services are quiet, letters on."""
    runs = (await _in_turn(given.rounds, ("ours",), lambda _: whole.run(servers, given.candidates)))["ours"]
    _same((r.facts, r.letters) for r in runs)
    spent = {name: median(r.cpu[name] for r in runs) for name in runs[0].cpu}
    return {
        "whole rounds until every service is quiet": bound(median(r.rate for r in runs), None, "facts/s"),
        **{f"CPU per fact of whole rounds, {name}": bound(cpu, None, "us") for name, cpu in spent.items()},
    }


async def measure_insights(servers: Servers, given: Given) -> Figures:
    """Facts of many rounds heard by insights, live and as a backlog; one round and an overview of all."""

    async def run(_: str) -> insights.InsightsRun:
        async with servers.database("insights") as database:
            return await insights.measured(database, given.candidates, given.jobs, given.of_a_round)

    runs = (await _in_turn(given.rounds, ("ours",), run))["ours"]
    found = insights.InsightsRun._make(map(median, zip(*runs, strict=True)))
    return {
        "CPU per fact, insights": bound(found.live, 110, "us"),
        "CPU per fact, insights, of open jobs in the order of their days": bound(found.day, 110, "us"),
        "CPU per fact, insights, of a backlog": bound(found.backlog, 110, "us"),
        "backlog of insights derived from nothing": bound(found.rate, 5_000, "facts/s"),
        f"one round of {given.of_a_round:,} rows summed up": bound(found.round, 50, "ms"),
        "the processor's part of it": bound(found.summing, None, "ms"),
        f"overview of {given.jobs:,} rounds, p95": bound(found.overview, 100, "ms"),
        "the same guarded, after a change": bound(found.guarded, 100, "ms"),
        "the same guarded, unchanged": bound(found.unchanged, 100, "ms"),
        f"guarded overview of {given.jobs:,} rounds, read for the first time": bound(found.first, None, "ms"),
        "peak memory of insights": bound(found.rss, 120, "MB"),
    }


async def measure_backlog(servers: Servers, given: Given) -> Figures:
    """Facts of closed rounds of 40 people, heard by insights from nothing."""
    async with servers.database("insights") as database:
        found = await backlog.measured(database, given.applications)
    print(f"  {found}", flush=True)
    name = f"insights from nothing, {given.applications:,} applications"
    return {
        name: bound(found.rate, 5_000, "facts/s"),
        f"{name}: CPU per fact": bound(found.cost, 110, "us"),
        f"{name}: peak memory": bound(found.rss, 120, "MB"),
    }


async def measure_console(servers: Servers, given: Given) -> Figures:
    """Pages of 50 people of the talent pool, a million stored."""
    found = await console.run(servers, given.members)
    return {
        "page of 50 people in the console, p95": bound(found.p95, 150, "ms"),
        "CPU for it, all services and PostgreSQL": bound(found.cpu, None, "ms"),
        "its size": bound(found.kilobytes, 60, "KB"),
        "calls for it": bound(found.calls, 8, "calls"),
    }


async def measure_lint(_: Servers, given: Given) -> Figures:
    """Hostile texts of 20,000 characters."""
    return {"lint of 20,000 hostile characters, slowest, CPU": bound(lint.slowest(given.rounds), 200, "ms")}


PARTS = {
    "full-path": measure_full_path,
    "whole": measure_whole,
    "persist": measure_persist,
    "latency": measure_latency,
    "drain": measure_drain,
    "stored": measure_stored,
    "mail": measure_mail,
    "letters": measure_letters,
    "pool": measure_pool,
    "matching": measure_matching,
    "insights": measure_insights,
    "backlog": measure_backlog,
    "console": measure_console,
    "lint": measure_lint,
}


async def _in_turn(rounds: int, sides: Iterable[str], run: Callable[[str], Awaitable[R]]) -> dict[str, list[R]]:
    """Ours, the peer, ours, the peer, and so on: what the machine does meanwhile meets both."""
    runs: dict[str, list[R]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side, done in runs.items():
            done.append(await run(side))
            print(f"  {side}: {done[-1]}", flush=True)
    return runs


def _same(states: Iterable[Any]) -> None:
    if len({json.dumps(state) for state in states}) != 1:
        raise SystemExit("The end states differ: nothing is compared.")
