"""Rehearsals: facts in any order, some twice, in batches of any size, taken by one service and rolled back."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from local.databases import Addresses
from shared.contracts import Event, Saying
from shared.kit.db import EVERYONE, Connection
from shared.kit.dead_letters import ConsumedRecord
from shared.kit.inbox import Mode, organizations_of, sort
from shared.kit.say import save_differences
from shared.kit.turn import NOBODY, Turn
from shared.running.start import Service
from tests.stage import Stage, empty_stage


def rehearsal_of(service: Service[Any], now: datetime) -> Any:
    """The fixture `rehearsal`: a service whose clock stands still; every rehearsal is rolled back."""

    @pytest.fixture
    async def rehearsal(fresh_database: Callable[[str], Awaitable[Addresses]]) -> AsyncIterator[Stage]:
        async with empty_stage(await fresh_database(service.name), service, now) as stage:
            yield stage

    return rehearsal


def tried(examples: int) -> settings:
    """How often a property over orders is tried."""
    slow = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, suppress_health_check=slow)


def batched(records: list[ConsumedRecord], random: random.Random) -> list[list[ConsumedRecord]]:
    """The same records in some order, some twice, in batches of some size."""
    shuffled = records + random.sample(records, k=random.randint(0, len(records)))
    random.shuffle(shuffled)
    batches: list[list[ConsumedRecord]] = []
    while shuffled:
        size = random.randint(1, len(shuffled))
        batches.append(shuffled[:size])
        shuffled = shuffled[size:]
    return batches


class RolledBack(Exception):
    """Ends a rehearsal."""


async def rehearse(
    stage: Stage,
    batches: Iterable[Iterable[ConsumedRecord]],
    look: Callable[[Connection], Awaitable[Any]],
    private: Iterable[Event] = (),
    mode: Mode = Mode.DERIVE,
    *,
    drained_between: bool = False,
) -> Any:
    """Take batches in one transaction, look at what came of them, and roll everything back.

    `private` facts come over no Kafka: they are there before, as somebody wrote them down. Where facts are only
    remembered, nobody is derived. What waits is derived in the end, or also between.
    """
    seen = None
    try:
        async with stage.turns.open(EVERYONE) as turn:
            await save_differences(turn.conn, [Saying("acme", event) for event in private], turn.now, publish=False)
            for records in batches:
                await _take(stage, turn, list(records), mode)
                if drained_between:
                    await _drain(stage, turn)
            if mode is Mode.DERIVE:
                await _drain(stage, turn)
                await _run_due(stage, turn)
            seen = await look(turn.conn)
            raise RolledBack
    except RolledBack:
        return seen


async def with_each_topic_last(
    stage: Stage,
    records: list[ConsumedRecord],
    look: Callable[[Connection], Awaitable[Any]],
    private: Iterable[Event] = (),
    *,
    first: Iterable[ConsumedRecord] = (),
) -> dict[str, Any]:
    """By topic, what comes of the records when those of it are heard once all others are derived.

    In other orders a job that waits has everybody derived in the end, which hides who is forgotten.
    """
    found = {}
    for topic in sorted({record.topic for record in records}):
        known, last = [r for r in records if r.topic != topic], [r for r in records if r.topic == topic]
        found[topic] = await rehearse(stage, [first, known, last], look, private, drained_between=True)
    return found


async def _take(stage: Stage, turn: Turn, records: list[ConsumedRecord], mode: Mode) -> None:
    batch = sort(records, turn.now)
    assert NOBODY not in organizations_of(batch)
    await stage.inbox.work_off(turn, records, batch, mode)


async def _drain(stage: Stage, turn: Turn) -> None:
    from shared.kit import facts
    from shared.kit.people import Jobs, People, lock_people

    conn = turn.conn
    while people := await facts.find_waiting(conn, "person", 500):
        locked = await lock_people(conn, people)
        await facts.claim_waiting(conn, "person", people)
        await stage.router.derive(turn, locked)
    while jobs := await facts.find_waiting(conn, "job", 500):
        await facts.claim_waiting(conn, "job", jobs)
        await stage.router.derive(turn, People([], {}), Jobs(jobs))
    while pairs := await facts.find_waiting(conn, "pair", 500):
        locked = await lock_people(conn, [(organization, known.split("/")[1]) for organization, known in pairs])
        await facts.claim_waiting(conn, "pair", pairs)
        about = Jobs((organization, known.split("/")[0]) for organization, known in pairs)
        await stage.router.derive_pairs(turn, locked, about)


async def _run_due(stage: Stage, turn: Turn) -> None:
    for every in stage.clock.schedule.entries:
        while await every.work(turn):
            await stage.router.react(turn)
