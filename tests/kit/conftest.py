"""A small service to try the kit on: it counts the feedback of a person and says so."""

import json
from collections.abc import AsyncIterator

import pytest

from shared.contracts import (
    CandidateErased,
    CandidateLeftPool,
    CandidateMerged,
    CandidatePooled,
    Cause,
    FeedbackSubmitted,
    JobOpened,
    LeaveReason,
    MemberStatus,
    Saying,
    Tier,
    membership_id,
)
from shared.kit.clock import DueWork
from shared.kit.db import Connection, Database
from shared.kit.people import Jobs, People
from shared.kit.turn import Turn
from shared.people.identity import router_of_candidates
from tests.databases import opened
from tests.stage import Stage

router = router_of_candidates()


@router.people(FeedbackSubmitted, CandidateMerged, CandidateErased)
async def count_feedback(turn: Turn, people: People) -> None:

    if any(candidate == "cursed" for _, candidate in people.pairs):
        raise ValueError("a mistake in the program")
    counts = await load_counts(turn.conn, people)
    await turn.say(map(as_saying, counts))


@router.jobs(JobOpened)
async def note_job(turn: Turn, jobs: Jobs) -> None:
    await turn.conn.fetch("SELECT organization FROM facts WHERE organization = ANY($1::text[])", jobs.columns[0])


async def load_counts(conn: Connection, people: People) -> list[tuple[str, str, list[str]]]:
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, array_agg(v.fact ORDER BY v.fact) FILTER (WHERE v.fact IS NOT NULL)
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        LEFT JOIN LATERAL (SELECT fact FROM facts f WHERE f.organization = k.organization
                           AND f.candidate = k.candidate AND f.topic = 'feedback-submitted' OFFSET 0) v ON true
        GROUP BY 1, 2 ORDER BY 1, 2
        """,
        *people.columns,
    )
    return [(row[0], row[1], row[2] or []) for row in rows]


def as_saying(count: tuple[str, str, list[str]]) -> Saying:
    organization, person, feedback = count
    about = {"membership": membership_id(person, "data"), "candidate": person, "family": "data"}
    if not feedback:
        return Saying(organization, CandidateLeftPool(**about, reason=LeaveReason.ERASED))
    pooled = CandidatePooled(
        **about,
        tier=Tier.PROMISING,
        status=MemberStatus.INVITED,
        application="a1",
        why=("counted",),
        evidence=tuple(feedback),
        rules_version="1",
    )
    return Saying(organization, pooled, Cause(FeedbackSubmitted.topic, feedback[-1]))


def feedback(name: str, candidate: str, **given: object) -> FeedbackSubmitted:
    """A yes of Ada's."""
    whole = {"application": "a1", "interviewer": "ada", "submitted_at": "2026-11-02T08:00:00Z", "overall": "yes"}
    return FeedbackSubmitted(feedback=name, candidate=candidate, **{**whole, **given})


async def evidence_of(stage: Stage, candidate: str) -> list[str] | None:
    """What the newest saying about somebody's membership counts; None when it says they left."""
    rows = await stage.fetch(
        """
        SELECT topic, body FROM facts WHERE topic IN ('candidate-pooled', 'candidate-left-pool') AND candidate = $1
        ORDER BY time DESC LIMIT 1
        """,
        candidate,
    )
    if not rows or rows[0]["topic"] == "candidate-left-pool":
        return None
    return json.loads(rows[0]["body"])["evidence"]


@pytest.fixture
async def database(fresh_database) -> AsyncIterator[Database]:
    """The counting service's database: it has the kit's schema."""
    addresses = await fresh_database("candidates")
    async with opened(addresses.url, "candidates") as database:
        async with database.transaction("*") as conn:
            await conn.execute("INSERT INTO log_position (cluster) VALUES ('test')")
        yield database


@pytest.fixture
async def stage(database) -> Stage:
    """The counting service."""
    return Stage(database, router, DueWork())
