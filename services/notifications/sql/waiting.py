"""Who waits for an answer, for what and on whom."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from shared.kit.db import Connection

NOBODY = "~"  # stands behind every owner's id
NEVER = datetime(2101, 1, 1, tzinfo=UTC)  # stands behind every day that may be promised


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


class WaitOrder(StrEnum):
    """Who comes first."""

    SINCE = "since"
    DUE = "due"


class WaitSearch(NamedTuple):
    """Who waits, in which order, from which one on; `overdue_at`: only those whose promise was broken by then."""

    job: str | None
    owner: str | None
    missing: str | None
    jobs: list[str] | None
    overdue_at: datetime | None
    order: WaitOrder
    after: tuple[datetime, str]
    limit: int

    def place_of(self, wait: ListedWait) -> tuple[datetime, str]:
        """Where it stands in this order."""
        at = wait.since if self.order is WaitOrder.SINCE else wait.due_at or NEVER
        return at, wait.application


class OwnerWaits(NamedTuple):
    """How many wait for one owner; None: for nobody in particular."""

    owner: str | None
    waiting: int
    overdue: int


async def load_waiting(conn: Connection, organization: str, wanted: WaitSearch) -> list[ListedWait]:
    """Everyone who waits: the longest first, or whose promise ended or ends first."""
    if wanted.order is WaitOrder.DUE:
        return await _load_by_due(conn, organization, wanted)
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


async def _load_by_due(conn: Connection, organization: str, wanted: WaitSearch) -> list[ListedWait]:
    rows = await conn.fetch(
        """
        SELECT missing, application, letter, candidate, job, owner, since, due_at FROM waits
        WHERE organization = $1
          AND (coalesce(due_at, timestamptz '2101-01-01 00:00+00'), application) > ($7, $8)
          AND ($2::text IS NULL OR job = $2) AND ($3::text IS NULL OR owner = $3)
          AND ($4::text IS NULL OR missing = $4) AND ($5::text[] IS NULL OR job = ANY($5))
          AND ($6::timestamptz IS NULL OR due_at <= $6)
        ORDER BY coalesce(due_at, timestamptz '2101-01-01 00:00+00'), application LIMIT $9
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
