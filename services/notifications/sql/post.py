"""Letters on their way: found, claimed under a lease, stored as they leave, and what became of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.policy import Contact, Refusal
from shared.contracts import Stream
from shared.kit.db import Connection
from shared.kit.people import Pair, People


class Claimed(NamedTuple):
    """A letter that may leave now. `content` is what left before, when nobody knows whether it arrived."""

    organization: str
    letter: str
    kind: str
    about: str
    variant: str
    stream: str
    recipient: str
    candidate: str
    application: str | None
    job: str | None
    match: str | None
    cause_topic: str
    cause_fact: str
    asks_pool: bool
    attempts: int
    language: str | None
    message_id: str | None
    sender: str | None
    address: str | None
    content: bytes | None


class Envelope(NamedTuple):
    """A letter as it leaves the house."""

    organization: str
    letter: str
    mailbox: str
    message_id: str
    language: str
    sender: str
    address: str
    content: bytes


async def find_sendable(conn: Connection, now: datetime, limit: int) -> list[tuple[Pair, str]]:
    """(whose, which) letters may leave, or left without anybody knowing whether they arrived. Paused ones wait."""
    rows = await conn.fetch(
        """
        SELECT organization, candidate, letter FROM (
            (SELECT organization, candidate, letter, due_at FROM letters l
             WHERE state = 'ready' AND due_at <= $1 AND (retry_at IS NULL OR retry_at <= clock_timestamp())
               AND NOT EXISTS (SELECT FROM pauses p WHERE p.organization IN (l.organization, '*'))
             ORDER BY due_at LIMIT $2)
            UNION ALL
            (SELECT organization, candidate, letter, due_at FROM letters l
             WHERE state = 'sending' AND leased_until <= clock_timestamp()
               AND NOT EXISTS (SELECT FROM pauses p WHERE p.organization IN (l.organization, '*'))
             ORDER BY leased_until LIMIT $2)) found
        ORDER BY due_at LIMIT $2
        """,
        now,
        limit,
    )
    return [((row[0], row[1]), row[2]) for row in rows]


async def claim_letters(conn: Connection, letters: Sequence[tuple[str, str]], now: datetime) -> list[Claimed]:
    """Lock those of these letters, (organisation, id), that may still leave."""
    rows = await conn.fetch(
        """
        SELECT l.* FROM unnest($1::text[], $2::text[]) AS u(organization, letter)
        CROSS JOIN LATERAL (
            SELECT organization, letter, kind, about, variant, stream, recipient, candidate, application, job, match,
                   cause_topic, cause_fact, asks_pool, attempts, language, message_id, sender, address,
                   CASE WHEN state = 'sending' THEN content END AS content
            FROM letters l WHERE l.organization = u.organization AND l.letter = u.letter
              AND ((state = 'ready' AND due_at <= $3 AND (retry_at IS NULL OR retry_at <= clock_timestamp()))
                   OR (state = 'sending' AND leased_until <= clock_timestamp()))
            FOR UPDATE SKIP LOCKED) l
        """,
        [o for o, _ in letters],
        [x for _, x in letters],
        now,
    )
    return [Claimed(*row) for row in rows]


async def lock_mailbox(conn: Connection, organization: str, mailbox: str) -> None:
    """Two people may share a mailbox: whoever writes to it next waits for this transaction."""
    await conn.fetchval("SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 1))", organization, mailbox)


async def load_ledger(conn: Connection, organization: str, mailbox: str, ids: Sequence[str]) -> list[Contact]:
    """What reached this mailbox, and what was sent to this person under any id, wherever it went."""
    rows = await conn.fetch(
        """
        SELECT stream, min(sent_at) FROM (
            SELECT letter, stream, sent_at FROM ledger WHERE organization = $1 AND mailbox = $2
            UNION ALL
            SELECT f.fact, f.body ->> 'stream', f.time FROM unnest($3::text[]) AS k(candidate)
            CROSS JOIN LATERAL (SELECT fact, body, time FROM facts f WHERE f.organization = $1
                                AND f.candidate = k.candidate AND f.topic = 'outreach-sent' OFFSET 0) f) said
        GROUP BY letter, stream
        """,
        organization,
        mailbox,
        list(ids),
    )
    return [Contact(Stream(row[0]), row[1]) for row in rows]


async def hold_letter(conn: Connection, organization: str, letter: str, because: Refusal) -> None:
    """The contact policy holds it back: why, and until when."""
    await conn.execute(
        """
        UPDATE letters SET held_reason = $3, held_until = $4
        WHERE organization = $1 AND letter = $2
        """,
        organization,
        letter,
        because.reason,
        because.until,
    )


async def put_on_its_way(conn: Connection, envelope: Envelope, stream: str, now: datetime, lease: float) -> None:
    """Keep the bytes before they leave, under a lease, and count the letter in the mailbox's ledger."""
    await conn.execute(
        """
        UPDATE letters SET state = 'sending', mailbox = $3, message_id = $4, language = $5, sender = $6, address = $7,
                           content = $8, leased_until = clock_timestamp() + make_interval(secs => $9), reason = NULL
        WHERE organization = $1 AND letter = $2
        """,
        *envelope,
        lease,
    )
    await conn.execute(
        """
        INSERT INTO ledger (organization, mailbox, letter, stream, sent_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organization, mailbox, letter) DO NOTHING
        """,
        envelope.organization,
        envelope.mailbox,
        envelope.letter,
        stream,
        now,
    )


async def renew_lease(conn: Connection, organization: str, letter: str, lease: float) -> None:
    """Nobody knows whether it arrived: the same bytes leave again when the lease is over."""
    await conn.execute(
        """
        UPDATE letters SET leased_until = clock_timestamp() + make_interval(secs => $3), attempts = attempts + 1
        WHERE organization = $1 AND letter = $2 AND state = 'sending'
        """,
        organization,
        letter,
        lease,
    )


async def finish_letter(conn: Connection, organization: str, letter: str, now: datetime) -> bool:
    """The mail server took it. False when it is no longer on its way: sent already, or its person erased."""
    status = await conn.execute(
        """
        UPDATE letters SET state = 'sent', sent_at = $3, due_at = NULL, leased_until = NULL, until = NULL
        WHERE organization = $1 AND letter = $2 AND state = 'sending'
        """,
        organization,
        letter,
        now,
    )
    return status.endswith(" 1")


async def return_letter(conn: Connection, organization: str, letter: str, pause: float) -> None:
    """It surely did not leave: decide again after a pause."""
    await conn.execute(
        """
        WITH returned AS (
            UPDATE letters SET state = 'ready', retry_at = clock_timestamp() + make_interval(secs => $3),
                               attempts = attempts + 1, content = NULL, leased_until = NULL
            WHERE organization = $1 AND letter = $2 AND state = 'sending'
            RETURNING organization, mailbox, letter
        )
        DELETE FROM ledger g USING returned r
        WHERE g.organization = r.organization AND g.mailbox = r.mailbox AND g.letter = r.letter
        """,
        organization,
        letter,
        pause,
    )


async def fail_letter(conn: Connection, organization: str, letter: str, reason: str, now: datetime) -> None:
    """The mail server refuses it for good."""
    await conn.execute(
        """
        WITH failed AS (
            UPDATE letters SET state = 'failed', reason = $3, failed_at = $4, due_at = NULL, leased_until = NULL,
                               content = NULL
            WHERE organization = $1 AND letter = $2 AND state IN ('ready', 'sending')
            RETURNING organization, mailbox, letter
        )
        DELETE FROM ledger g USING failed f
        WHERE g.organization = f.organization AND g.mailbox = f.mailbox AND g.letter = f.letter
        """,
        organization,
        letter,
        reason,
        now,
    )


def only(people: People, letters: Sequence[tuple[Pair, str]]) -> list[tuple[str, str]]:
    """Those of these letters whose people are locked."""
    held = set(zip(*people.ids, strict=True))
    return [(pair[0], letter) for pair, letter in letters if pair in held]
