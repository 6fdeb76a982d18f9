"""Letters on their way: found, claimed under a lease, stored as they leave, and what became of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from shared.kit.columns import parted
from shared.kit.db import Connection
from shared.kit.people import Pair, People


class ClaimedLetter(NamedTuple):
    """A letter that may leave now. `content` is what left before, when nobody knows whether it arrived."""

    organization: str
    letter: str
    kind: str
    about: str
    step: int
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


class OutgoingLetter(NamedTuple):
    """A letter as it leaves the house."""

    organization: str
    letter: str
    mailbox: str
    message_id: str
    language: str
    sender: str
    address: str
    content: bytes


class PausedLetter(NamedTuple):
    """A letter that is tried again after some seconds."""

    organization: str
    letter: str
    seconds: float


class FailedLetter(NamedTuple):
    """A letter that never will leave, and why."""

    organization: str
    letter: str
    reason: str


async def find_sendable(
    conn: Connection, now: datetime, limit: int, lease: float, kinds: Sequence[str] | None
) -> list[tuple[Pair, str]]:
    """(whose, which) letters may leave, or left without anybody knowing whether they arrived. Paused ones wait.

    `kinds`: of those that have not left yet only these. A database that was away let nobody keep a lease: none ends
    before there was time to.
    """
    rows = await conn.fetch(
        """
        SELECT organization, candidate, letter FROM (
            (SELECT organization, candidate, letter, due_at FROM letters l
             WHERE state = 'ready' AND due_at <= $1 AND (retry_at IS NULL OR retry_at <= clock_timestamp())
               AND ($3::text[] IS NULL OR kind = ANY($3))
               AND NOT EXISTS (SELECT FROM pauses p WHERE p.organization IN (l.organization, '*'))
             ORDER BY due_at LIMIT $2)
            UNION ALL
            (SELECT organization, candidate, letter, due_at FROM letters l
             WHERE state = 'sending' AND leased_until <= clock_timestamp()
               AND clock_timestamp() >= pg_postmaster_start_time() + make_interval(secs => $4)
               AND NOT EXISTS (SELECT FROM pauses p WHERE p.organization IN (l.organization, '*'))
             ORDER BY leased_until LIMIT $2)) found
        ORDER BY due_at LIMIT $2
        """,
        now,
        limit,
        kinds,
        lease,
    )
    return [((organization, candidate), letter) for organization, candidate, letter in rows]


async def claim_letters(conn: Connection, letters: Sequence[tuple[str, str]], now: datetime) -> list[ClaimedLetter]:
    """Lock those of these letters, (organisation, id), that may still leave."""
    rows = await conn.fetch(
        """
        SELECT l.* FROM unnest($1::text[], $2::text[]) AS u(organization, letter)
        CROSS JOIN LATERAL (
            SELECT organization, letter, kind, about, step, variant, stream, recipient, candidate, application, job,
                   match, cause_topic, cause_fact, asks_pool, attempts, language, message_id, sender, address,
                   CASE WHEN state = 'sending' THEN content END AS content
            FROM letters l WHERE l.organization = u.organization AND l.letter = u.letter
              AND ((state = 'ready' AND due_at <= $3 AND (retry_at IS NULL OR retry_at <= clock_timestamp()))
                   OR (state = 'sending' AND leased_until <= clock_timestamp()))
            FOR UPDATE SKIP LOCKED) l
        """,
        *parted(letters),
        now,
    )
    return [ClaimedLetter(*row) for row in rows]


async def load_coming(conn: Connection, organization: str, letter: str) -> ClaimedLetter | None:
    """A letter that has not left and still may; None for every other."""
    row = await conn.fetchrow(
        """
        SELECT organization, letter, kind, about, step, variant, stream, recipient, candidate, application, job, match,
               cause_topic, cause_fact, asks_pool, attempts, language, message_id, sender, address, NULL AS content
        FROM letters WHERE organization = $1 AND letter = $2 AND state IN ('planned', 'waiting', 'ready')
        """,
        organization,
        letter,
    )
    return ClaimedLetter(*row) if row else None


async def put_on_their_way(conn: Connection, envelopes: Sequence[OutgoingLetter], now: datetime, lease: float) -> None:
    """Keep the bytes before they leave, under a lease, and count each letter in the ledger of its mailbox."""
    await conn.execute(
        """
        WITH leaving AS (
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                                 $8::bytea[])
                 AS u(organization, letter, mailbox, message_id, language, sender, address, content)
        ), counted AS (
            INSERT INTO ledger (organization, mailbox, letter, stream, sent_at)
            SELECT u.organization, u.mailbox, u.letter, l.stream, $9
            FROM leaving u CROSS JOIN LATERAL (SELECT stream FROM letters l WHERE l.organization = u.organization
                                               AND l.letter = u.letter OFFSET 0) l
            ORDER BY u.organization, u.mailbox, u.letter
            ON CONFLICT (organization, mailbox, letter) DO NOTHING
        )
        UPDATE letters l
        SET state = 'sending', mailbox = u.mailbox, message_id = u.message_id, language = u.language,
            sender = u.sender, address = u.address, content = u.content, reason = NULL,
            leased_until = clock_timestamp() + make_interval(secs => $10)
        FROM leaving u WHERE l.organization = u.organization AND l.letter = u.letter
        """,
        *(list(column) for column in zip(*envelopes, strict=True)),
        now,
        lease,
    )


async def keep_leases(conn: Connection, letters: Sequence[tuple[str, str]], lease: float) -> None:
    """These letters, (organisation, id), are still being handed in."""
    await conn.execute(
        """
        UPDATE letters l SET leased_until = clock_timestamp() + make_interval(secs => $3)
        FROM unnest($1::text[], $2::text[]) AS u(organization, letter)
        WHERE l.organization = u.organization AND l.letter = u.letter AND l.state = 'sending'
        """,
        *parted(letters),
        lease,
    )


async def renew_leases(conn: Connection, letters: Sequence[PausedLetter]) -> None:
    """Nobody knows whether they arrived: the same bytes leave again when the lease is over."""
    await conn.execute(
        """
        UPDATE letters l
        SET leased_until = clock_timestamp() + make_interval(secs => u.pause), attempts = attempts + 1
        FROM unnest($1::text[], $2::text[], $3::float8[]) AS u(organization, letter, pause)
        WHERE l.organization = u.organization AND l.letter = u.letter AND l.state = 'sending'
        """,
        *_paused(letters),
    )


async def finish_letters(conn: Connection, letters: Sequence[tuple[str, str]], now: datetime) -> set[tuple[str, str]]:
    """The mail server took them. Those still on their way are told: not sent already, nor their person erased."""
    rows = await conn.fetch(
        """
        UPDATE letters l SET state = 'sent', sent_at = $3, due_at = NULL, leased_until = NULL, until = NULL
        FROM unnest($1::text[], $2::text[]) AS u(organization, letter)
        WHERE l.organization = u.organization AND l.letter = u.letter AND l.state = 'sending'
        RETURNING l.organization, l.letter
        """,
        *parted(letters),
        now,
    )
    return {(organization, letter) for organization, letter in rows}


async def return_letters(conn: Connection, letters: Sequence[PausedLetter], *, tried: bool) -> None:
    """They surely did not leave: decide again after a pause. `tried`: it counts as an attempt."""
    await conn.execute(
        """
        WITH returned AS (
            UPDATE letters l
            SET state = 'ready', retry_at = clock_timestamp() + make_interval(secs => u.pause),
                attempts = attempts + $4, content = NULL, leased_until = NULL
            FROM unnest($1::text[], $2::text[], $3::float8[]) AS u(organization, letter, pause)
            WHERE l.organization = u.organization AND l.letter = u.letter AND l.state = 'sending'
            RETURNING l.organization, l.mailbox, l.letter
        )
        DELETE FROM ledger g USING returned r
        WHERE g.organization = r.organization AND g.mailbox = r.mailbox AND g.letter = r.letter
        """,
        *_paused(letters),
        int(tried),
    )


async def put_off(conn: Connection, organization: str, letter: str, seconds: float) -> None:
    """It could not be looked at: again later, as it stands."""
    await conn.execute(
        """
        UPDATE letters SET retry_at = clock_timestamp() + make_interval(secs => $3),
               leased_until = CASE WHEN state = 'sending' THEN clock_timestamp() + make_interval(secs => $3) END
        WHERE organization = $1 AND letter = $2 AND state IN ('ready', 'sending')
        """,
        organization,
        letter,
        seconds,
    )


async def fail_letters(conn: Connection, letters: Sequence[FailedLetter], now: datetime) -> None:
    """They never will leave: no mail can be made, or the mail server refuses for good."""
    await conn.execute(
        """
        WITH failed AS (
            UPDATE letters l SET state = 'failed', reason = u.reason, failed_at = $4, due_at = NULL,
                                 leased_until = NULL, content = NULL
            FROM unnest($1::text[], $2::text[], $3::text[]) AS u(organization, letter, reason)
            WHERE l.organization = u.organization AND l.letter = u.letter AND l.state IN ('ready', 'sending')
            RETURNING l.organization, l.mailbox, l.letter
        )
        DELETE FROM ledger g USING failed f
        WHERE g.organization = f.organization AND g.mailbox = f.mailbox AND g.letter = f.letter
        """,
        [f.organization for f in letters],
        [f.letter for f in letters],
        [f.reason for f in letters],
        now,
    )


def _paused(letters: Sequence[PausedLetter]) -> tuple[list[str], list[str], list[float]]:
    return [p.organization for p in letters], [p.letter for p in letters], [p.seconds for p in letters]


def only(people: People, letters: Sequence[tuple[Pair, str]]) -> list[tuple[str, str]]:
    """Those of these letters whose people are locked."""
    held = set(zip(*people.ids, strict=True))
    return [(pair[0], letter) for pair, letter in letters if pair in held]
