"""Who waits for an answer, for what and on whom."""

from datetime import datetime
from typing import NamedTuple

from shared.kit.db import Connection

NOBODY = "~"  # stands behind every owner's id


class ListedWait(NamedTuple):
    """Somebody who waits, on whom, and since when."""

    missing: str
    application: str
    letter: str | None
    candidate: str
    job: str | None
    owner: str | None
    since: datetime
    due_at: datetime | None


class WaitSearch(NamedTuple):
    """Who waits, from which one on; `overdue_at`: only those whose promise was broken by then."""

    job: str | None
    owner: str | None
    missing: str | None
    jobs: list[str] | None
    overdue_at: datetime | None
    after: tuple[datetime, str]
    limit: int


class OwnerWaits(NamedTuple):
    """How many wait for one owner; None: for nobody in particular."""

    owner: str | None
    waiting: int
    overdue: int


async def load_waiting(conn: Connection, organization: str, wanted: WaitSearch) -> list[ListedWait]:
    """Everyone who waits, the longest first."""
    rows = await conn.fetch(
        """
        SELECT missing, application, letter, candidate, job, owner, since, due_at FROM waits
        WHERE organization = $1 AND (since, application) > ($7, $8)
          AND ($2::text IS NULL OR job = $2) AND ($3::text IS NULL OR owner = $3)
          AND ($4::text IS NULL OR missing = $4) AND ($5::text[] IS NULL OR job = ANY($5))
          AND ($6::timestamptz IS NULL OR due_at <= $6)
        ORDER BY since, application LIMIT $9
        """,
        organization,
        wanted.job,
        wanted.owner,
        wanted.missing,
        wanted.jobs,
        wanted.overdue_at,
        *wanted.after,
        wanted.limit,
    )
    return [ListedWait(*row) for row in rows]


async def load_totals(
    conn: Connection, organization: str, jobs: list[str] | None, now: datetime, after: str, limit: int
) -> list[OwnerWaits]:
    """How many wait for each owner, in the order of owners; last for nobody in particular."""
    rows = await conn.fetch(
        """
        SELECT owner, count(*) AS waiting, count(*) FILTER (WHERE due_at <= $3) AS overdue
        FROM waits
        WHERE organization = $1 AND ($2::text[] IS NULL OR job = ANY($2)) AND coalesce(owner, $6) COLLATE "C" > $4
        GROUP BY owner ORDER BY coalesce(owner, $6) COLLATE "C" LIMIT $5
        """,
        organization,
        jobs,
        now,
        after,
        limit,
        NOBODY,
    )
    return [OwnerWaits(*row) for row in rows]
