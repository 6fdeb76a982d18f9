"""Mail that came in: which letter it is about, what it was, and handing it on to a person."""

from datetime import datetime
from typing import NamedTuple

from shared.kit.db import Connection


class AnsweredLetter(NamedTuple):
    """A letter of ours that mail came back about. `has_bounced`: for good, as was said before."""

    organization: str
    letter: str
    kind: str
    stream: str
    candidate: str
    application: str | None
    job: str | None
    has_bounced: bool


class IncomingMail(NamedTuple):
    """One mail. `content`: its bytes, where a person is to read it."""

    organization: str
    mail: str
    letter: str
    candidate: str
    meaning: str
    trouble: str | None
    content: bytes | None


class Forward(NamedTuple):
    """A mail that a person waits for; its bytes may be many."""

    organization: str
    mail: str
    letter: str
    candidate: str
    job: str | None
    meaning: str
    attempts: int
    received_at: datetime


async def find_answered(conn: Connection, letter: str) -> AnsweredLetter | None:
    """The letter of this id, whoever's it is, if it left the house."""
    row = await conn.fetchrow(
        """
        SELECT l.organization, l.letter, l.kind, l.stream, l.candidate, l.application, l.job,
               EXISTS (SELECT FROM facts f WHERE f.organization = l.organization AND f.fact = l.letter
                       AND f.topic = 'outreach-bounced' AND f.body ->> 'bounce' = 'hard') AS has_bounced
        FROM letters l WHERE l.letter = $1 AND l.message_id IS NOT NULL
        """,
        letter,
    )
    return AnsweredLetter(*row) if row else None


async def save_incoming(conn: Connection, mail: IncomingMail, now: datetime) -> bool:
    """Keep it. False when it was kept before: whoever brought it did not hear our answer."""
    status = await conn.execute(
        """
        INSERT INTO incoming (organization, mail, letter, candidate, meaning, trouble, content, received_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (organization, mail) DO NOTHING
        """,
        *mail,
        now,
    )
    return status.endswith(" 1")


async def claim_forwards(conn: Connection, limit: int, lease: float) -> list[Forward]:
    """Mails to hand on now, none that are paused; nobody else takes them until the lease ends."""
    rows = await conn.fetch(
        """
        WITH due AS (
            SELECT organization, mail FROM incoming i
            WHERE content IS NOT NULL AND retry_at <= clock_timestamp()
              AND NOT EXISTS (SELECT FROM pauses p WHERE p.organization IN (i.organization, '*'))
            ORDER BY retry_at LIMIT $1 FOR UPDATE SKIP LOCKED
        ), claimed AS (
            UPDATE incoming i
            SET retry_at = clock_timestamp() + make_interval(secs => $2), attempts = attempts + 1
            FROM due d WHERE i.organization = d.organization AND i.mail = d.mail
            RETURNING i.organization, i.mail, i.letter, i.candidate, i.meaning, i.attempts, i.received_at
        )
        SELECT c.organization, c.mail, c.letter, c.candidate, l.job, c.meaning, c.attempts, c.received_at
        FROM claimed c
        LEFT JOIN LATERAL (SELECT job FROM letters l WHERE l.organization = c.organization AND l.letter = c.letter
                           OFFSET 0) l ON true
        """,
        limit,
        lease,
    )
    return [Forward(*row) for row in rows]


async def load_incoming(conn: Connection, forward: Forward) -> bytes | None:
    """The bytes of a mail, or None when they are no longer kept."""
    content: bytes | None = await conn.fetchval(
        "SELECT content FROM incoming WHERE organization = $1 AND mail = $2", forward.organization, forward.mail
    )
    return content


async def finish_forward(conn: Connection, forward: Forward, now: datetime) -> None:
    """A person has it: its bytes are no longer kept here, and nobody has to ask for them."""
    await conn.execute(
        """
        WITH asked AS (
            DELETE FROM tasks WHERE organization = $1 AND kind = 'stuck_mail' AND about = $2 AND done_at IS NULL
        )
        UPDATE incoming SET content = NULL, forwarded_at = $3 WHERE organization = $1 AND mail = $2
        """,
        forward.organization,
        forward.mail,
        now,
    )


async def delay_forward(conn: Connection, forward: Forward, seconds: float) -> None:
    """It was not taken: again later."""
    await conn.execute(
        """
        UPDATE incoming SET retry_at = clock_timestamp() + make_interval(secs => $3)
        WHERE organization = $1 AND mail = $2
        """,
        forward.organization,
        forward.mail,
        seconds,
    )
