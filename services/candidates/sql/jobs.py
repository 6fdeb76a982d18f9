"""Jobs: which are open, in which family, and who may be looked at for them."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from services.candidates.domain.demand import OpenJob, Requirement
from shared.contracts import family_of, reading
from shared.kit.columns import parted
from shared.kit.db import Connection
from shared.kit.derived import DerivedTable
from shared.kit.people import Jobs, Pair, People, find_people


class JobSummary(NamedTuple):
    """One job as it stands."""

    organization: str
    job: str
    family: str
    cycle: str | None
    opened_at: datetime
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Open iff it was opened after it was closed."""
        return reading.stands(self.opened_at, self.closed_at)


async def load_known_jobs(conn: Connection, jobs: Jobs) -> list[JobSummary]:
    """Those of these jobs that were opened at least once."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.job, o.family, o.department, o.cycle, o.opened_at,
               (c.body ->> 'closed_at')::timestamptz AS closed_at
        FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (SELECT family, department, cycle, opened_at FROM openings o
                            WHERE o.organization = k.organization AND o.job = k.job OFFSET 0) o
        LEFT JOIN LATERAL (SELECT body FROM facts c WHERE c.organization = k.organization AND c.fact = k.job
                           AND c.topic = 'job-closed' OFFSET 0) c ON true
        """,
        *jobs.columns,
    )
    return [
        JobSummary(organization, job, family_of(family, department), *known)
        for organization, job, family, department, *known in rows
    ]


JOBS = DerivedTable[JobSummary](
    "jobs",
    key=("organization", "job"),
    columns={"organization": "text", "job": "text", "family": "text", "is_open": "boolean", "cycle": "text"},
    whose="job",
)


async def load_openings(conn: Connection, families: Iterable[Pair]) -> dict[Pair, list[OpenJob]]:
    """The open jobs of these families, with what they ask for."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.family, j.job, o.title, o.opened_at, o.competencies
        FROM unnest($1::text[], $2::text[]) AS k(organization, family)
        CROSS JOIN LATERAL (SELECT job FROM jobs j WHERE j.organization = k.organization AND j.family = k.family
                            AND j.is_open OFFSET 0) j
        CROSS JOIN LATERAL (SELECT title, opened_at, competencies FROM openings o
                            WHERE o.organization = k.organization AND o.job = j.job OFFSET 0) o
        ORDER BY k.organization, j.job
        """,
        *parted(sorted(set(families))),
    )
    return _by_family(rows)


async def load_openings_of(conn: Connection, jobs: Jobs, *, closed_too: bool) -> dict[Pair, list[OpenJob]]:
    """Those of these jobs that are open, or all of them, by family, with what they ask for."""
    rows = await conn.fetch(
        """
        SELECT k.organization, j.family, k.job, o.title, o.opened_at, o.competencies
        FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (SELECT family, is_open FROM jobs j WHERE j.organization = k.organization
                            AND j.job = k.job OFFSET 0) j
        CROSS JOIN LATERAL (SELECT title, opened_at, competencies FROM openings o
                            WHERE o.organization = k.organization AND o.job = k.job OFFSET 0) o
        WHERE j.is_open OR $3::boolean
        ORDER BY k.organization, k.job
        """,
        *jobs.columns,
        closed_too,
    )
    return _by_family(rows)


def _by_family(rows: Iterable[Any]) -> dict[Pair, list[OpenJob]]:
    found: dict[Pair, list[OpenJob]] = defaultdict(list)
    for organization, family, job, title, opened_at, competencies in rows:
        found[organization, family].append(
            OpenJob(organization, job, title, family, opened_at, _requirements(competencies))
        )
    return found


def _requirements(competencies: str) -> tuple[Requirement, ...]:
    return tuple(
        Requirement(c["competency"], c["name"], c["level"], c["must_have"], c["weight"])
        for c in json.loads(competencies)
    )


async def find_people_for(conn: Connection, jobs: Jobs) -> list[tuple[str, str, str]]:
    """(organisation, job, person) of everyone who may be looked at for these jobs, or who was.

    Applicants of the family's jobs; for the family `general` also whoever applied without a job.
    """
    rows = await conn.fetch(
        """
        SELECT DISTINCT f.organization, f.job, coalesce(p.person, f.candidate) AS person
        FROM (
            SELECT k.organization, k.job, a.candidate
            FROM unnest($1::text[], $2::text[]) AS k(organization, job)
            CROSS JOIN LATERAL (SELECT family, is_open FROM jobs j WHERE j.organization = k.organization
                                AND j.job = k.job OFFSET 0) j
            CROSS JOIN LATERAL (SELECT job FROM jobs s WHERE s.organization = k.organization
                                AND s.family = j.family OFFSET 0) s
            CROSS JOIN LATERAL (SELECT candidate FROM facts f WHERE f.organization = k.organization AND f.job = s.job
                AND f.topic IN ('application-submitted', 'application-decided') OFFSET 0) a
            WHERE j.is_open
            UNION ALL
            SELECT k.organization, k.job, a.candidate
            FROM unnest($1::text[], $2::text[]) AS k(organization, job)
            CROSS JOIN LATERAL (SELECT family, is_open FROM jobs j WHERE j.organization = k.organization
                                AND j.job = k.job OFFSET 0) j
            CROSS JOIN LATERAL (SELECT candidate FROM facts f WHERE f.organization = k.organization
                                AND f.topic = 'application-submitted' AND f.job IS NULL OFFSET 0) a
            WHERE j.is_open AND j.family = 'general'
            UNION ALL
            SELECT k.organization, k.job, m.candidate
            FROM unnest($1::text[], $2::text[]) AS k(organization, job)
            CROSS JOIN LATERAL (SELECT candidate FROM matches m WHERE m.organization = k.organization
                                AND m.job = k.job OFFSET 0) m
        ) f
        LEFT JOIN LATERAL (SELECT person FROM aliases a WHERE a.organization = f.organization
                           AND a.candidate = f.candidate OFFSET 0) p ON true
        ORDER BY 1, 2, 3
        """,
        *jobs.columns,
    )
    return [(organization, job, person) for organization, job, person in rows]


async def find_named(conn: Connection, jobs: Iterable[Pair]) -> list[Pair]:
    """(organisation, candidate) of everyone with an application, interview or match reviewed that names such a job."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT k.organization, f.candidate
        FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (
            SELECT candidate FROM facts f WHERE f.organization = k.organization AND f.job = k.job
              AND f.topic IN ('application-submitted', 'application-decided')
            UNION ALL
            SELECT candidate FROM facts f WHERE f.organization = k.organization AND f.job = k.job
              AND f.topic >= 'interview-cancelled' AND f.topic <= 'interview-scheduled'
            UNION ALL
            SELECT candidate FROM facts f WHERE f.organization = k.organization AND f.job = k.job
              AND f.topic = 'match-reviewed'
            OFFSET 0) f
        """,
        *parted(sorted(set(jobs))),
    )
    return [(organization, candidate) for organization, candidate in rows]


async def find_applicants_of(conn: Connection, jobs: Jobs) -> list[Pair]:
    """(organisation, person) of these jobs' applicants of whom any interview was heard, under whatever id."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT f.organization, f.person
        FROM (
            SELECT DISTINCT k.organization, coalesce(p.person, a.candidate) AS person
            FROM unnest($1::text[], $2::text[]) AS k(organization, job)
            CROSS JOIN LATERAL (SELECT candidate FROM facts f WHERE f.organization = k.organization AND f.job = k.job
                AND f.topic IN ('application-submitted', 'application-decided') OFFSET 0) a
            LEFT JOIN LATERAL (SELECT person FROM aliases s WHERE s.organization = k.organization
                               AND s.candidate = a.candidate OFFSET 0) p ON true
        ) f
        CROSS JOIN LATERAL (
            SELECT f.person AS candidate
            UNION ALL SELECT candidate FROM aliases s WHERE s.organization = f.organization AND s.person = f.person
                                                        AND s.person <> ''
            OFFSET 0) i
        CROSS JOIN LATERAL (SELECT FROM facts h WHERE h.organization = f.organization AND h.candidate = i.candidate
            AND h.topic >= 'feedback-submitted' AND h.topic <= 'interview-scheduled' LIMIT 1) h
        ORDER BY 1, 2
        """,
        *jobs.columns,
    )
    return [(organization, person) for organization, person in rows]


async def load_people(conn: Connection, pairs: Iterable[Pair]) -> People:
    """These people with all their ids, by any of them. Nobody is locked."""
    return People(await find_people(conn, pairs), {})
