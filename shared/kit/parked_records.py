"""Dead letters as the organisation that they name is told of them: why, and never what stood in them."""

from datetime import datetime
from typing import NamedTuple

from shared.kit.db import Connection


class OwnRecord(NamedTuple):
    """One dead letter as the organisation that it names is told of it: without key, value and headers."""

    record: int
    topic: str
    partition: int
    offset: int
    code: str
    field: str | None
    detail: str
    event: str | None
    source: str | None
    attempts: int
    first_at: datetime
    last_at: datetime
    state: str


class OwnCount(NamedTuple):
    """How many records of one source are parked for one reason, in the order in which they are listed."""

    code: str
    topic: str
    field: str | None
    source: str | None
    parked: int


async def count_parked_of(
    conn: Connection, organization: str, after: tuple[str, str, str, str], limit: int
) -> list[OwnCount]:
    """What is parked of one organisation, by reason, topic, field and source."""
    rows = await conn.fetch(
        """
        SELECT code, topic, field, source, count(*) AS parked FROM dead_letters
        WHERE organization = $1 AND state = 'parked'
          AND (code, topic, coalesce(field, ''), coalesce(source, '')) > ($2, $3, $4, $5)
        GROUP BY code, topic, field, source
        ORDER BY code, topic, coalesce(field, ''), coalesce(source, '') LIMIT $6
        """,
        organization,
        *after,
        limit,
    )
    return [OwnCount(*row) for row in rows]


async def find_parked_of(
    conn: Connection, organization: str, code: str | None, before: int, limit: int
) -> list[OwnRecord]:
    """What is parked of one organisation, newest first, of one code where given."""
    rows = await conn.fetch(
        """
        SELECT id AS record, topic, partition, "offset", code, field, detail, event, source, attempts, first_at,
               last_at, state
        FROM dead_letters
        WHERE organization = $1 AND state = 'parked' AND id < $2 AND ($3::text IS NULL OR code = $3)
        ORDER BY id DESC LIMIT $4
        """,
        organization,
        before,
        code,
        limit,
    )
    return [OwnRecord(*row) for row in rows]


async def find_record_of(conn: Connection, organization: str, record: int) -> OwnRecord | None:
    """One dead letter of an organisation in any state, locked, or None."""
    row = await conn.fetchrow(
        """
        SELECT id AS record, topic, partition, "offset", code, field, detail, event, source, attempts, first_at,
               last_at, state
        FROM dead_letters WHERE id = $1 AND organization = $2 FOR UPDATE
        """,
        record,
        organization,
    )
    return OwnRecord(*row) if row else None
