"""The ledger of each mailbox: what reached it, whoever it was for; and the pace letters leave at."""

from collections.abc import Sequence
from typing import NamedTuple

from services.notifications.domain.pace import Lane
from services.notifications.domain.policy import Contact, LetterRefusal
from shared.contracts import Stream
from shared.kit.columns import parted
from shared.kit.db import Connection


class Reader(NamedTuple):
    """Somebody who reads, at which mailboxes (keyed hashes), under which ids."""

    organization: str
    mailboxes: Sequence[str]
    ids: Sequence[str]


Ledger = dict[str, Contact]  # by letter


class HeldLetter(NamedTuple):
    """A letter that the contact policy holds back."""

    organization: str
    letter: str
    because: LetterRefusal


async def lock_mailboxes(conn: Connection, readers: Sequence[Reader]) -> None:
    """Two people may share a mailbox: whoever writes to it next waits for this transaction."""
    await conn.execute(
        """
        SELECT pg_advisory_xact_lock(u.key) FROM (
            SELECT DISTINCT hashtextextended(organization || '/' || mailbox, 1) AS key
            FROM unnest($1::text[], $2::text[]) AS w(organization, mailbox) ORDER BY key OFFSET 0) u
        """,
        *parted([(r.organization, mailbox) for r in readers for mailbox in r.mailboxes]),
    )


async def load_ledgers(conn: Connection, readers: Sequence[Reader]) -> list[Ledger]:
    """For each reader what reached their mailboxes, and what was sent to them under any id, wherever it went."""
    boxes = [(n, r.organization, mailbox) for n, r in enumerate(readers) for mailbox in r.mailboxes]
    people = [(n, r.organization, candidate) for n, r in enumerate(readers) for candidate in r.ids]
    rows = await conn.fetch(
        """
        SELECT number, letter, stream, min(sent_at) AS sent_at FROM (
            SELECT m.number, l.letter, l.stream, l.sent_at
            FROM unnest($1::int[], $2::text[], $3::text[]) AS m(number, organization, mailbox)
            CROSS JOIN LATERAL (SELECT letter, stream, sent_at FROM ledger l
                                WHERE l.organization = m.organization AND l.mailbox = m.mailbox OFFSET 0) l
            UNION ALL
            SELECT k.number, f.fact, f.body ->> 'stream', f.time
            FROM unnest($4::int[], $5::text[], $6::text[]) AS k(number, organization, candidate)
            CROSS JOIN LATERAL (SELECT fact, body, time FROM facts f WHERE f.organization = k.organization
                                AND f.candidate = k.candidate AND f.topic = 'outreach-sent' OFFSET 0) f) said
        GROUP BY number, letter, stream
        """,
        *_columns(boxes),
        *_columns(people),
    )
    found: list[Ledger] = [{} for _ in readers]
    for number, letter, stream, sent_at in rows:
        found[number][letter] = Contact(Stream(stream), sent_at)
    return found


def _columns(rows: Sequence[tuple[int, str, str]]) -> list[list[int] | list[str]]:
    return [[n for n, _, _ in rows], [o for _, o, _ in rows], [x for _, _, x in rows]]


async def hold_letters(conn: Connection, held: Sequence[HeldLetter]) -> None:
    """The contact policy holds them back: why, and until when."""
    await conn.execute(
        """
        UPDATE letters l SET held_reason = u.reason, held_until = u.until
        FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS u(organization, letter, reason, until)
        WHERE l.organization = u.organization AND l.letter = u.letter
        """,
        [h.organization for h in held],
        [h.letter for h in held],
        [h.because.reason for h in held],
        [h.because.until for h in held],
    )


async def load_lanes(conn: Connection, lanes: Sequence[Lane]) -> dict[Lane, float]:
    """In how many seconds each lane is free, by the machine's clock; locked in the order of their names."""
    rows = await conn.fetch(
        """
        INSERT INTO lanes AS l (organization, lane, free_at)
        SELECT organization, lane, clock_timestamp()
        FROM unnest($1::text[], $2::text[]) AS w(organization, lane) ORDER BY organization, lane
        ON CONFLICT (organization, lane) DO UPDATE SET free_at = greatest(l.free_at, excluded.free_at)
        RETURNING organization, lane, extract(epoch FROM free_at - clock_timestamp())::float8 AS seconds
        """,
        *parted(lanes),
    )
    return {Lane(organization, lane): max(seconds, 0.0) for organization, lane, seconds in rows}


async def save_lanes(conn: Connection, free_in: dict[Lane, float]) -> None:
    """Keep when each lane is free again."""
    await conn.execute(
        """
        UPDATE lanes l SET free_at = clock_timestamp() + make_interval(secs => u.seconds)
        FROM unnest($1::text[], $2::text[], $3::float8[]) AS u(organization, lane, seconds)
        WHERE l.organization = u.organization AND l.lane = u.lane
        """,
        [lane.organization for lane in free_in],
        [lane.lane for lane in free_in],
        list(free_in.values()),
    )


async def delay_letters(conn: Connection, delays: Sequence[tuple[str, str, float]]) -> None:
    """These letters, (organisation, id, seconds), wait for their turn."""
    await conn.execute(
        """
        UPDATE letters l SET retry_at = clock_timestamp() + make_interval(secs => u.seconds)
        FROM unnest($1::text[], $2::text[], $3::float8[]) AS u(organization, letter, seconds)
        WHERE l.organization = u.organization AND l.letter = u.letter
        """,
        [o for o, _, _ in delays],
        [x for _, x, _ in delays],
        [s for _, _, s in delays],
    )
