"""What waits is derived in an order that derives nothing twice."""

import pytest

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
