"""Pages of interviews: by their ids, and in the order in which they begin; and how many there are."""

from datetime import datetime
from typing import NamedTuple

from services.interviews.domain.interviews import Interview
from services.interviews.sql.interviews import to_interview
from services.interviews.sql.lists import CallerScope, ListSearch, plan_for_filters
from shared.contracts import EARLIEST
from shared.kit.db import Connection


class Days(NamedTuple):
    """Interviews that begin within these instants, from which place on."""

    begin: datetime
    end: datetime
    after: tuple[datetime, str, str] = (EARLIEST, "", "")


async def list_interviews(
    conn: Connection, organization: str, wanted: ListSearch, scope: CallerScope
) -> list[Interview]:
    """Interviews in the order of their ids."""
    await plan_for_filters(conn)
    rows = await conn.fetch(
        """
        SELECT organization, candidate, interview, application, job, state, basis, starts_at, ended_at, interviewers,
               owed_by, due_at
        FROM interviews
        WHERE organization = $1 AND interview <> '' AND (interview, candidate) > ($2, $3)
          AND ($4::text IS NULL OR job = $4) AND ($5::text IS NULL OR candidate = $5)
          AND ($6::text IS NULL OR state = $6) AND ($11::text IS NULL OR application = $11)
          AND ($7::boolean OR job = ANY($8::text[]) OR $9 = ANY(interviewers))
        ORDER BY interview, candidate LIMIT $10
        """,
        organization,
        *wanted.after,
        wanted.job,
        wanted.candidate,
        wanted.state,
        scope.everything,
        scope.jobs,
        scope.user,
        wanted.limit,
        wanted.application,
    )
    return [to_interview(row) for row in rows]


async def list_interviews_by_start(
    conn: Connection, organization: str, wanted: ListSearch, days: Days, scope: CallerScope
) -> list[Interview]:
    """Interviews in the order in which they begin."""
    await plan_for_filters(conn)
    rows = await conn.fetch(
        """
        SELECT organization, candidate, interview, application, job, state, basis, starts_at, ended_at, interviewers,
               owed_by, due_at
        FROM interviews
        WHERE organization = $1 AND interview <> '' AND starts_at >= $2 AND starts_at < $3
          AND (starts_at, interview, candidate) > ($4, $5, $6)
          AND ($7::text IS NULL OR job = $7) AND ($8::text IS NULL OR candidate = $8)
          AND ($9::text IS NULL OR state = $9) AND ($10::text IS NULL OR application = $10)
          AND ($11::boolean OR job = ANY($12::text[]) OR $13 = ANY(interviewers))
        ORDER BY starts_at, interview, candidate LIMIT $14
        """,
        organization,
        days.begin,
        days.end,
        *days.after,
        wanted.job,
        wanted.candidate,
        wanted.state,
        wanted.application,
        scope.everything,
        scope.jobs,
        scope.user,
        wanted.limit,
    )
    return [to_interview(row) for row in rows]


async def count_interviews(
    conn: Connection, organization: str, wanted: ListSearch, scope: CallerScope
) -> dict[str, int]:
    """How many interviews are in each state; states that do not occur are left out."""
    await plan_for_filters(conn)
    rows = await conn.fetch(
        """
        SELECT state, count(*) AS interviews
        FROM interviews
        WHERE organization = $1 AND interview <> '' AND ($2::text IS NULL OR job = $2)
          AND ($3::text IS NULL OR candidate = $3) AND ($4::text IS NULL OR state = $4)
          AND ($5::boolean OR job = ANY($6::text[]) OR $7 = ANY(interviewers))
        GROUP BY state
        """,
        organization,
        wanted.job,
        wanted.candidate,
        wanted.state,
        scope.everything,
        scope.jobs,
        scope.user,
    )
    return {row["state"]: row["interviews"] for row in rows}
