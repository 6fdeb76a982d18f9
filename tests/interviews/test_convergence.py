"""The same facts at the same time give the same states: in any order, with any repetition, batching and company."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.interviews.domain.private import FeedbackDrafted, InterviewNoted
from services.interviews.main import SERVICE
from shared.contracts import (
    ApplicationDecisionReversed,
    CandidateErased,
    CandidateMerged,
    FeedbackWithdrawn,
)
from shared.kit.db import Connection
from tests.candidates.sentences import (
    DECIDED,
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
from tests.heard import Heard, Log
from tests.interleaving import interleaved
from tests.interviews.test_handlers import cancelled, missed
from tests.rehearsals import batched, rehearsal_of, rehearse, tried, with_each_topic_last

pytestmark = pytest.mark.db

ERASED = NOW + timedelta(seconds=30)  # covers all that is known, also what follows from it
JUST_NOW = NOW + timedelta(minutes=1)
FACTS = [
    opened(), closed(), applied("ana"), scheduled("ana"), cancelled(),
    later(scheduled("ana", starts_at="2026-11-20T14:00:00Z", ends_at="2026-11-20T15:00:00Z"), 1),
    decided("ana"), ApplicationDecisionReversed(application="ana-su27", candidate="ana", reversed_at=DECIDED),
    applied("bo"), scheduled("bo"), completed("bo"), feedback("bo"),
    scheduled("bo-2", 2), CandidateMerged(surviving="bo", merged=("bo-2",), merged_at=DECIDED),
    FeedbackWithdrawn(feedback="bo-su27-f1", candidate="bo", withdrawn_at="2026-11-06T08:00:00Z"),
    later(opened(opened_at="2026-11-20T08:00:00Z"), 1),
    applied("cy"), scheduled("cy"), missed("cy"), later(feedback("cy", number=2), 1),
    applied("dee"), scheduled("dee", interviewers=[{"user": "ada"}, {"user": "ben", "response": "declined"}]),
    scheduled("fay", job="su27"), completed("fay"), feedback("fay"), decided("gus"), feedback("hal"),
    later(opened(title="Analyst", opened_at="2026-11-20T08:00:00Z"), 2),
    applied("eve"), scheduled("eve"), completed("eve"), feedback("eve"), decided("eve"),
    Heard(CandidateErased(candidate="eve", erased_at=ERASED), at=ERASED),
    Heard(applied("eve", "ws27", submitted_at=JUST_NOW), at=JUST_NOW, id="eve-again"),
]  # fmt: skip
DRAFT = {"feedback": "dee-su27-f1", "application": "dee-su27", "candidate": "dee", "interviewer": "ada"}
NOTE = {"interview": "eve-su27-i1", "candidate": "eve", "author": "ada", "text": "Calm.", "noted_at": DECIDED}
PRIVATE = [
    InterviewNoted.model_validate(NOTE),
    InterviewNoted.model_validate(NOTE | {"interview": "bo-2-su27-i2", "candidate": "bo-2"}),
    FeedbackDrafted.model_validate(DRAFT | {"drafted_at": DECIDED}),
]


async def states(conn: Connection) -> str:
    """Everything derived."""
    tables = ("interviews", "applications", "jobs")
    found = [await conn.fetch(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in tables]  # noqa: S608
    found += [
        await conn.fetch("SELECT topic, fact, candidate FROM facts WHERE topic LIKE 'private-%' ORDER BY 1, 2"),
        await conn.fetch("SELECT topic, fact FROM facts WHERE candidate = 'eve' ORDER BY 1, 2"),
        await conn.fetch("SELECT fact FROM facts WHERE fact LIKE '%/assumed' ORDER BY 1"),
    ]
    return str([[tuple(row) for row in rows] for rows in found])


rehearsal = rehearsal_of(SERVICE, NOW)


@pytest.fixture
def records():
    log = Log()
    return [log.append(fact) for fact in FACTS]


@pytest.fixture
async def expected(rehearsal, records):
    """What comes of them in order, which each other order is compared with."""
    return await rehearse(rehearsal, [records], states, PRIVATE)


@tried(40)
@given(random=st.randoms(use_true_random=False))
async def test_order_repetition_and_batching_do_not_matter(rehearsal, records, expected, random):
    assert await rehearse(rehearsal, batched(records, random), states, PRIVATE) == expected


async def test_whatever_is_heard_last_is_listened_to(rehearsal, records, expected):
    found = await with_each_topic_last(rehearsal, records, states, PRIVATE)

    assert [topic for topic in found if found[topic] != expected] == []


async def test_a_schedule_and_its_cancellation_see_each_other(stage):
    found = await interleaved(
        stage, [], scheduled("ana"), cancelled(), "SELECT state FROM interviews WHERE organization = $1"
    )

    assert found.stopped_before("INSERT INTO facts", "INSERT INTO interviews")
    assert {tuple(rows) for rows in found.found} == {(("cancelled",),)}


async def test_a_merge_and_an_interview_see_each_other(stage):
    found = await interleaved(
        stage,
        [opened(), applied("ana")],
        scheduled("ana-2"),
        CandidateMerged(surviving="ana", merged=("ana-2",), merged_at=DECIDED),
        "SELECT DISTINCT candidate FROM interviews WHERE organization = $1",
    )

    assert found.stopped_before("INSERT INTO facts", "INSERT INTO interviews")
    assert {tuple(rows) for rows in found.found} == {(("ana",),)}


async def test_a_decision_and_its_reversal_see_each_other(stage):
    found = await interleaved(
        stage,
        [opened(), applied("ana")],
        decided("ana"),
        ApplicationDecisionReversed(application="ana-su27", candidate="ana", reversed_at=DECIDED),
        "SELECT state, outcome FROM applications WHERE organization = $1",
    )

    assert found.stopped_before("INSERT INTO facts", "INSERT INTO applications")
    assert {tuple(rows) for rows in found.found} == {(("undecided", None),)}


async def test_an_erasure_and_an_application_at_once_leave_nothing(stage):
    found = await interleaved(
        stage,
        [opened(), scheduled("ana")],
        applied("ana"),
        CandidateErased(candidate="ana", erased_at="2026-11-20T08:00:00Z"),
        "SELECT application FROM applications WHERE organization = $1 UNION ALL "
        "SELECT interview FROM interviews WHERE organization = $1",
    )

    assert found.stopped_before("INSERT INTO facts", "INSERT INTO applications")
    assert {tuple(rows) for rows in found.found} == {()}


@pytest.mark.parametrize("turned", [False, True])
async def test_a_job_that_opens_and_closes_at_once_is_closed(stage, turned):
    first, second = (closed(), opened()) if turned else (opened(), closed())
    found = await interleaved(stage, [], first, second, "SELECT title, state FROM jobs WHERE organization = $1")

    assert found.stopped_before("INSERT INTO facts", "INSERT INTO jobs")
    assert {tuple(rows) for rows in found.found} == {(("Data Analyst Intern", "closed"),)}
