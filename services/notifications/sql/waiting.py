"""Who waits for an answer, or for what they asked a person for, and on whom."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from shared.kit.db import Connection

NOBODY = "~"  # stands behind every owner's id
NEVER = datetime(2101, 1, 1, tzinfo=UTC)  # stands behind every day that may be promised


class ListedWait(NamedTuple):
    """Somebody who waits, on whom, and since when."""

    missing: str
    application: str | None
    letter: str | None
    candidate: str
    job: str | None
    owner: str | None
    since: datetime
    due_at: datetime | None
    response: str | None  # of what they asked a person for
    asked: str | None


class WaitOrder(StrEnum):
    """Who comes first."""

    SINCE = "since"
    DUE = "due"


class WaitSearch(NamedTuple):
    """Who waits, in which order, from which one on; `overdue_at`: only those whose promise was broken by then."""

    job: str | None
    owner: str | None
    missing: str | None
    asked: bool | None
    jobs: list[str] | None
    overdue_at: datetime | None
    order: WaitOrder
    after: tuple[datetime, str]
    limit: int

    def place_of(self, wait: ListedWait) -> tuple[datetime, str]:
        """Where it stands in this order."""
        at = wait.since if self.order is WaitOrder.SINCE else wait.due_at or NEVER
        return at, wait.response or wait.application or ""


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
        SELECT missing, application, letter, candidate, job, owner, since, due_at, response, asked FROM everyone_waiting
        WHERE organization = $1 AND (since, name) > ($7, $8)
          AND ($2::text IS NULL OR job = $2) AND ($3::text IS NULL OR owner = $3)
          AND ($4::text IS NULL OR missing = $4) AND ($5::text[] IS NULL OR job = ANY($5))
          AND ($6::timestamptz IS NULL OR due_at <= $6) AND ($10::boolean IS NULL OR (response IS NOT NULL) = $10)
        ORDER BY since, name LIMIT $9
        """,
        organization,
        wanted.job,
        wanted.owner,
        wanted.missing,
        wanted.jobs,
        wanted.overdue_at,
        *wanted.after,
        wanted.limit,
        wanted.asked,
    )
    return [ListedWait(*row) for row in rows]


async def _load_by_due(conn: Connection, organization: str, wanted: WaitSearch) -> list[ListedWait]:
    rows = await conn.fetch(
        """
        SELECT missing, application, letter, candidate, job, owner, since, due_at, response, asked FROM everyone_waiting
        WHERE organization = $1 AND (due_by, name) > ($7, $8)
          AND ($2::text IS NULL OR job = $2) AND ($3::text IS NULL OR owner = $3)
          AND ($4::text IS NULL OR missing = $4) AND ($5::text[] IS NULL OR job = ANY($5))
          AND ($6::timestamptz IS NULL OR due_at <= $6) AND ($10::boolean IS NULL OR (response IS NOT NULL) = $10)
        ORDER BY due_by, name LIMIT $9
        """,
        organization,
        wanted.job,
        wanted.owner,
        wanted.missing,
        wanted.jobs,
        wanted.overdue_at,
        *wanted.after,
        wanted.limit,
        wanted.asked,
    )
    return [ListedWait(*row) for row in rows]


async def load_totals(
    conn: Connection, organization: str, jobs: list[str] | None, now: datetime, after: str, limit: int
) -> list[OwnerWaits]:
    """How many wait for each owner, in the order of owners; last for nobody in particular."""
    rows = await conn.fetch(
        """
        SELECT owner, count(*) AS waiting, count(*) FILTER (WHERE due_at <= $3) AS overdue
        FROM everyone_waiting
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
