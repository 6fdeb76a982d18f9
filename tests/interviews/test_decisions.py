"""Everyone who is undecided about a closed job is decided by one explicit call, and by nothing else."""

from datetime import timedelta

import pytest

from shared.contracts import (
    ApplicationDecided,
    ApplicationDecisionReversed,
    FeedbackSubmitted,
    JobOpened,
    Outcome,
    Overall,
)
from tests.candidates.sentences import NOW
from tests.interviews.test_routes import APPLICATION, JOB

pytestmark = pytest.mark.db

CLOSING = {"closed_at": "2026-11-13T15:00:00Z", "outcome": "nobody_hired"}
DECISIONS = {
    "decided_at": "2026-11-13T16:00:00Z",
    "expected": 2,
    "decided_by": "tomas",
    "reason": {"code": "no_seat", "class": "we_declined"},
    "would_reconsider": True,
}


@pytest.fixture
async def applied(browser):
    """Three people applied; one is decided."""
    await browser.put("/jobs/su27", JOB, "admin")
    for number, who in enumerate(("ana", "bo", "cy")):
        await browser.put(f"/applications/a{number}", APPLICATION | {"candidate": who}, "admin")
    decided = {"decided_at": "2026-11-12T15:00:00Z", "outcome": "withdrawn"}
    await browser.put("/applications/a2/decision", decided, "admin")
    return browser


async def states(browser) -> dict[str, str]:
    items = (await browser.get("/applications?job=su27")).json()["items"]
    return {item["application"]: item["outcome"] or item["state"] for item in items}


async def test_closing_decides_nobody_and_the_call_decides_whoever_is_left(applied, stage):
    await applied.put("/jobs/su27/closing", CLOSING)
    assert await states(applied) == {"a0": "undecided", "a1": "undecided", "a2": "withdrawn"}
    shown = (await applied.get("/jobs/su27/decisions")).json()
    assert (shown["count"], [u["candidate"] for u in shown["items"]]) == (2, ["ana", "bo"])

    answer = await applied.put("/jobs/su27/decisions", DECISIONS)

    assert (answer.status_code, answer.json()) == (200, {"decided": 2, "applications": ["a0", "a1"]})
    assert await states(applied) == {"a0": "not_selected", "a1": "not_selected", "a2": "withdrawn"}
    said = await stage.said("application-decided")
    kept = [(b["decided_by"], b["reason"]["code"], b["would_reconsider"]) for b in said if b["outcome"] != "withdrawn"]
    assert kept == [("tomas", "no_seat", True)] * 2


async def test_said_again_nobody_is_left(applied, stage):
    await applied.put("/jobs/su27/closing", CLOSING)
    await applied.put("/jobs/su27/decisions", DECISIONS)
    before = await stage.fetch("SELECT count(*) FROM outbox")

    again = await applied.put("/jobs/su27/decisions", DECISIONS | {"expected": 0})

    assert again.json() == {"decided": 0, "applications": []}
    assert await stage.fetch("SELECT count(*) FROM outbox") == before


@pytest.mark.parametrize("expected", [0, 1, 3, 31])
async def test_another_number_than_there_are_decides_nobody(applied, expected):
    await applied.put("/jobs/su27/closing", CLOSING)

    refused = await applied.put("/jobs/su27/decisions", DECISIONS | {"expected": expected})

    assert (refused.status_code, refused.json()["code"]) == (409, "another-number")
    assert refused.json()["detail"] == f"2 people are undecided, not {expected}: look again, then say it."
    assert await states(applied) == {"a0": "undecided", "a1": "undecided", "a2": "withdrawn"}


async def test_an_open_job_and_one_nobody_spoke_of_are_refused(applied):
    assert (await applied.put("/jobs/su27/decisions", DECISIONS)).json()["code"] == "job-open"
    assert (await applied.put("/jobs/none/decisions", DECISIONS)).json()["code"] == "job-not-found"


async def test_a_hiring_manager_decides_for_their_own_jobs_only(applied):
    await applied.put("/jobs/su27/closing", CLOSING)

    eve = await applied.put("/jobs/su27/decisions", DECISIONS, "hiring_manager", user="eve")
    tomas = await applied.put("/jobs/su27/decisions", DECISIONS, "hiring_manager", user="tomas")

    assert (eve.json()["code"], tomas.json()["decided"]) == ("not-your-job", 2)


async def test_whoever_was_decided_and_taken_back_is_decided_too(applied):
    await applied.put("/applications/a2/decision/reversal", {"reversed_at": "2026-11-12T16:00:00Z"})
    await applied.put("/jobs/su27/closing", CLOSING)

    answer = await applied.put("/jobs/su27/decisions", DECISIONS | {"expected": 3})

    assert answer.json()["applications"] == ["a0", "a1", "a2"]


async def test_one_person_may_apply_for_several_jobs_and_twice_for_one(applied):
    await applied.put("/jobs/ws27", JOB | {"title": "Another"}, "admin")
    for application, job in (("a7", "ws27"), ("a8", "su27")):
        await applied.put(f"/applications/{application}", APPLICATION | {"candidate": "ana", "job": job}, "admin")
    await applied.put("/jobs/su27/closing", CLOSING)
    await applied.put("/jobs/su27/decisions", DECISIONS | {"expected": 3})

    items = (await applied.get("/applications?candidate=ana")).json()["items"]
    assert {(i["application"], i["job"], i["outcome"]) for i in items} == {
        ("a0", "su27", "not_selected"),
        ("a7", "ws27", None),
        ("a8", "su27", "not_selected"),
    }


AHEAD = NOW + timedelta(minutes=8)  # as much as a platform's clock may be ahead of ours, and less


async def test_what_is_said_now_answers_to_what_a_platform_dates_ahead(applied, stage):
    """A reversal, a decision, a closing and a withdrawal that name no instant are never too early to count."""
    decided = ApplicationDecided(
        application="a0", candidate="ana", job="su27", decided_at=AHEAD, outcome=Outcome.NOT_SELECTED
    )
    given = FeedbackSubmitted(
        feedback="f0", application="a0", candidate="ana", interviewer="ada", submitted_at=AHEAD, overall=Overall.YES
    )
    await stage.deliver(decided, given, JobOpened(**JOB | {"job": "ws27", "opened_at": AHEAD}))

    assert (await applied.put("/applications/a0/decision/reversal", {})).status_code == 201
    assert (await states(applied))["a0"] == "undecided"
    assert (await applied.put("/applications/a0/decision", {"outcome": "hired"})).status_code == 200
    assert (await states(applied))["a0"] == "hired"
    assert (await applied.put("/feedback/f0/withdrawal", {}, "admin")).status_code == 201
    assert (await applied.get("/feedback/f0", "admin")).json()["state"] == "withdrawn"
    again = {"application": "a0", "candidate": "ana", "interviewer": "ada", "overall": "yes"}
    assert (await applied.put("/feedback/f0", again, "admin")).status_code == 200
    assert (await applied.get("/feedback/f0", "admin")).json()["state"] == "submitted"
    assert (await applied.put("/jobs/ws27/closing", {"outcome": "nobody_hired"})).status_code == 201
    assert (await applied.get("/jobs/ws27")).json()["state"] == "closed"


async def test_everyone_is_decided_behind_a_reversal_that_a_platform_dates_ahead(applied, stage):
    await stage.deliver(ApplicationDecisionReversed(application="a2", candidate="cy", reversed_at=AHEAD))
    await applied.put("/jobs/su27/closing", CLOSING)

    answer = await applied.put("/jobs/su27/decisions", {"expected": 3})

    assert answer.json()["decided"] == 3
    assert set((await states(applied)).values()) == {"not_selected"}


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/feedback/f0", {"application": "a0", "candidate": "ana", "interviewer": "ada", "overall": "yes"}),
        ("/feedback/f0/withdrawal", {}),
        ("/applications/a0/decision", {"outcome": "not_selected"}),
        ("/applications/a0/decision/reversal", {}),
        ("/jobs/su27/closing", {"outcome": "nobody_hired"}),
    ],
)
async def test_said_again_without_an_instant_it_stays_what_it_is(applied, stage, address, body):
    given = {"application": "a0", "candidate": "ana", "interviewer": "ada", "overall": "no"}
    await applied.put("/feedback/f0", given, "admin")
    await applied.put("/applications/a0/decision", {"outcome": "hired"})
    await applied.put(address, body, "admin")
    await stage.move(NOW + timedelta(hours=1))

    again = await applied.put(address, body, "admin")

    assert again.json() == {"recorded": "same"}
