"""The members of the pool: their only writer, and how they are found."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.candidates.domain.pool import RULES_VERSION, PoolPlace
from shared.kit.db import Connection
from shared.kit.people import Pair, People, find_people

LEFT = "left"


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


async def save_members(conn: Connection, people: People, places: Sequence[PoolPlace]) -> list[PoolPlace]:
    """Keep these places and no others of these people; what changed comes back."""
    rows = await conn.fetch(
        """
        WITH wanted AS (
            SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                                 $10::text[], $11::text[], $12::text[], $13::text[], $14::timestamptz[],
                                 $15::timestamptz[], $16::timestamptz[])
                 AS w(organization, candidate, family, membership, application, cycle, tier, status, reason, why,
                      evidence, reconfirm_at, expires_at, due_at)
        ), gone AS (
            DELETE FROM members m USING unnest($1::text[], $2::text[]) AS k(organization, candidate)
            WHERE m.organization = k.organization AND m.candidate = k.candidate
              AND (m.organization, m.candidate, m.family) NOT IN (SELECT organization, candidate, family FROM wanted)
        )
        INSERT INTO members AS m (organization, candidate, family, membership, application, cycle, tier, status, reason,
                                  why, evidence, rules_version, reconfirm_at, expires_at, due_at)
        SELECT organization, candidate, family, membership, application, cycle, tier, status, reason,
               string_to_array(why, chr(10)), string_to_array(evidence, chr(10)), $17, reconfirm_at, expires_at, due_at
        FROM wanted ORDER BY 1, 2, 3
        ON CONFLICT (organization, candidate, family) DO UPDATE
        SET (membership, application, cycle, tier, status, reason, why, evidence, rules_version, reconfirm_at,
             expires_at, due_at)
          = (excluded.membership, excluded.application, excluded.cycle, excluded.tier, excluded.status,
             excluded.reason, excluded.why, excluded.evidence, excluded.rules_version, excluded.reconfirm_at,
             excluded.expires_at, excluded.due_at)
        WHERE (m.membership, m.application, m.cycle, m.tier, m.status, m.reason, m.why, m.evidence, m.rules_version,
               m.reconfirm_at, m.expires_at, m.due_at)
          IS DISTINCT FROM
              (excluded.membership, excluded.application, excluded.cycle, excluded.tier, excluded.status,
               excluded.reason, excluded.why, excluded.evidence, excluded.rules_version, excluded.reconfirm_at,
               excluded.expires_at, excluded.due_at)
        RETURNING organization, membership
        """,
        *people.ids,
        [p.organization for p in places],
        [p.candidate for p in places],
        [p.family for p in places],
        [p.membership for p in places],
        [p.application for p in places],
        [p.cycle for p in places],
        [p.tier for p in places],
        [p.status or LEFT for p in places],
        [p.reason for p in places],
        ["\n".join(p.why) for p in places],
        ["\n".join(p.evidence) for p in places],
        [p.reconfirm_at for p in places],
        [p.expires_at for p in places],
        [p.due_at for p in places],
        RULES_VERSION,
    )
    changed = {(organization, membership) for organization, membership in rows}
    return [p for p in places if (p.organization, p.membership) in changed]


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
