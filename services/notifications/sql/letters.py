"""The letters, tasks and waits: their one writer, and how one is found."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from services.notifications.domain.letters import DerivedLetter
from services.notifications.domain.promise import Wait
from services.notifications.domain.tasks import DerivedTask
from shared.kit.db import Connection
from shared.kit.people import Pair, People


class ListedLetter(NamedTuple):
    """One letter as people see it."""

    letter: str
    kind: str
    variant: str
    about: str
    recipient: str
    candidate: str
    step: int
    stream: str
    application: str | None
    job: str | None
    cause_at: datetime
    send_at: datetime
    state: str
    reason: str | None
    until: datetime | None
    due_at: datetime | None
    sent_at: datetime | None
    language: str | None
    message_id: str | None


async def save_letters(conn: Connection, people: People, letters: Sequence[DerivedLetter]) -> None:
    """Keep these letters and no others of these people, but for those on their way or sent.

    A letter without a mailbox was sent by a database that was lost: only the log told of it, so it follows the facts.
    """
    await _delete_erased(conn, people)
    await conn.execute(
        """
        WITH wanted AS (
            SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[], $9::text[],
                                 $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
                                 $16::timestamptz[], $17::timestamptz[], $18::timestamptz[], $19::boolean[],
                                 $20::text[], $21::text[], $22::timestamptz[], $23::timestamptz[], $24::timestamptz[],
                                 $25::text[], $26::timestamptz[])
                 AS w(organization, kind, about, recipient, step, letter, variant, stream, application, job, match,
                      cause_topic, cause_fact, cause_at, send_at, stale_at, asks_pool, state, reason, until, due_at,
                      sent_at, candidate, silenced_at)
        ), gone AS (
            DELETE FROM letters l USING unnest($1::text[], $2::text[]) AS k(organization, candidate)
            WHERE l.organization = k.organization AND l.candidate = k.candidate
              AND (l.state NOT IN ('sending', 'sent') OR (l.state = 'sent' AND l.mailbox IS NULL))
              AND (l.organization, l.letter) NOT IN (SELECT organization, letter FROM wanted)
        )
        INSERT INTO letters AS l (organization, kind, about, recipient, step, letter, variant, stream, application, job,
                                  match, cause_topic, cause_fact, cause_at, send_at, stale_at, asks_pool, state, reason,
                                  until, due_at, sent_at, candidate, silenced_at)
        SELECT * FROM wanted ORDER BY organization, kind, about, recipient, step
        ON CONFLICT (organization, kind, about, recipient, step) DO UPDATE
        SET (variant, application, job, match, cause_topic, cause_fact, cause_at, send_at, stale_at, asks_pool, state,
             reason, until, due_at, sent_at, silenced_at)
          = (excluded.variant, excluded.application, excluded.job, excluded.match, excluded.cause_topic,
             excluded.cause_fact, excluded.cause_at, excluded.send_at, excluded.stale_at, excluded.asks_pool,
             excluded.state, excluded.reason, excluded.until, excluded.due_at, excluded.sent_at,
             excluded.silenced_at)
        WHERE (l.state NOT IN ('sending', 'sent') OR (l.state = 'sending' AND excluded.state = 'sent')
               OR (l.state = 'sent' AND l.mailbox IS NULL))
          AND (l.variant, l.application, l.job, l.match, l.cause_topic, l.cause_fact, l.cause_at, l.send_at, l.stale_at,
               l.asks_pool, l.state, l.reason, l.until, l.due_at, l.sent_at, l.silenced_at)
            IS DISTINCT FROM
              (excluded.variant, excluded.application, excluded.job, excluded.match, excluded.cause_topic,
               excluded.cause_fact, excluded.cause_at, excluded.send_at, excluded.stale_at, excluded.asks_pool,
               excluded.state, excluded.reason, excluded.until, excluded.due_at, excluded.sent_at, excluded.silenced_at)
        """,
        *people.ids,
        *_columns(letters),
    )


def _columns(letters: Sequence[DerivedLetter]) -> list[list[Any]]:
    rows = [
        (
            x.organization, x.kind, x.about, x.recipient, x.step, x.letter, x.variant, x.stream, x.application, x.job,
            x.match, x.cause.topic, x.cause.fact, x.cause_at, x.send_at, x.stale_at, x.asks_pool, x.state, x.reason,
            x.until, x.due_at, x.sent_at, x.candidate, x.silenced_at,
        )
        for x in letters
    ]  # fmt: skip
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(24)]


async def _delete_erased(conn: Connection, people: People) -> None:
    """Letters, verdicts, answers and tasks of whoever was erased since."""
    if not people.erased:
        return
    await conn.execute(
        """
        WITH erased AS (
            SELECT p.organization, p.candidate, p.erased_at
            FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
            CROSS JOIN LATERAL (SELECT * FROM people p WHERE p.organization = k.organization
                                AND p.candidate = k.candidate AND p.erased_at IS NOT NULL OFFSET 0) p
        ), letters_gone AS (
            DELETE FROM letters l USING erased e
            WHERE l.organization = e.organization AND l.candidate = e.candidate
              AND least(l.cause_at, l.sent_at) <= e.erased_at
            RETURNING l.organization, l.letter
        ), verdicts_gone AS (
            DELETE FROM verdicts v USING letters_gone g WHERE v.organization = g.organization AND v.letter = g.letter
        ), edits_gone AS (
            DELETE FROM edits e USING letters_gone g WHERE e.organization = g.organization AND e.letter = g.letter
        ), surveys_gone AS (
            DELETE FROM used_surveys s USING letters_gone g
            WHERE s.organization = g.organization AND s.letter = g.letter
        ), mail_gone AS (
            DELETE FROM incoming i USING erased e
            WHERE i.organization = e.organization AND i.candidate = e.candidate AND i.received_at <= e.erased_at
        )
        DELETE FROM tasks t USING erased e
        WHERE t.organization = e.organization AND t.candidate = e.candidate AND t.candidate <> ''
          AND t.since <= e.erased_at
        """,
        *people.ids,
    )


async def save_tasks(conn: Connection, people: People, tasks: Sequence[DerivedTask]) -> None:
    """Keep these tasks and no other open ones of these people, but the post's; what comes up again is open again."""
    await conn.execute(
        """
        WITH wanted AS (
            SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
                                 $9::timestamptz[], $10::text[])
                 AS w(organization, kind, about, candidate, owner, since, due_at, job)
        ), gone AS (
            DELETE FROM tasks t USING unnest($1::text[], $2::text[]) AS k(organization, candidate)
            WHERE t.organization = k.organization AND t.candidate = k.candidate AND t.candidate <> ''
              AND t.done_at IS NULL AND t.kind <> 'stuck_mail'
              AND (t.organization, t.kind, t.about) NOT IN (SELECT organization, kind, about FROM wanted)
        )
        INSERT INTO tasks AS t (organization, kind, about, candidate, owner, since, due_at, job)
        SELECT * FROM wanted ORDER BY organization, kind, about
        ON CONFLICT (organization, kind, about) DO UPDATE
        SET (candidate, owner, since, due_at, job, done_at, done_by)
          = (excluded.candidate, excluded.owner, excluded.since, excluded.due_at, excluded.job,
             CASE WHEN t.since = excluded.since THEN t.done_at END,
             CASE WHEN t.since = excluded.since THEN t.done_by END)
        WHERE (t.candidate, t.owner, t.since, t.due_at, t.job)
          IS DISTINCT FROM (excluded.candidate, excluded.owner, excluded.since, excluded.due_at, excluded.job)
        """,
        *people.ids,
        [t.organization for t in tasks],
        [t.kind for t in tasks],
        [t.about for t in tasks],
        [t.candidate for t in tasks],
        [t.owner for t in tasks],
        [t.since for t in tasks],
        [t.due_at for t in tasks],
        [t.job for t in tasks],
    )


async def save_common_task(conn: Connection, task: DerivedTask, addresses: int, within: timedelta) -> None:
    """Keep a task about nobody in particular once mail to so many people was refused within that time.

    Done, it stays done as long as the refusals do that it was done about.
    """
    await conn.execute(
        """
        INSERT INTO tasks AS t (organization, kind, about, candidate, owner, since, due_at, job)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8
        WHERE (SELECT count(DISTINCT candidate) FROM (
                   SELECT candidate FROM incoming
                   WHERE organization = $1 AND trouble = 'sender' AND received_at > $6::timestamptz - $10::interval
                   ORDER BY received_at DESC LIMIT 1000
               ) AS refused) >= $9
        ON CONFLICT (organization, kind, about) DO UPDATE
        SET (owner, since, due_at, done_at, done_by) = (excluded.owner, excluded.since, excluded.due_at, NULL, NULL)
        WHERE t.done_at <= excluded.since - $10::interval
        """,
        *task,
        addresses,
        within,
    )


async def save_waits(conn: Connection, people: People, waits: Sequence[Wait]) -> None:
    """Keep these waits and no others of these people."""
    await conn.execute(
        """
        WITH wanted AS (
            SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                                 $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[])
                 AS w(organization, application, missing, candidate, job, owner, since, due_at, next_at, letter)
        ), gone AS (
            DELETE FROM waits w USING unnest($1::text[], $2::text[]) AS k(organization, candidate)
            WHERE w.organization = k.organization AND w.candidate = k.candidate AND w.candidate <> ''
              AND (w.organization, w.application, w.missing) NOT IN
                  (SELECT organization, application, missing FROM wanted)
        )
        INSERT INTO waits AS w (organization, application, missing, candidate, job, owner, since, due_at, next_at,
                                letter)
        SELECT * FROM wanted ORDER BY organization, application, missing
        ON CONFLICT (organization, application, missing) DO UPDATE
        SET (candidate, job, owner, since, due_at, next_at, letter)
          = (excluded.candidate, excluded.job, excluded.owner, excluded.since, excluded.due_at, excluded.next_at,
             excluded.letter)
        WHERE (w.candidate, w.job, w.owner, w.since, w.due_at, w.next_at, w.letter)
          IS DISTINCT FROM (excluded.candidate, excluded.job, excluded.owner, excluded.since, excluded.due_at,
                            excluded.next_at, excluded.letter)
        """,
        *people.ids,
        [w.organization for w in waits],
        [w.application for w in waits],
        [w.missing for w in waits],
        [w.candidate for w in waits],
        [w.job for w in waits],
        [w.owner for w in waits],
        [w.since for w in waits],
        [w.due_at for w in waits],
        [w.next_at for w in waits],
        [w.letter for w in waits],
    )


async def find_due(conn: Connection, now: datetime, limit: int) -> list[Pair]:
    """Whose letters time alone may have changed."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT organization, candidate FROM (
            SELECT organization, candidate FROM letters
            WHERE state IN ('planned', 'waiting', 'suppressed') AND due_at IS NOT NULL AND due_at <= $1
            ORDER BY due_at LIMIT $2) due
        """,
        now,
        limit,
    )
    return [(organization, candidate) for organization, candidate in rows]


async def find_promised(conn: Connection, now: datetime, limit: int) -> list[Pair]:
    """Who waits for something that was promised until now."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT organization, candidate FROM (
            SELECT organization, candidate FROM waits
            WHERE next_at IS NOT NULL AND next_at <= $1 ORDER BY next_at LIMIT $2) due
        """,
        now,
        limit,
    )
    return [(organization, candidate) for organization, candidate in rows]


async def put_off_person(conn: Connection, pair: Pair, now: datetime, until: datetime) -> None:
    """Time alone changes nothing of this person's letters and waits before then."""
    await conn.execute(
        """
        WITH due AS (
            UPDATE waits SET next_at = $4
            WHERE organization = $1 AND candidate = $2 AND candidate <> '' AND next_at <= $3
        )
        UPDATE letters SET due_at = $4 WHERE organization = $1 AND candidate = $2 AND due_at <= $3
          AND state IN ('planned', 'waiting', 'suppressed')
        """,
        *pair,
        now,
        until,
    )


async def load_letter(conn: Connection, organization: str, letter: str) -> ListedLetter | None:
    """One letter, or None."""
    row = await conn.fetchrow(
        """
        SELECT letter, kind, variant, about, recipient, candidate, step, stream, application, job, cause_at, send_at,
               state, reason, until, due_at, sent_at, language, message_id
        FROM letters WHERE organization = $1 AND letter = $2
        """,
        organization,
        letter,
    )
    return ListedLetter(*row) if row else None


async def load_content(conn: Connection, organization: str, letter: str) -> bytes | None:
    """The bytes that left the house, or None."""
    content: bytes | None = await conn.fetchval(
        "SELECT content FROM letters WHERE organization = $1 AND letter = $2", organization, letter
    )
    return content
