"""What waits is derived in an order that derives nothing twice, and two batches of it at a time."""

import asyncio

import pytest
from asyncpg import DeadlockDetectedError

from shared.contracts import FeedbackSubmitted, JobOpened
from shared.kit import drain
from shared.kit.clock import DueWork
from shared.kit.inbox import Mode
from shared.people.identity import router_of_candidates
from tests.kit.conftest import feedback
from tests.stage import Stage


@pytest.mark.db
async def test_a_job_is_derived_once_everybody_of_a_backlog_is(database, monkeypatch):
    monkeypatch.setattr(drain, "AT_ONCE", 1)
    router, derived = router_of_candidates(), []

    @router.people(FeedbackSubmitted)
    async def of_the_same_job(turn, people):
        derived.extend(candidate for _, candidate in people.pairs)
        await turn.remember_jobs([("acme", "data")])

    @router.jobs(JobOpened)
    async def note(turn, jobs):
        derived.extend(job for _, job in jobs.pairs)

    stage = Stage(database, router, DueWork())
    records = [stage.log.append(feedback(f"f-{who}", who)) for who in ("ana", "bo", "cy")]
    await stage.inbox.take(records, Mode.REMEMBER)
    await stage.drain.exhaust()

    assert (sorted(derived[:3]), derived[3:]) == (["ana", "bo", "cy"], ["data"])


@pytest.mark.db
async def test_a_batch_of_people_is_computed_while_the_database_works_for_another(database, monkeypatch):
    monkeypatch.setattr(drain, "AT_ONCE", 1)
    router, both = router_of_candidates(), asyncio.Barrier(2)

    @router.people(FeedbackSubmitted)
    async def meet(turn, people):
        await asyncio.wait_for(both.wait(), 10)

    stage = Stage(database, router, DueWork())
    await stage.inbox.take([stage.log.append(feedback(f"f-{who}", who)) for who in ("ana", "bo")], Mode.REMEMBER)

    assert await stage.drain.exhaust() == 2


@pytest.mark.db
async def test_a_batch_that_fails_leaves_its_neighbour_alone(database, monkeypatch):
    monkeypatch.setattr(drain, "AT_ONCE", 1)
    router, met, derived = router_of_candidates(), asyncio.Barrier(2), []

    @router.people(FeedbackSubmitted)
    async def fail_at_first(turn, people):
        ((_, who),) = people.pairs
        if not derived:
            await asyncio.wait_for(met.wait(), 10)
            if who == "ana":
                raise DeadlockDetectedError("two of a kind")
            await asyncio.sleep(0.2)
        derived.append(who)

    stage = Stage(database, router, DueWork())
    await stage.inbox.take([stage.log.append(feedback(f"f-{who}", who)) for who in ("ana", "bo")], Mode.REMEMBER)
    with pytest.raises(DeadlockDetectedError):
        await stage.drain.exhaust()
    assert derived == ["bo"]

    assert await stage.drain.exhaust() == 1
    assert derived == ["bo", "ana"]
