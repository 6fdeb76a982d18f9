"""The read log: who opened which candidate. The application's role may add to it and read it, nothing else."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from shared.kit.db import Connection

KEPT_MONTHS = 24  # then the owner of the schema may trim it: `talentloop read-log trim`


class ReadLogEntry(NamedTuple):
    """Somebody who opened what is known of one candidate, by which route."""

    id: int
    at: datetime
    reader: str
    candidate: str
    route: str
    request: str


async def note_reading(
    conn: Connection,
    organization: str,
    reader: str,
    candidates: Iterable[str],
    *,
    at: datetime,
    route: str,
    request: str,
) -> None:
    """Somebody opens these candidates, in the transaction that shows them."""
    await conn.execute(
        """
        INSERT INTO reads (organization, at, reader, candidate, route, request)
        SELECT $1, $4, $2, candidate, $5, $6 FROM unnest($3::text[]) AS u(candidate) ORDER BY candidate
        """,
        organization,
        reader,
        sorted(set(candidates)),
        at,
        route,
        request,
    )


async def list_readings(conn: Connection, organization: str, before: int, limit: int) -> list[ReadLogEntry]:
    """Who opened whom, the newest first, before a place."""
    rows = await conn.fetch(
        """
        SELECT id, at, reader, candidate, route, request FROM reads
        WHERE organization = $1 AND id < $2 ORDER BY id DESC LIMIT $3
        """,
        organization,
        before,
        limit,
    )
    return [ReadLogEntry(*row) for row in rows]


async def list_readings_by(
    conn: Connection, organization: str, reader: str, before: int, limit: int
) -> list[ReadLogEntry]:
    """The same of one reader."""
    rows = await conn.fetch(
        """
        SELECT id, at, reader, candidate, route, request FROM reads
        WHERE organization = $1 AND reader = $2 AND id < $3 ORDER BY id DESC LIMIT $4
        """,
        organization,
        reader,
        before,
        limit,
    )
    return [ReadLogEntry(*row) for row in rows]


async def list_readings_of(
    conn: Connection, organization: str, candidates: list[str], reader: str | None, before: int, limit: int
) -> list[ReadLogEntry]:
    """The same of these candidates, by one reader where given."""
    rows = await conn.fetch(
        """
        SELECT r.id, r.at, r.reader, r.candidate, r.route, r.request
        FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (
            SELECT * FROM reads r WHERE r.organization = $1 AND r.candidate = k.candidate AND r.id < $4
              AND ($3::text IS NULL OR r.reader = $3) ORDER BY r.id DESC LIMIT $5) r
        ORDER BY r.id DESC LIMIT $5
        """,
        organization,
        candidates,
        reader,
        before,
        limit,
    )
    return [ReadLogEntry(*row) for row in rows]


async def trim(conn: Connection, now: datetime, months: int) -> int:
    """Delete what is older; how many. Needs the owner of the schema: the application's role may not."""
    status = await conn.execute(
        "DELETE FROM reads WHERE at < $1::timestamptz - make_interval(months => $2)", now, months
    )
    return int(status.split()[-1])
