"""The tree of an event: what it caused in every service, and what that caused in turn."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, NamedTuple

from cli import where
from cli.trace.words import sentence
from local.databases import LISTENING
from shared.kit.db import Connection
from shared.kit.trace import EventState, TracedEvent, find_effects, find_events


class TraceStep(NamedTuple):
    """One event of a trace: what it says, how each service that knows it holds it, and what it caused."""

    event: str
    source: str
    topic: str
    fact: str | None
    time: datetime | None
    words: str
    known: dict[str, str]
    problem: str | None
    caused: list["TraceStep"]


Known = list[tuple[str, TracedEvent]]  # service, and the event as that service knows it


async def trace(event: str, organization: str | None) -> list[TraceStep]:
    """The trees of every event of this id: nearly always one."""
    async with AsyncExitStack() as stack:
        services = {name: await stack.enter_async_context(where.database(name)) for name in LISTENING}
        roots: Known = []
        for name, conn in services.items():
            roots += [(name, found) for found in await find_events(conn, organization, [event])]
        tellers = {(k.organization, k.source) for _, k in roots}
        return [
            await _grow(services, [(s, k) for s, k in roots if (k.organization, k.source) == teller], {event})
            for teller in sorted(tellers)
        ]


async def _grow(services: dict[str, Connection], known: Known, seen: set[str]) -> TraceStep:
    """An event with everything that follows from it; nothing twice, should events name one another."""
    root = known[0][1]
    effects: dict[str, Known] = {}
    for name, conn in services.items():
        for found in await find_effects(conn, root.organization, [root.event]):
            if found.event not in seen:
                effects.setdefault(found.event, []).append((name, found))
    seen |= set(effects)
    caused = [await _grow(services, one, seen) for one in effects.values()]
    return step(known, sorted(caused, key=lambda s: (s.time is None, s.time, s.event)))


def step(known: Known, caused: list[TraceStep]) -> TraceStep:
    """One event as all services know it; in the words of whoever still holds its body."""
    best = max((k for _, k in known), key=lambda k: (k.body is not None, k.fact is not None))
    parked = [f"{k.code}{f' ({k.field})' if k.field else ''}" for _, k in known if k.state is EventState.PARKED]
    return TraceStep(
        best.event,
        best.source,
        best.topic,
        best.fact,
        best.time,
        sentence(best.topic, best.fact, best.body),
        {service: k.state.value for service, k in known},
        parked[0] if parked else None,
        caused,
    )


def count(steps: Sequence[TraceStep]) -> int:
    """How many events there are in these trees."""
    return sum(1 + count(s.caused) for s in steps)


def as_json(found: TraceStep) -> dict[str, Any]:
    """A tree for a script."""
    told = found._asdict()
    return {
        **told,
        "time": found.time.isoformat() if found.time else None,
        "caused": [as_json(s) for s in found.caused],
    }
