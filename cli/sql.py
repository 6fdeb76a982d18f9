"""What the command line asks a service's database."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

from shared.contracts import OrganizationConfigured
from shared.kit.db import Connection


class DatabaseFigures(NamedTuple):
    """A service's database in four numbers."""

    schema: str | None
    facts: int
    parked: int
    outbox: int


async def load_figures(conn: Connection) -> DatabaseFigures:
    """The newest migration, and how many facts, parked records and unsent events there are."""
    row = await conn.fetchrow(
        """
        SELECT (SELECT max(version) FROM schema_migrations) AS schema, (SELECT count(*) FROM facts) AS facts,
               (SELECT count(*) FROM dead_letters WHERE state = 'parked') AS parked,
               (SELECT count(*) FROM outbox) AS outbox
        """
    )
    return DatabaseFigures(*row)


async def load_time(conn: Connection) -> datetime:
    """The database's own clock: the mark that news is counted from."""
    now: datetime = await conn.fetchval("SELECT clock_timestamp()")
    return now


async def count_saved_since(conn: Connection, since: datetime) -> int:
    """How many facts are new, or say something new, since then."""
    count: int = await conn.fetchval("SELECT count(*) FROM facts WHERE saved_at >= $1", since)
    return count


async def count_derived(conn: Connection) -> int:
    """How many people and jobs a rebuild derives."""
    count: int = await conn.fetchval(
        "SELECT (SELECT count(*) FROM people) + (SELECT count(*) FROM facts WHERE topic = 'job-opened')"
    )
    return count


async def is_known(conn: Connection, organization: str) -> bool:
    """True when there is any fact of an organisation."""
    known: bool = await conn.fetchval("SELECT EXISTS (SELECT FROM facts WHERE organization = $1)", organization)
    return known


async def load_organizations(conn: Connection) -> list[str]:
    """Every organisation that a service knows people of."""
    return [row[0] for row in await conn.fetch("SELECT DISTINCT organization FROM people ORDER BY 1")]


async def find_organizations_of(conn: Connection, candidate: str) -> list[str]:
    """Every organisation that knows somebody of this id."""
    rows = await conn.fetch("SELECT DISTINCT organization FROM facts WHERE candidate = $1 ORDER BY 1", candidate)
    return [row[0] for row in rows]


async def count_facts_of(conn: Connection, organization: str, candidates: list[str]) -> dict[str, int]:
    """How many facts an erasure of somebody would delete, by topic; what is derived from them goes with them."""
    rows = await conn.fetch(
        """
        SELECT f.topic, count(*) AS facts FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT topic FROM facts f WHERE f.organization = $1 AND f.candidate = k.candidate
                            OFFSET 0) f
        WHERE f.topic NOT IN ('candidate-erased', 'erasure-completed')
        GROUP BY f.topic ORDER BY f.topic
        """,
        organization,
        candidates,
    )
    return {row["topic"]: row["facts"] for row in rows}


class AuditedJob(NamedTuple):
    """A job that people were considered for; `closed_at`: None while it is open; `kept`: how many matches are kept."""

    organization: str
    job: str
    closed_at: datetime | None
    kept: int


class ConsideredMatch(NamedTuple):
    """One match that is kept, with what a person then did. `person`: a number made of the file's key."""

    person: str
    blockers: list[str]
    score: float | None
    meets: int
    of: int
    must_haves_missed: int
    run: str
    rules_version: str
    derived_at: datetime
    outcome: str | None
    reason: str | None
    reviewed_at: str | None


async def load_audited_jobs(conn: Connection, organization: str | None, job: str | None) -> list[AuditedJob]:
    """Every job that was opened, or those of one organisation, or of one id."""
    rows = await conn.fetch(
        """
        SELECT j.organization, j.job,
               CASE WHEN NOT j.is_open THEN (c.body ->> 'closed_at')::timestamptz END AS closed_at,
               (SELECT count(*) FROM shown_matches m WHERE m.organization = j.organization AND m.job = j.job) AS kept
        FROM jobs j
        LEFT JOIN facts c ON c.organization = j.organization AND c.fact = j.job AND c.topic = 'job-closed'
        WHERE ($1::text IS NULL OR j.organization = $1) AND ($2::text IS NULL OR j.job = $2)
        ORDER BY 1, 2
        """,
        organization,
        job,
    )
    return [AuditedJob(*row) for row in rows]


async def stream_considered(conn: Connection, job: AuditedJob, key: str) -> AsyncIterator[ConsideredMatch]:
    """The matches of one job that are kept, in the order of the people's numbers, which is no order of people."""
    rows = conn.stream(
        """
        SELECT encode(sha256(convert_to($3 || m.organization || '/' || m.candidate, 'UTF8')), 'hex') AS person,
               m.blockers, m.score, m.meets, m.of, m.must_haves_missed, m.run, r.rules_version, r.derived_at,
               f.body ->> 'outcome' AS outcome, f.body -> 'reason' ->> 'code' AS reason,
               f.body ->> 'reviewed_at' AS reviewed_at
        FROM shown_matches m
        JOIN runs r ON r.organization = m.organization AND r.run = m.run
        LEFT JOIN facts f ON f.organization = m.organization AND f.fact = m.match AND f.topic = 'match-reviewed'
        WHERE m.organization = $1 AND m.job = $2 ORDER BY 1
        """,
        job.organization,
        job.job,
        key,
    )
    async for row in rows:
        yield ConsideredMatch(*row)


async def load_settings(conn: Connection) -> dict[str, OrganizationConfigured]:
    """How each organisation wants things done, by its id."""
    rows = await conn.fetch(
        """
        SELECT organization, body FROM facts WHERE topic = 'organization-configured' AND fact = organization
        ORDER BY organization
        """
    )
    return {organization: OrganizationConfigured.model_validate_json(body) for organization, body in rows}
