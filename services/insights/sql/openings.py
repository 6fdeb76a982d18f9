"""Jobs: what was asked for, and how each ended."""

from collections.abc import Collection, Iterable
from typing import Any

from pydantic import TypeAdapter

from services.insights.domain.heard import HeardJob, WantedCompetency
from shared.contracts import JobOutcome, family_of
from shared.kit.columns import parted
from shared.kit.db import Connection
from shared.kit.people import Pair

_ASKED = TypeAdapter(tuple[WantedCompetency, ...])


async def load_openings(conn: Connection, jobs: Iterable[Pair]) -> dict[Pair, HeardJob]:
    """Those of these jobs, (organisation, job), that were opened at least once."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.job, o.body ->> 'title' AS title, o.body ->> 'family' AS family,
               o.body ->> 'department' AS department, o.body ->> 'cycle' AS cycle,
               (o.body ->> 'opened_at')::timestamptz AS opened_at, (c.body ->> 'closed_at')::timestamptz AS closed_at,
               c.body ->> 'outcome' AS outcome, o.asked,
               ARRAY(SELECT member.value ->> 'user' FROM jsonb_array_elements(o.body -> 'team') AS member(value)
                     WHERE member.value ->> 'role' = 'hiring_manager') AS team
        FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (
            SELECT body, (SELECT jsonb_agg(jsonb_build_array(c.value -> 'competency', c.value -> 'name',
                       c.value -> 'level', c.value -> 'must_have', c.value -> 'weight',
                       coalesce(c.value ->> 'kind', 'skill')))
                   FROM jsonb_array_elements(f.body -> 'competencies') AS c(value)) AS asked
            FROM facts f WHERE f.organization = k.organization AND f.fact = k.job AND f.topic = 'job-opened'
            OFFSET 0) o
        LEFT JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = k.organization AND f.fact = k.job
                           AND f.topic = 'job-closed' OFFSET 0) c ON true
        """,
        *parted(sorted(set(jobs))),
    )
    return {(row["organization"], row["job"]): _job(row) for row in rows}


def _job(row: Any) -> HeardJob:
    organization, job, title, family, department, cycle, opened_at, closed_at, outcome, asked, team = row
    return HeardJob(
        organization,
        job,
        title,
        family_of(family, department),
        cycle,
        opened_at,
        closed_at,
        JobOutcome(outcome) if outcome else None,
        _ASKED.validate_json(asked) if asked else (),
        tuple(team),
    )


async def load_job(conn: Connection, organization: str, job: str) -> HeardJob | None:
    """One job, or None of one that was never opened."""
    found = await load_openings(conn, [(organization, job)])
    return found.get((organization, job))


async def find_own_jobs(conn: Connection, organization: str, user: str) -> list[str]:
    """The jobs somebody manages the hiring for."""
    rows = await conn.fetch(
        """
        SELECT fact FROM facts
        WHERE organization = $1 AND topic = 'job-opened'
          AND body -> 'team' @> jsonb_build_array(jsonb_build_object('user', $2::text, 'role', 'hiring_manager'))
        ORDER BY fact
        """,
        organization,
        user,
    )
    return [row[0] for row in rows]


async def find_people_of(conn: Connection, jobs: Collection[Pair]) -> list[Pair]:
    """(organisation, candidate) of everyone who has a row that one of these jobs decides."""
    rows = await conn.fetch(
        """
        SELECT k.organization, c.candidate FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (SELECT candidate FROM candidacies c WHERE c.organization = k.organization
                            AND c.job = k.job OFFSET 0) c
        UNION
        SELECT k.organization, s.candidate FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (SELECT candidate FROM sittings s WHERE s.organization = k.organization
                            AND s.job = k.job OFFSET 0) s
        UNION
        SELECT k.organization, a.candidate FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (SELECT candidate FROM assessments a WHERE a.organization = k.organization
                            AND a.job = k.job OFFSET 0) a
        UNION
        SELECT k.organization, r.candidate FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (SELECT candidate FROM reuses r WHERE r.organization = k.organization
                            AND r.job = k.job AND r.job <> '' OFFSET 0) r
        """,
        *parted(sorted(jobs)),
    )
    return [(organization, candidate) for organization, candidate in rows]
