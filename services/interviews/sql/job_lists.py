"""Pages of jobs, the newest opened first: filtered, only what the caller may see, with how many applied."""

from datetime import datetime
from typing import NamedTuple

from services.interviews.domain.jobs import JobStatus
from services.interviews.sql.jobs import to_job
from services.interviews.sql.lists import CallerScope, plan_for_filters
from shared.contracts import LATEST
from shared.kit.db import Connection

MOST_COUNTED = 10_000  # of one job's applications


class JobSearch(NamedTuple):
    """Which jobs, from which place on. `text`: somewhere in the title; `mine`: this user is on the team."""

    ids: list[str] | None = None
    state: str | None = None
    family: str | None = None
    cycle: str | None = None
    text: str | None = None
    mine: str | None = None
    after: tuple[datetime, str] = (LATEST, "~")
    limit: int = 50


class JobCounts(NamedTuple):
    """A job, how many applied for it, and how many of them wait for a decision."""

    job: JobStatus
    applications: int
    undecided: int


async def list_jobs(conn: Connection, organization: str, wanted: JobSearch, scope: CallerScope) -> list[JobCounts]:
    """Jobs, the newest opened first; last those that were closed before anybody heard of their opening."""
    await plan_for_filters(conn)
    rows = await conn.fetch(
        """
        SELECT j.organization, j.job, j.title, j.state, j.opened_at, j.managers, j.family, j.cycle, j.team, j.spelled,
               a.applications, a.undecided
        FROM (
            SELECT * FROM jobs
            WHERE organization = $1
              AND job <> '' AND (listed_at, job) < ($2, $3)
              AND ($4::text[] IS NULL OR job = ANY($4)) AND ($5::text IS NULL OR state = $5)
              AND ($6::text IS NULL OR family = $6) AND ($7::text IS NULL OR cycle = $7)
              AND ($8::text IS NULL OR strpos(spelled, $8) > 0) AND ($9::text IS NULL OR $9 = ANY(team))
              AND ($10::boolean OR job = ANY($11::text[]))
            ORDER BY listed_at DESC, job DESC LIMIT $12) j
        CROSS JOIN LATERAL (
            SELECT count(*) AS applications, count(*) FILTER (WHERE a.state = 'undecided') AS undecided
            FROM (SELECT state FROM applications a WHERE a.organization = $1 AND a.job = j.job
                  ORDER BY a.application LIMIT $13) a) a
        ORDER BY j.listed_at DESC, j.job DESC
        """,
        organization,
        *wanted.after,
        wanted.ids,
        wanted.state,
        wanted.family,
        wanted.cycle,
        wanted.text,
        wanted.mine,
        scope.everything,
        scope.jobs,
        wanted.limit,
        MOST_COUNTED,
    )
    return [JobCounts(to_job(job), applications, undecided) for *job, applications, undecided in rows]
