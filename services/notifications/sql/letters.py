"""The letters, tasks and waits: their one writer, and how one is found."""

from datetime import datetime, timedelta
from typing import NamedTuple

from services.notifications.domain.letters import DerivedLetter
from services.notifications.domain.promise import OpenPromise
from services.notifications.domain.requests import AskedWait
from services.notifications.domain.tasks import DerivedTask
from shared.kit.db import Connection
from shared.kit.derived import DerivedTable, DerivedTables
from shared.kit.people import Pair, People

# A letter without a mailbox was sent by a database that was lost: only the log told of it, so it follows the facts.
_IS_OURS = "t.state NOT IN ('sending', 'sent') OR (t.state = 'sent' AND t.mailbox IS NULL)"


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


LETTERS = DerivedTable[DerivedLetter](
    "letters",
    key=("organization", "kind", "about", "recipient", "step"),
    columns={
        "organization": "text", "kind": "text", "about": "text", "recipient": "text", "step": "int", "letter": "text",
        "variant": "text", "stream": "text", "application": "text", "job": "text", "match": "text",
        "cause_topic": "text", "cause_fact": "text", "cause_at": "timestamptz", "send_at": "timestamptz",
        "stale_at": "timestamptz", "asks_pool": "boolean", "state": "text", "reason": "text", "until": "timestamptz",
        "due_at": "timestamptz", "sent_at": "timestamptz", "candidate": "text", "silenced_at": "timestamptz",
        "told": "jsonb",
    },
    named={"cause_topic": "cause.topic", "cause_fact": "cause.fact"},
    once=["letter", "stream", "candidate"],
    removable=_IS_OURS,
    changeable=f"{_IS_OURS} OR (t.state = 'sending' AND excluded.state = 'sent')",
)  # fmt: skip

TASKS = DerivedTable[DerivedTask](
    "tasks",
    key=("organization", "kind", "about"),
    columns={
        "organization": "text", "kind": "text", "about": "text", "candidate": "text", "owner": "text",
        "since": "timestamptz", "due_at": "timestamptz", "job": "text",
    },
    resets={  # what comes up again is open again
        "done_at": "CASE WHEN t.since = excluded.since THEN t.done_at END",
        "done_by": "CASE WHEN t.since = excluded.since THEN t.done_by END",
    },
    removable="t.done_at IS NULL AND t.kind <> 'stuck_mail'",  # the post's own
)  # fmt: skip

WAITS = DerivedTable[OpenPromise](
    "waits",
    key=("organization", "application", "missing"),
    columns={
        "organization": "text", "application": "text", "missing": "text", "candidate": "text", "job": "text",
        "owner": "text", "since": "timestamptz", "due_at": "timestamptz", "next_at": "timestamptz", "letter": "text",
    },
)  # fmt: skip


ASKED_WAITS = DerivedTable[AskedWait](
    "asked_waits",
    key=("organization", "response"),
    columns={
        "organization": "text", "response": "text", "asked": "text", "missing": "text", "candidate": "text",
        "application": "text", "job": "text", "owner": "text", "since": "timestamptz", "due_at": "timestamptz",
        "letter": "text",
    },
)  # fmt: skip


LETTERS_AND_WORK = DerivedTables((LETTERS, TASKS, WAITS, ASKED_WAITS))


async def delete_erased(conn: Connection, people: People) -> None:
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
