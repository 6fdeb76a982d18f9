"""Mentors: what a proposal asks for, the only writer of `mentorships`, and how they are found."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from services.candidates.domain.mentoring import MentorshipStatus, Relation, is_final, named
from shared.contracts import ConsentChanged, reading
from shared.kit.columns import parted
from shared.kit.db import Connection
from shared.kit.derived import DerivedTable
from shared.kit.people import Pair, People


class ListedMentorship(NamedTuple):
    """One mentorship as it is kept."""

    relation: str
    candidate: str
    user: str
    goals: list[str]
    starts_on: date
    ends_on: date
    stage: str
    reason: str | None

    @property
    def version(self) -> str:
        """What a mentor says yes to."""
        return named(self.goals, self.starts_on, self.ends_on)


class NamedColleague(NamedTuple):
    """A colleague, as somebody is told of them."""

    user: str
    name: str
    email: str | None = None


class MentorshipSearch(NamedTuple):
    """Which mentorships, from which place on."""

    user: str | None = None
    candidates: Sequence[str] | None = None
    stage: str | None = None
    after: str = ""
    limit: int = 50


async def load_relations(conn: Connection, people: People) -> list[Relation]:
    """Every proposal about these people, with what decides how it stands."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, f.topic, f.fact, f.time, f.body
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT topic, fact, time, body FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate OFFSET 0) f
        WHERE f.topic IN ('application-decision-reversed', 'erasure-requested', 'mentorship-proposed',
                          'mentorship-ended', 'private-mentor-answer')
           OR (f.topic = 'consent-changed' AND f.body ->> 'purpose' = 'mentoring')
           OR (f.topic = 'application-decided' AND f.body ->> 'outcome' = 'hired')
        ORDER BY f.time, f.fact
        """,
        *people.columns,
    )
    held: dict[Pair, _Held] = defaultdict(lambda: defaultdict(list))
    for organization, person, topic, fact, time, body in rows:
        held[organization, person][topic].append((fact, time, json.loads(body)))
    proposals = [(o, body["user"]) for (o, _), of in held.items() for _, _, body in of["mentorship-proposed"]]
    inactive = await _find_inactive(conn, proposals)
    return [relation for pair, of in held.items() for relation in _relations(pair, of, inactive)]


_Held = defaultdict[str, list[tuple[str, datetime, dict[str, Any]]]]  # by topic: fact, time, body


def _relations(pair: Pair, of: _Held, inactive: set[Pair]) -> list[Relation]:
    consents = [ConsentChanged.model_validate(body) for _, _, body in of["consent-changed"]]
    consent = max(consents, key=lambda c: reading.consent_order(c.granted, c.given_at, c.expires_at), default=None)
    answers = {fact: body for fact, _, body in of["private-mentor-answer"]}
    ended = {fact: body["reason"] for fact, _, body in of["mentorship-ended"] if is_final(body["reason"])}
    return [
        Relation(
            pair[0],
            fact,
            body["candidate"],
            body["user"],
            tuple(body["goals"]),
            date.fromisoformat(body["starts_on"]),
            date.fromisoformat(body["ends_on"]),
            answers[fact]["agreed"] if fact in answers else None,
            _at(answers[fact]["answered_at"]) if fact in answers else time,
            consent,
            _hired_at(of),
            (pair[0], body["user"]) not in inactive,
            ended.get(fact),
            is_restricted="erasure-requested" in of,
            renewed_at=_at(body["renewed_at"]) if body.get("renewed_at") else None,
        )
        for fact, time, body in of["mentorship-proposed"]
    ]


def _hired_at(of: _Held) -> datetime | None:
    """When they were last hired by a decision that stands."""
    reversals = {fact: _at(body["reversed_at"]) for fact, _, body in of["application-decision-reversed"]}
    hires = {fact: _at(body["decided_at"]) for fact, _, body in of["application-decided"]}
    return max((at for fact, at in hires.items() if reading.stands(at, reversals.get(fact))), default=None)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def _find_inactive(conn: Connection, users: Sequence[Pair]) -> set[Pair]:
    rows = await conn.fetch(
        """
        SELECT k.organization, k.colleague FROM unnest($1::text[], $2::text[]) AS k(organization, colleague)
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = k.organization AND f.fact = k.colleague
                            AND f.topic = 'user-registered' OFFSET 0) f
        WHERE f.body ->> 'active' = 'false'
        """,
        *parted(users),
    )
    return {(organization, colleague) for organization, colleague in rows}


MENTORSHIPS = DerivedTable[MentorshipStatus](
    "mentorships",
    key=("organization", "relation"),
    columns={
        "organization": "text", "relation": "text", "candidate": "text", "colleague": "text", "goals": "text[]",
        "starts_on": "date", "ends_on": "date", "stage": "text", "reason": "text", "due_on": "date",
    },
    named={
        "organization": "relation.organization", "relation": "relation.relation", "candidate": "relation.candidate",
        "colleague": "relation.user", "goals": "relation.goals", "starts_on": "relation.starts_on",
        "ends_on": "relation.ends_on",
    },
)  # fmt: skip


async def find_due_mentorships(conn: Connection, now: datetime, limit: int) -> list[Pair]:
    """Whose mentorship had its last day."""
    rows = await conn.fetch(
        "SELECT DISTINCT organization, candidate FROM mentorships WHERE due_on < $1 ORDER BY 1, 2 LIMIT $2",
        now.date(),
        limit,
    )
    return [(organization, candidate) for organization, candidate in rows]


async def find_mentored(conn: Connection, users: Collection[Pair]) -> list[Pair]:
    """Whom these users mentor, mentored, or were asked to: who is active again takes up what ended with their leave."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT k.organization, m.candidate FROM unnest($1::text[], $2::text[]) AS k(organization, colleague)
        CROSS JOIN LATERAL (SELECT candidate FROM mentorships m WHERE m.organization = k.organization
                            AND m.colleague = k.colleague AND m.colleague <> '' OFFSET 0) m
        ORDER BY 1, 2
        """,
        *parted(sorted(users)),
    )
    return [(organization, candidate) for organization, candidate in rows]


async def find_mentored_now(conn: Connection, organization: str, user: str, candidates: Sequence[str]) -> list[str]:
    """Those of these people whom somebody mentors now: both said yes."""
    rows = await conn.fetch(
        """
        SELECT candidate FROM mentorships
        WHERE organization = $1 AND colleague = $2 AND colleague <> '' AND stage = 'active' AND candidate = ANY($3)
        """,
        organization,
        user,
        candidates,
    )
    return [row["candidate"] for row in rows]


async def count_mentorships(conn: Connection, organization: str, user: str, besides: str) -> int:
    """How many mentorships somebody has that are not over, one left out."""
    found: int = await conn.fetchval(
        """
        SELECT count(*) FROM mentorships
        WHERE organization = $1 AND colleague = $2 AND colleague <> '' AND stage <> 'ended' AND relation <> $3
        """,
        organization,
        user,
        besides,
    )
    return found


async def load_mentorships(conn: Connection, organization: str, wanted: MentorshipSearch) -> list[ListedMentorship]:
    """Mentorships in the order of their ids."""
    rows = await conn.fetch(
        """
        SELECT relation, candidate, colleague AS user, goals, starts_on, ends_on, stage, reason FROM mentorships
        WHERE organization = $1 AND relation > $2 AND ($3::text IS NULL OR colleague = $3)
          AND ($4::text[] IS NULL OR candidate = ANY($4)) AND ($5::text IS NULL OR stage = $5)
        ORDER BY relation LIMIT $6
        """,
        organization,
        wanted.after,
        wanted.user,
        wanted.candidates,
        wanted.stage,
        wanted.limit,
    )
    return [ListedMentorship(*row) for row in rows]


async def find_mentorship(conn: Connection, organization: str, relation: str) -> ListedMentorship | None:
    """One mentorship, or None."""
    row = await conn.fetchrow(
        """
        SELECT relation, candidate, colleague AS user, goals, starts_on, ends_on, stage, reason FROM mentorships
        WHERE organization = $1 AND relation = $2
        """,
        organization,
        relation,
    )
    return ListedMentorship(*row) if row else None


async def load_suggestions(conn: Connection, people: People) -> set[str]:
    """What letters suggested to somebody: what goals are made of."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT item.value ->> 'suggestion' FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate AND f.topic = 'feedback-released' OFFSET 0) f
        CROSS JOIN LATERAL jsonb_array_elements(f.body -> 'development') AS item(value)
        """,
        *people.ids,
    )
    return {row[0] for row in rows}


async def load_referrals(
    conn: Connection, organization: str, candidates: Sequence[str] | None, job: str | None, after: str, limit: int
) -> list[dict[str, Any]]:
    """Referrals in the order of their ids."""
    rows = await conn.fetch(
        """
        SELECT body FROM facts
        WHERE organization = $1 AND topic = 'referral-made' AND fact > $2
          AND ($3::text[] IS NULL OR candidate = ANY($3)) AND ($4::text IS NULL OR job = $4)
        ORDER BY fact LIMIT $5
        """,
        organization,
        after,
        candidates,
        job,
        limit,
    )
    return [json.loads(row[0]) for row in rows]


async def find_recommender(conn: Connection, organization: str, referral: str) -> str | None:
    """Who recommended under this id, or None."""
    by: str | None = await conn.fetchval(
        """
        SELECT body ->> 'user' FROM facts
        WHERE organization = $1 AND fact = $2 AND topic = 'referral-made'
        """,
        organization,
        referral,
    )
    return by


async def load_proposal(conn: Connection, organization: str, relation: str) -> str:
    """What was proposed, as it was said."""
    body: str = await conn.fetchval(
        "SELECT body FROM facts WHERE organization = $1 AND fact = $2 AND topic = 'mentorship-proposed'",
        organization,
        relation,
    )
    return body


async def load_colleagues(conn: Connection, organization: str, users: Sequence[str]) -> dict[str, NamedColleague]:
    """What colleagues are called, and how to reach them."""
    rows = await conn.fetch(
        """
        SELECT f.fact AS user, f.body ->> 'name' AS name, f.body ->> 'email' AS email
        FROM unnest($2::text[]) AS k(colleague)
        CROSS JOIN LATERAL (SELECT fact, body FROM facts f WHERE f.organization = $1 AND f.fact = k.colleague
                            AND f.topic = 'user-registered' OFFSET 0) f
        """,
        organization,
        users,
    )
    return {row["user"]: NamedColleague(*row) for row in rows}
