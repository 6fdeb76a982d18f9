"""Dead letters: records that could not be accepted, kept with their original bytes until someone decides."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from shared.kit import cloudevents, outbox
from shared.kit.db import Connection

KEPT_DAYS = 30

# Every reason the kit parks a record for.
CODES = frozenset(
    {
        "invalid-field",
        "missing-attribute",
        "not-cloudevent",
        "not-json",
        "not-processable",
        "time-in-future",
        "time-out-of-range",
        "too-large",
        "unknown-version",
        "wrong-key",
        "wrong-type",
    }
)


class State(StrEnum):
    """What becomes of a parked record."""

    PARKED = "parked"
    REDRIVING = "redriving"
    REDRIVEN = "redriven"
    DISCARDED = "discarded"


class ConsumedRecord(NamedTuple):
    """One Kafka record as it was read; `topic` without the deployment's prefix, `timestamp` in milliseconds."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class DeadLetter(NamedTuple):
    """Why one record was parked: a stable code, the field where one is to blame, and never the value."""

    record: ConsumedRecord
    organization: str | None
    code: str
    field: str | None
    detail: str
    expected_key: str | None = None


async def park(conn: Connection, letters: Sequence[DeadLetter], now: datetime) -> None:
    """Keep each record with its reason; parked again, it counts another attempt."""
    if not letters:
        return
    names = [cloudevents.name_of(letter.record.value, letter.record.headers) for letter in letters]
    await conn.execute(
        """
        INSERT INTO dead_letters AS d (topic, partition, "offset", organization, key, value, headers, appended_at,
                                       code, field, detail, first_at, last_at, event, source)
        SELECT DISTINCT ON (topic, partition, "offset") topic, partition, "offset", organization, key, value, headers,
               to_timestamp(timestamp / 1000.0), code, field, detail, $12, $12, event, source
        FROM unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::bytea[], $6::bytea[], $7::bytea[],
                    $8::bigint[], $9::text[], $10::text[], $11::text[], $13::text[], $14::text[])
             AS u(topic, partition, "offset", organization, key, value, headers, timestamp, code, field, detail,
                  event, source)
        ON CONFLICT (topic, partition, "offset") DO UPDATE
        SET organization = excluded.organization, code = excluded.code, field = excluded.field,
            detail = excluded.detail, last_at = excluded.last_at,
            attempts = d.attempts + 1, state = CASE WHEN d.state = 'discarded' THEN d.state ELSE 'parked' END
        """,
        [letter.record.topic for letter in letters],
        [letter.record.partition for letter in letters],
        [letter.record.offset for letter in letters],
        [letter.organization for letter in letters],
        [letter.record.key for letter in letters],
        [letter.record.value for letter in letters],
        [outbox.pack(letter.record.headers) for letter in letters],
        [max(letter.record.timestamp, 0) for letter in letters],
        [letter.code for letter in letters],
        [letter.field for letter in letters],
        [letter.detail for letter in letters],
        now,
        [name.id for name in names],
        [name.source for name in names],
    )


async def find_redriving(conn: Connection, limit: int) -> list[ConsumedRecord]:
    """The records somebody asked to try again, oldest first."""
    rows = await conn.fetch(
        """
        SELECT topic, partition, "offset", (extract(epoch FROM appended_at) * 1000)::bigint AS timestamp, key, value,
               headers
        FROM dead_letters WHERE state = 'redriving' ORDER BY id LIMIT $1
        """,
        limit,
    )
    return [ConsumedRecord._make((*read, outbox.unpack(headers))) for *read, headers in rows]


async def settle_redriven(conn: Connection, records: Sequence[ConsumedRecord]) -> None:
    """Those of the records that were not parked again are done."""
    await conn.execute(
        """
        UPDATE dead_letters d SET state = 'redriven'
        FROM unnest($1::text[], $2::int[], $3::bigint[]) AS u(topic, partition, "offset")
        WHERE (d.topic, d.partition, d."offset") = (u.topic, u.partition, u."offset") AND d.state = 'redriving'
        """,
        [r.topic for r in records],
        [r.partition for r in records],
        [r.offset for r in records],
    )


async def expire(conn: Connection, now: datetime) -> int:
    """Delete what nobody decided on within 30 days; how many."""
    status = await conn.execute(
        "DELETE FROM dead_letters WHERE last_at < $1::timestamptz - make_interval(days => $2)", now, KEPT_DAYS
    )
    return int(status.split()[-1])


class Parked(NamedTuple):
    """One dead letter as a person sees it."""

    id: int
    topic: str
    partition: int
    offset: int
    organization: str | None
    code: str
    field: str | None
    detail: str
    attempts: int
    last_at: datetime
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


class Count(NamedTuple):
    """How many records of one source are parked for one reason."""

    code: str
    field: str | None
    topic: str
    source: str | None
    parked: int


async def count_parked(conn: Connection) -> list[Count]:
    """What is parked, by reason, field, topic and source, most first."""
    rows = await conn.fetch(
        """
        SELECT code, field, topic, source, count(*) AS parked FROM dead_letters WHERE state = 'parked'
        GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4
        """
    )
    return [Count(*row) for row in rows]


async def find_parked(conn: Connection, code: str | None, topic: str | None, limit: int) -> list[Parked]:
    """What is parked, newest first, of one code or topic where given."""
    rows = await conn.fetch(
        """
        SELECT id, topic, partition, "offset", organization, code, field, detail, attempts, last_at, key, value, headers
        FROM dead_letters
        WHERE state = 'parked' AND ($1::text IS NULL OR code = $1) AND ($2::text IS NULL OR topic = $2)
        ORDER BY id DESC LIMIT $3
        """,
        code,
        topic,
        limit,
    )
    return [Parked._make((*seen, outbox.unpack(headers))) for *seen, headers in rows]


async def find_one(conn: Connection, id: int) -> Parked | None:  # noqa: A002 - the column's name
    """One dead letter in any state, or None."""
    row = await conn.fetchrow(
        """
        SELECT id, topic, partition, "offset", organization, code, field, detail, attempts, last_at, key, value, headers
        FROM dead_letters WHERE id = $1
        """,
        id,
    )
    if row is None:
        return None
    *seen, headers = row
    return Parked._make((*seen, outbox.unpack(headers)))


async def find_parked_ids(
    conn: Connection, ids: Sequence[int] | None, code: str | None, topic: str | None
) -> list[int]:
    """The ids of parked records among `ids` (all when None), of one code or topic where given."""
    rows = await conn.fetch(
        """
        SELECT id FROM dead_letters WHERE state = 'parked' AND ($1::bigint[] IS NULL OR id = ANY($1))
          AND ($2::text IS NULL OR code = $2) AND ($3::text IS NULL OR topic = $3) ORDER BY id
        """,
        ids or None,
        code,
        topic,
    )
    return [row[0] for row in rows]


async def set_state(conn: Connection, ids: Sequence[int], state: str) -> None:
    """Redrive or discard these."""
    await conn.execute("UPDATE dead_letters SET state = $2 WHERE id = ANY($1::bigint[])", ids, state)
