"""The members of the pool: their only writer, and how they are found."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from services.candidates.domain.pool import PoolPlace
from shared.kit.db import Connection
from shared.kit.derived import DerivedTable
from shared.kit.people import Pair, People, find_people


class Member(NamedTuple):
    """One place in the pool, as it is kept."""

    membership: str
    candidate: str
    family: str
    application: str
    cycle: str | None
    tier: str | None
    status: str
    reason: str | None
    why: list[str]
    evidence: list[str]
    rules_version: str
    reconfirm_at: datetime | None
    expires_at: datetime | None


MEMBERS = DerivedTable[PoolPlace](
    "members",
    key=("organization", "candidate", "family"),
    columns={
        "organization": "text", "candidate": "text", "family": "text", "membership": "text", "application": "text",
        "cycle": "text", "tier": "text", "status": "text", "reason": "text", "why": "text[]", "evidence": "text[]",
        "rules_version": "text", "reconfirm_at": "timestamptz", "expires_at": "timestamptz", "due_at": "timestamptz",
    },
    named={"status": "standing"},
)  # fmt: skip


async def find_due_members(conn: Connection, now: datetime, limit: int) -> list[Pair]:
    """Whose place time alone may have changed."""
    rows = await conn.fetch(
        "SELECT organization, candidate FROM members WHERE due_at <= $1 ORDER BY due_at LIMIT $2", now, limit
    )
    return [(organization, candidate) for organization, candidate in rows]


async def load_member(conn: Connection, organization: str, membership: str) -> Member | None:
    """One member that was ever said, found by what was said; or None."""
    row: Any = await conn.fetchrow(
        """
        SELECT m.*
        FROM (SELECT candidate, body ->> 'family' AS family FROM facts
              WHERE organization = $1 AND fact = $2 AND topic = 'candidate-pooled' OFFSET 0) f
        CROSS JOIN LATERAL (
            SELECT membership, candidate, family, application, cycle, tier, status, reason, why, evidence,
                   rules_version, reconfirm_at, expires_at
            FROM members m WHERE m.organization = $1 AND m.candidate = f.candidate AND m.family = f.family OFFSET 0) m
        """,
        organization,
        membership,
    )
    return Member(*row) if row else None


async def load_reviews(conn: Connection, organization: str, candidates: Collection[str]) -> dict[Pair, str]:
    """By person and family, the body of the newest that was decided about a membership, by whatever id of theirs."""
    people = People(await find_people(conn, [(organization, candidate) for candidate in candidates]), {})
    rows = await conn.fetch(
        """
        SELECT DISTINCT ON (k.person, f.body ->> 'family') k.person, f.body ->> 'family' AS family, f.body
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate AND f.topic = 'membership-reviewed' OFFSET 0) f
        ORDER BY k.person, f.body ->> 'family', (f.body ->> 'reviewed_at')::timestamptz DESC, f.body ->> 'action' DESC
        """,
        *people.columns,
    )
    return {(person, family): body for person, family, body in rows}
