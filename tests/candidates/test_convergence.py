"""The same facts at the same time give the same state: in any order, with any repetition, batching and company."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.candidates.main import SERVICE
from services.candidates.sql.people import load_consents, load_person
from shared.contracts import (
    ApplicationDecisionReversed,
    CandidateErased,
    CandidateMerged,
    CandidateResponded,
    ErasureRequested,
    FeedbackWithdrawn,
    MentorshipEnded,
    MentorshipProposed,
    OrganizationConfigured,
    UserRegistered,
)
from shared.kit.db import Connection
from tests.candidates.sentences import (
    AMARA,
    DECIDED,
    NOW,
    amara,
    an_interviewed_candidate,
    applied,
    closed,
    completed,
    consented,
    decided,
    feedback,
    later,
    noor,
    opened,
    registered,
    reviewed_match,
    reviewed_membership,
    scheduled,
    the_next_job,
)
from tests.heard import Heard, Log
from tests.interleaving import interleaved
from tests.rehearsals import batched, rehearsal_of, rehearse, tried, with_each_topic_last

pytestmark = pytest.mark.db

JUST_NOW = NOW + timedelta(minutes=1)  # after anything that follows from older facts was said
ERASED = NOW + timedelta(seconds=30)  # covers all that is known, also what follows from it
HELD = OrganizationConfigured(name="Halden", legal_hold_months=6)
PROPOSAL = {"relation": "m1", "candidate": "hanna", "user": "ada", "goals": ["Draw it first."]}
PROPOSAL |= {"starts_on": "2026-11-20", "ends_on": "2027-02-20"}
ADA = UserRegistered(user="ada", name="Ada Lindqvist", email="ada@halden.example")
FACTS = [
    opened(),
    closed(),
    later(opened(family="analytics"), 1),
    later(opened(), 2),
    *amara(consented("amara"), later(consented("amara", given_at="2026-11-17T08:00:00Z"), 1)),
    *noor(consented("noor"), later(consented("noor", granted=False, given_at="2026-11-18T08:00:00Z"), 1)),
    later(feedback("noor", "yes", 2, rated={"sql": 4}), 3),
    FeedbackWithdrawn(feedback="amara-su27-f2", candidate="amara", withdrawn_at="2026-11-06T08:00:00Z"),
    FeedbackWithdrawn(feedback="hanna-su27-f1", candidate="noor", withdrawn_at="2026-11-06T08:00:00Z"),
    registered("amara-2", preferred_name="Mara", skills=[{"name": "Rust", "said_at": DECIDED}]),
    later(scheduled("noor", 2, ends_at="2026-11-04T18:00:00Z"), 2),
    applied("amara-2", "su26", submitted_at="2025-10-01T08:00:00Z"),
    decided("amara-2", "not_selected", "su26", decided_at="2025-11-01T08:00:00Z"),
    opened("su26", opened_at="2025-09-01T08:00:00Z"),
    CandidateMerged(surviving="amara", merged=("amara-2",), merged_at=DECIDED),
    *an_interviewed_candidate("hanna", "strong_yes", "strong_no"),
    ApplicationDecisionReversed(application="hanna-su27", candidate="hanna", reversed_at="2026-11-14T08:00:00Z"),
    later(decided("hanna", "not_selected", decided_at="2026-11-15T08:00:00Z"), 4),
    the_next_job(),
    reviewed_match("amara", "ws27"),
    reviewed_match("noor", "ws27", outcome="dismissed"),
    applied("amara", "ws27", submitted_at="2026-11-20T08:00:00Z"),
    reviewed_membership("hanna", action="confirm", reviewed_at="2026-11-15T09:00:00Z"),
    CandidateResponded(response="r1", candidate="noor", responded_at=DECIDED, kind="not_now"),
    later(consented("hanna", purpose="keep_in_touch", given_at="2026-11-16T09:00:00Z"), 2),
    CandidateResponded(response="r2", candidate="hanna", responded_at="2026-11-16T09:00:00Z", kind="unsubscribed"),
    MentorshipProposed.model_validate(PROPOSAL),
    later(consented("hanna", purpose="mentoring", conditions=["adult"], given_at="2026-11-16T08:00:00Z"), 1),
    later(MentorshipProposed.model_validate(PROPOSAL | {"relation": "m2", "candidate": "amara-2"}), 1),
    UserRegistered(user="ben", name="Ben Okafor", email="ben@halden.example", active=False),
    later(MentorshipProposed.model_validate(PROPOSAL | {"relation": "m3", "candidate": "noor", "user": "ben"}), 1),
    *(later(ADA.model_copy(update={"active": active}), hours) for hours, active in enumerate((True, False, True))),
    registered("omar"),
    later(MentorshipProposed.model_validate(PROPOSAL | {"relation": "m4", "candidate": "omar"}), 1),
    *(
        later(consented("omar", granted=granted, purpose="mentoring", given_at=f"2026-11-{day}T08:00:00Z"), day)
        for day, granted in ((17, False), (18, True))
    ),
    decided("omar", "hired", "a"),
    ApplicationDecisionReversed(application="omar-a", candidate="omar", reversed_at=DECIDED),
    decided("omar", "hired", "b"),
    later(decided("omar", "not_selected", "b"), 1),
    Heard(MentorshipEnded(relation="m5", candidate="omar", user="ada", reason="ended_by_mentor"), at=JUST_NOW),
    later(MentorshipProposed.model_validate(PROPOSAL | {"relation": "m5", "candidate": "omar"}), 1),
    *an_interviewed_candidate("rhea", "yes", "yes", rated=AMARA),
    consented("rhea"),
    later(MentorshipProposed.model_validate(PROPOSAL | {"relation": "m6", "candidate": "rhea"}), 1),
    ErasureRequested(candidate="rhea", requested_at="2026-11-20T08:00:00Z", by="candidate"),
    *an_interviewed_candidate("erik", "yes", "yes", rated=AMARA),
    consented("erik"),
    reviewed_match("erik", "ws27"),
    later(MentorshipProposed.model_validate(PROPOSAL | {"relation": "m7", "candidate": "erik"}), 1),
    registered("uma"),
    *(scheduled("uma", job="ws27"), completed("uma", job="ws27"), feedback("uma", "yes", job="ws27")),
    consented("uma"),
    reviewed_match("uma", "su27"),
    decided("vera", "not_selected"),
    consented("vera"),
    later(closed("ws27", closed_at="2026-11-22T08:00:00Z"), 5),
    later(the_next_job(family="data science"), 6),
    Heard(CandidateErased(candidate="erik", erased_at=ERASED), at=ERASED),
    Heard(applied("erik", "ws27", submitted_at=JUST_NOW), at=JUST_NOW, id="erik-again"),
]


async def state(conn: Connection) -> str:
    """Everything derived, and the newest that was said of each."""
    found = {
        "members": await conn.fetch("SELECT * FROM members ORDER BY 1, 2, 3"),
        "descriptions": await conn.fetch("SELECT * FROM descriptions ORDER BY 1, 2, 3"),
        "words": await conn.fetch("SELECT * FROM words ORDER BY 1, 2, 3, 4"),
        "names": await conn.fetch("SELECT * FROM names ORDER BY 1, 2, 3"),
        "skills": await conn.fetch("SELECT * FROM skills ORDER BY 1, 2, 3"),
        "matches": await conn.fetch("SELECT * FROM matches ORDER BY 1, 2, 3"),
        "mentorships": await conn.fetch("SELECT * FROM mentorships ORDER BY 1, 2"),
        "keeping": await conn.fetch("SELECT organization, candidate, rule_at, requested_at FROM keeping ORDER BY 1, 2"),
        "consents": await load_consents(conn, await load_person(conn, "acme", "hanna")),
        "jobs": await conn.fetch("SELECT * FROM jobs ORDER BY 1, 2"),
        "runs": await conn.fetch(
            """
            SELECT r.run, r.inputs, r.result FROM runs r
            JOIN matches m ON m.organization = r.organization AND m.run = r.run ORDER BY 1
            """
        ),
        "returned": await conn.fetch(
            """
            SELECT fact, candidate, job, body FROM facts
            WHERE topic = 'interview-returned' AND body ->> 'counted_from' IS NOT NULL ORDER BY 1
            """
        ),
        "erased": await conn.fetch("SELECT topic, fact FROM facts WHERE candidate = 'erik' ORDER BY 1, 2"),
        "runs of erased": await conn.fetch("SELECT run FROM runs WHERE candidate = 'erik'"),
    }
    return json.dumps({k: [dict(row) for row in rows] for k, rows in found.items()}, default=str)


rehearsal = rehearsal_of(SERVICE, NOW)


@pytest.fixture
def records():
    """First whom a hold protects, which is known before they ask; then all the others."""
    log = Log()
    return [[log.append(fact) for fact in facts] for facts in ((HELD, decided("rhea")), FACTS)]


@pytest.fixture
async def expected(rehearsal, records):
    """What comes of them in order, which each other order is compared with."""
    return await rehearse(rehearsal, records, state)


@tried(30)
@given(random=st.randoms(use_true_random=False))
async def test_order_repetition_and_batching_do_not_matter(rehearsal, records, expected, random):
    held, others = records
    found = await rehearse(rehearsal, [held, *batched(others, random)], state)

    assert json.loads(found) == json.loads(expected)


async def test_whatever_is_heard_last_is_listened_to(rehearsal, records, expected):
    held, others = records
    found = await with_each_topic_last(rehearsal, others, state, first=held)

    assert [topic for topic in found if json.loads(found[topic]) != json.loads(expected)] == []


async def test_whoever_an_interview_alone_names_with_a_job_follows_its_closing(rehearsal):
    log = Log()
    talk = [heard.model_copy(update={"job": "su27"}) for heard in (scheduled("uma"), completed("uma"))]
    known, closing = [log.append(fact) for fact in (*talk, opened())], log.append(closed())

    at_once = await rehearse(rehearsal, [[*known, closing]], state)
    afterwards = await rehearse(rehearsal, [known, [closing]], state)

    assert [said["candidate"] for said in json.loads(at_once)["returned"]] == ["uma"]
    assert json.loads(afterwards) == json.loads(at_once)


async def test_two_verdicts_at_once_see_each_other(stage):
    found = await interleaved(
        stage,
        [opened(), applied("ana"), decided("ana")],
        feedback("ana", "yes", 1),
        feedback("ana", "yes", 2),
        "SELECT tier, status FROM members WHERE organization = $1",
    )

    assert found.stopped_before("INSERT INTO facts", "SELECT", "INSERT INTO members", "INSERT INTO outbox")
    assert {tuple(rows) for rows in found.found} == {(("silver_medalist", "invited"),)}


async def test_a_consent_and_a_new_job_at_once_are_a_match(stage):
    found = await interleaved(
        stage,
        [opened(), *amara()],
        consented("amara"),
        the_next_job(),
        "SELECT candidate, array_to_string(blockers, ',') FROM matches WHERE organization = $1",
    )

    assert found.stopped_before("INSERT INTO facts", "FROM jobs", "INSERT INTO members", "INSERT INTO outbox")
    assert {tuple(rows) for rows in found.found} == {(("amara", ""),)}


async def test_a_request_and_a_newer_decision_at_once_are_held_until_the_hold_after_it_ends(stage):
    found = await interleaved(
        stage,
        [HELD, opened(), applied("ana"), decided("ana")],
        ErasureRequested(candidate="ana", requested_at=DECIDED, by="candidate"),
        decided("ana", "not_selected", "ws27", decided_at="2026-11-20T15:00:00Z"),
        "SELECT candidate, rule_at::text FROM keeping WHERE organization = $1",
    )

    assert found.stopped_before("INSERT INTO facts", "INSERT INTO keeping", "INSERT INTO outbox")
    assert {tuple(rows) for rows in found.found} == {(("ana", "2027-05-20 15:00:00+00"),)}


async def test_a_proposal_and_a_mentor_who_leaves_at_once_end_it(stage):
    gone = UserRegistered(user="ada", name="Ada Lindqvist", email="ada@halden.example", active=False)
    found = await interleaved(
        stage,
        [opened(), *amara()],
        MentorshipProposed.model_validate(PROPOSAL | {"candidate": "amara"}),
        gone,
        "SELECT stage, reason FROM mentorships WHERE organization = $1",
    )

    assert found.stopped_before("INSERT INTO facts", "INSERT INTO mentorships")
    assert {tuple(rows) for rows in found.found} == {(("ended", "inactive_user"),)}


async def test_a_new_name_and_a_decision_at_once_are_both_found(stage):
    found = await interleaved(
        stage,
        [opened(), applied("ana"), registered("ana")],
        decided("ana"),
        registered("ana", name="Bea"),
        "SELECT words FROM descriptions WHERE organization = $1",
    )

    assert found.stopped_before("INSERT INTO facts", "INSERT INTO members", "INSERT INTO descriptions")
    assert {tuple(words[:1]) for [[words]] in found.found} == {("bea",)}


async def test_a_job_that_closes_and_a_consent_at_once_propose_nobody(stage):
    found = await interleaved(
        stage,
        [opened(), the_next_job(), *amara()],
        consented("amara"),
        closed("ws27", closed_at=NOW + timedelta(minutes=1)),
        "SELECT candidate FROM matches WHERE organization = $1 UNION ALL "
        "SELECT job FROM jobs WHERE organization = $1 AND is_open AND job = 'ws27'",
    )

    assert found.stopped_before("INSERT INTO facts", "FROM jobs", "INSERT INTO matches", "INSERT INTO outbox")
    assert {tuple(rows) for rows in found.found} == {()}


async def test_two_verdicts_at_once_are_one_run_with_both(stage):
    *known, first, _ = amara()
    second = known.pop(4)
    found = await interleaved(
        stage,
        [opened(), the_next_job(), *known, decided("amara"), consented("amara")],
        first,
        second,
        "SELECT m.score, r.inputs -> 'assessments' -> 'sql' ->> 'interviewers' FROM matches m "
        "JOIN runs r USING (organization, run) WHERE organization = $1",
    )

    assert found.stopped_before("INSERT INTO facts", "INSERT INTO runs", "INSERT INTO outbox")
    assert {tuple(rows) for rows in found.found} == {((86.7, "2"),)}


async def test_an_erasure_and_a_proposal_at_once_leave_nothing(stage):
    found = await interleaved(
        stage,
        [opened(), the_next_job(), *amara(consented("amara"))],
        MentorshipProposed.model_validate(PROPOSAL | {"candidate": "amara"}),
        CandidateErased(candidate="amara", erased_at="2026-11-20T08:00:00Z"),
        "SELECT relation FROM mentorships WHERE organization = $1 UNION ALL "
        "SELECT run FROM runs WHERE organization = $1 UNION ALL "
        "SELECT candidate FROM keeping WHERE organization = $1 AND rule_at IS NOT NULL",
    )

    assert found.stopped_before("INSERT INTO facts", "INSERT INTO mentorships")
    assert {tuple(rows) for rows in found.found} == {()}
