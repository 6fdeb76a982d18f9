"""Facts in, states out: the service on a real database."""

from datetime import timedelta

import pytest

from shared.contracts import InterviewCancelled, InterviewMissed
from tests.candidates.sentences import (
    NOW,
    applied,
    closed,
    completed,
    decided,
    feedback,
    later,
    opened,
    scheduled,
)
from tests.heard import Heard

pytestmark = pytest.mark.db

SLOT = "2026-11-04T14:00:00Z"


def cancelled(candidate: str = "ana", **given) -> InterviewCancelled:
    """The first slot was called off the day before."""
    whole = {"interview": f"{candidate}-su27-i1", "application": f"{candidate}-su27", "candidate": candidate}
    whole |= {"starts_at": SLOT, "cancelled_at": "2026-11-03T09:00:00Z", "by": "candidate"}
    return InterviewCancelled.model_validate({**whole, **given})


def missed(candidate: str = "ana") -> InterviewMissed:
    """They did not come to the first slot."""
    whole = {"interview": f"{candidate}-su27-i1", "application": f"{candidate}-su27", "candidate": candidate}
    whole |= {"starts_at": SLOT, "missed_at": "2026-11-04T14:20:00Z", "by": "candidate"}
    return InterviewMissed.model_validate(whole)


async def state_of(stage, interview: str = "ana-su27-i1") -> tuple[str, str | None]:
    """State and basis of an interview."""
    rows = await stage.fetch("SELECT state, basis FROM interviews WHERE interview = $1", interview)
    return rows[0]["state"], rows[0]["basis"]


async def test_what_is_said_later_of_the_slot_counts(stage):
    await stage.deliver(opened(), applied("ana"), cancelled(), scheduled("ana"))
    assert await state_of(stage) == ("cancelled", None)

    await stage.deliver(completed("ana"))

    assert await state_of(stage) == ("completed", "said")


async def test_an_interview_nobody_spoke_of_is_assumed_a_day_after_its_end(stage):
    end = NOW + timedelta(hours=1)
    await stage.deliver(opened(), applied("ana"), scheduled("ana", starts_at=NOW, ends_at=end))
    await stage.move(end + timedelta(hours=23))
    assert await state_of(stage) == ("scheduled", None)

    await stage.move(end + timedelta(hours=24))
    await stage.move(end + timedelta(hours=25))

    assert await state_of(stage) == ("completed", "assumed")
    assert [c["basis"] for c in await stage.said("interview-completed")] == ["assumed"]
    assert len(await stage.fetch("SELECT 1 FROM outbox WHERE topic = 'interview-completed' AND value IS NOT NULL")) == 1


async def test_example_26_an_edit_of_a_closed_job_leaves_it_closed(stage):
    await stage.deliver(opened(), closed())

    await stage.deliver(later(opened(title="Analyst"), 1))
    assert (await stage.fetch("SELECT title, state FROM jobs")) == [{"title": "Analyst", "state": "closed"}]
    await stage.deliver(later(opened(opened_at="2026-11-20T08:00:00Z"), 2))

    assert [j["state"] for j in await stage.fetch("SELECT state FROM jobs")] == ["open"]


@pytest.mark.parametrize("turned", [False, True])
async def test_example_27_a_new_slot_lives_and_the_old_slot_said_again_stays_cancelled(stage, turned):
    friday = {"starts_at": "2026-11-27T14:00:00Z", "ends_at": "2026-11-27T15:00:00Z"}
    news = [cancelled(), later(scheduled("ana", **friday), 1)]

    for fact in reversed(news) if turned else news:
        await stage.deliver(fact)
    assert await state_of(stage) == ("scheduled", None)
    await stage.deliver(later(scheduled("ana"), 2))

    assert await state_of(stage) == ("cancelled", None)


async def test_feedback_on_an_interview_nobody_spoke_of_waits_for_it(stage):
    await stage.deliver(opened(), applied("ana"), feedback("ana"))
    assert await stage.fetch("SELECT code FROM dead_letters") == []
    assert await state_of(stage) == ("completed", "assumed")

    await stage.deliver(scheduled("ana", interviewers=[{"user": "ada"}, {"user": "ben"}]), completed("ana"))

    [known] = await stage.fetch("SELECT state, basis, owed_by FROM interviews")
    assert known == {"state": "completed", "basis": "said", "owed_by": ["ben"]}


@pytest.mark.parametrize("turned", [False, True])
async def test_two_versions_of_one_decision_at_one_instant_end_the_same(stage, turned):
    versions = [Heard(decided("ana", outcome), id=f"v-{outcome}") for outcome in ("hired", "not_selected")]

    for version in reversed(versions) if turned else versions:
        await stage.deliver(version)

    assert await stage.fetch("SELECT state, outcome FROM applications") == [
        {"state": "decided", "outcome": "not_selected"}
    ]


async def test_a_refusal_names_the_sender_its_event_and_the_key_it_should_have_had(stage):
    record = stage.log.append(Heard(applied("ana"), id="refused-1"))
    wrong = dict(record.headers) | {"ce_time": b"1764150000000"}

    await stage.take([record._replace(headers=list(wrong.items()))])
    await stage.take([stage.log.append(Heard(applied("bo"), id="refused-2"))._replace(key=b"bo@mail.example")])

    rows = await stage.fetch("SELECT organization FROM facts WHERE topic = 'event-rejected'")
    assert [row["organization"] for row in rows] == ["acme", "acme"]
    named = [
        [said[name] for name in ("code", "field", "source", "event", "candidate", "key", "expected_key")]
        for said in await stage.said("event-rejected")
    ]
    assert sorted(named) == [
        ["invalid-field", "time", "platform", "refused-1", "ana", "acme/ana/ana-su27", None],
        ["wrong-key", None, "platform", "refused-2", "bo", None, "acme/bo/bo-su27"],
    ]


async def test_a_key_that_names_nobody_is_a_refusal_too(stage):
    alone = stage.log.append(Heard(applied("ana")))._replace(key=b"ana")

    await stage.take([alone._replace(value=b"{")])

    assert [(said["key"], said["candidate"]) for said in await stage.said("event-rejected")] == [("ana", None)]
