"""Jobs: what was said of them, whether they are open, and who manages their hiring."""

from typing import Any

from services.interviews.domain.differences import Differences
from services.interviews.domain.jobs import JobState, JobStatus, ToldJob
from shared.contracts import EARLIEST
from shared.kit.db import Connection
from shared.kit.people import Jobs


async def load_heard_jobs(conn: Connection, jobs: Jobs) -> list[ToldJob]:
    """All that was said of these jobs."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.job, o.body ->> 'title' AS title, (o.body ->> 'opened_at')::timestamptz AS opened_at,
               (c.body ->> 'closed_at')::timestamptz AS closed_at,
               ARRAY(SELECT DISTINCT member ->> 'user' FROM jsonb_array_elements(o.body -> 'team') AS t(member)
                     WHERE member ->> 'role' = 'hiring_manager' ORDER BY 1) AS managers,
               o.body ->> 'family' AS family, o.body ->> 'department' AS department, o.body ->> 'cycle' AS cycle,
               ARRAY(SELECT DISTINCT member ->> 'user' FROM jsonb_array_elements(o.body -> 'team') AS t(member)
                     ORDER BY 1) AS team
        FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        LEFT JOIN LATERAL (SELECT body FROM facts o WHERE o.organization = k.organization AND o.fact = k.job
                           AND o.topic = 'job-opened' OFFSET 0) o ON true
        LEFT JOIN LATERAL (SELECT body FROM facts c WHERE c.organization = k.organization AND c.fact = k.job
                           AND c.topic = 'job-closed' OFFSET 0) c ON true
        WHERE o.body IS NOT NULL OR c.body IS NOT NULL
        """,
        *jobs.columns,
    )
    return [
        ToldJob._make((*said, tuple(managers), family, department, cycle, tuple(team)))
        for *said, managers, family, department, cycle, team in rows
    ]


async def load_jobs(conn: Connection, jobs: Jobs) -> list[JobStatus]:
    """What is kept of these jobs."""
    rows = await conn.fetch(
        """
        SELECT j.organization, j.job, j.title, j.state, j.opened_at, j.managers, j.family, j.cycle, j.team, j.spelled
        FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (SELECT * FROM jobs j WHERE j.organization = k.organization AND j.job = k.job OFFSET 0) j
        """,
        *jobs.columns,
    )
    return [to_job(row) for row in rows]


def to_job(row: Any) -> JobStatus:
    """A row of the table, its columns in the table's order."""
    organization, job, title, state, opened_at, managers, family, cycle, team, spelled = row
    return JobStatus(
        organization, job, title, JobState(state), opened_at, tuple(managers), family, cycle, tuple(team), spelled
    )


async def save_jobs(conn: Connection, differences: Differences[JobStatus]) -> None:
    """Write what changed and remove what is gone. The only writer of the table."""
    if differences.gone:
        await _delete(conn, differences.gone)
    if differences.changed:
        await _upsert(conn, sorted(differences.changed, key=lambda j: j.key))


async def _delete(conn: Connection, gone: list[JobStatus]) -> None:
    await conn.execute(
        """
        DELETE FROM jobs j USING unnest($1::text[], $2::text[]) AS k(organization, job)
        WHERE j.organization = k.organization AND j.job = k.job
        """,
        [j.organization for j in gone],
        [j.job for j in gone],
    )


async def _upsert(conn: Connection, jobs: list[JobStatus]) -> None:
    await conn.execute(
        """
        INSERT INTO jobs (organization, job, title, state, opened_at, managers, family, cycle, team, spelled,
                          listed_at)
        SELECT organization, job, title, state, opened_at, string_to_array(managers, ','), family, cycle,
               string_to_array(team, ','), spelled, coalesce(opened_at, $11)
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[],
                    $8::text[], $9::text[], $10::text[])
             AS u(organization, job, title, state, opened_at, managers, family, cycle, team, spelled)
        ON CONFLICT (organization, job) DO UPDATE
        SET (title, state, opened_at, managers, family, cycle, team, spelled, listed_at)
          = (excluded.title, excluded.state, excluded.opened_at, excluded.managers, excluded.family, excluded.cycle,
             excluded.team, excluded.spelled, excluded.listed_at)
        """,
        [j.organization for j in jobs],
        [j.job for j in jobs],
        [j.title for j in jobs],
        [j.state for j in jobs],
        [j.opened_at for j in jobs],
        [",".join(j.managers) for j in jobs],
        [j.family for j in jobs],
        [j.cycle for j in jobs],
        [",".join(j.team) for j in jobs],
        [j.spelled for j in jobs],
        EARLIEST,
    )
