"""What people and their links ask for: approvals, answers, tasks, what is paused."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.records import RecipientRecord
from services.notifications.domain.requests import REQUESTS, RequestEnd
from shared.contracts import RequestAnswered
from shared.kit.db import Connection
from shared.kit.derived import DerivedTable
from shared.kit.people import People


class ShownTask(NamedTuple):
    """Something for a person to look at."""

    kind: str
    about: str
    candidate: str
    owner: str | None
    since: datetime
    due_at: datetime
    done_at: datetime | None
    done_by: str | None
    job: str | None
    letter: str | None = None  # that is to answer it
    words: str | None = None  # what the candidate wrote to it


class Verdict(NamedTuple):
    """What a person decided about a letter."""

    letter: str
    verdict: str
    reason: str | None
    by: str
    not_before: datetime | None = None
    basis: str | None = None


async def find_known(conn: Connection, organization: str, candidate: str) -> bool:
    """True when anything is known about somebody of this id."""
    return bool(
        await conn.fetchval(
            "SELECT EXISTS (SELECT FROM facts WHERE organization = $1 AND candidate = $2)", organization, candidate
        )
    )


class ReaderAddress(NamedTuple):
    """At which address somebody of this id reads."""

    organization: str
    candidate: str
    address: str


_READERS = DerivedTable[ReaderAddress](
    "readers",
    key=("organization", "candidate"),
    columns={"organization": "text", "candidate": "text", "address": "text"},
)


async def save_readers(conn: Connection, people: People, records: Sequence[RecipientRecord]) -> None:
    """Keep at which address these people read now, under each of their ids."""
    reading = [
        ReaderAddress(r.organization.organization, candidate, r.profile.email.casefold())
        for r in records
        if r.profile and r.profile.email
        for candidate in r.ids
    ]
    await _READERS.keep(conn, people.ids, reading)


async def find_sharing(conn: Connection, organization: str, candidate: str) -> list[str]:
    """Every id whose profile names the address that this id's profile names; the id itself first."""
    rows = await conn.fetch(
        """
        SELECT r.candidate FROM readers mine
        CROSS JOIN LATERAL (SELECT candidate FROM readers r WHERE r.organization = mine.organization
                            AND r.address = mine.address OFFSET 0) r
        WHERE mine.organization = $1 AND mine.candidate = $2
        ORDER BY r.candidate
        """,
        organization,
        candidate,
    )
    return [candidate, *(row[0] for row in rows if row[0] != candidate)]


async def load_verdict(conn: Connection, organization: str, letter: str) -> Verdict | None:
    """What a person decided about a letter last, or None."""
    row = await conn.fetchrow(
        """
        SELECT letter, verdict, reason, by_user AS by, not_before, basis FROM verdicts
        WHERE organization = $1 AND letter = $2
        """,
        organization,
        letter,
    )
    return Verdict(*row) if row else None


async def save_verdicts(conn: Connection, organization: str, verdicts: Sequence[Verdict], now: datetime) -> None:
    """Keep what a person decided, for the cause and the words each letter has now."""
    await conn.execute(
        """
        INSERT INTO verdicts (organization, letter, verdict, verdict_on, variant, reason, by_user, given_at, not_before,
                              basis)
        SELECT $1, l.letter, u.verdict, l.cause_at, l.variant, u.reason, u.by_user, $6, u.not_before, u.basis
        FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $7::timestamptz[], $8::text[])
             AS u(letter, verdict, reason, by_user, not_before, basis)
        CROSS JOIN LATERAL (SELECT * FROM letters l WHERE l.organization = $1 AND l.letter = u.letter OFFSET 0) l
        ORDER BY l.letter
        ON CONFLICT (organization, letter) DO UPDATE
        SET (verdict, verdict_on, variant, reason, by_user, given_at, not_before, basis)
          = (excluded.verdict, excluded.verdict_on, excluded.variant, excluded.reason, excluded.by_user,
             excluded.given_at, excluded.not_before, excluded.basis)
        """,
        organization,
        [v.letter for v in verdicts],
        [v.verdict for v in verdicts],
        [v.reason for v in verdicts],
        [v.by for v in verdicts],
        now,
        [v.not_before for v in verdicts],
        [v.basis for v in verdicts],
    )


async def delete_verdict(conn: Connection, organization: str, letter: str) -> None:
    """Nobody has decided about a letter after all."""
    await conn.execute("DELETE FROM verdicts WHERE organization = $1 AND letter = $2", organization, letter)


class TaskSearch(NamedTuple):
    """Which open tasks, from which one on; `jobs`: of these only, where somebody may not see every job."""

    owner: str | None
    kind: str | None
    jobs: list[str] | None
    after: tuple[datetime, str, str]
    limit: int


async def load_tasks(conn: Connection, organization: str, wanted: TaskSearch) -> list[ShownTask]:
    """Open tasks, the most urgent first."""
    rows = await conn.fetch(
        """
        SELECT t.kind, t.about, t.candidate, t.owner, t.since, t.due_at, t.done_at, t.done_by, t.job, x.letter, w.words
        FROM (SELECT * FROM tasks
              WHERE organization = $1 AND done_at IS NULL AND (due_at, kind, about) > ($5, $6, $7)
                AND ($2::text IS NULL OR owner = $2) AND ($3::text IS NULL OR kind = $3)
                AND ($4::text[] IS NULL OR job = ANY($4))
              ORDER BY due_at, kind, about LIMIT $8) t
        LEFT JOIN LATERAL (SELECT x.letter FROM letters x WHERE x.organization = t.organization AND x.kind = 'answer'
                           AND x.about = t.about AND t.kind = ANY($9) ORDER BY x.step DESC LIMIT 1) x ON true
        LEFT JOIN LATERAL (SELECT f.body ->> 'text' AS words FROM facts f WHERE f.organization = t.organization
                           AND f.fact = t.about AND f.topic = 'candidate-responded' AND t.kind = ANY($9) OFFSET 0) w
               ON true
        ORDER BY t.due_at, t.kind, t.about
        """,
        organization,
        wanted.owner,
        wanted.kind,
        wanted.jobs,
        *wanted.after,
        wanted.limit,
        list(REQUESTS),
    )
    return [ShownTask(*row) for row in rows]


async def find_task(conn: Connection, organization: str, kind: str, about: str) -> ShownTask | None:
    """One task, open or done, or None."""
    row = await conn.fetchrow(
        """
        SELECT t.kind, t.about, t.candidate, t.owner, t.since, t.due_at, t.done_at, t.done_by, t.job, x.letter, w.words
        FROM tasks t
        LEFT JOIN LATERAL (SELECT x.letter FROM letters x WHERE x.organization = t.organization AND x.kind = 'answer'
                           AND x.about = t.about AND t.kind = ANY($4) ORDER BY x.step DESC LIMIT 1) x ON true
        LEFT JOIN LATERAL (SELECT f.body ->> 'text' AS words FROM facts f WHERE f.organization = t.organization
                           AND f.fact = t.about AND f.topic = 'candidate-responded' AND t.kind = ANY($4) OFFSET 0) w
               ON true
        WHERE t.organization = $1 AND t.kind = $2 AND t.about = $3
        """,
        organization,
        kind,
        about,
        list(REQUESTS),
    )
    return ShownTask(*row) if row else None


async def finish_task(conn: Connection, organization: str, task: ShownTask, user: str, now: datetime) -> None:
    """Somebody has dealt with it."""
    await conn.execute(
        """
        UPDATE tasks SET done_at = $5, done_by = $4
        WHERE organization = $1 AND kind = $2 AND about = $3 AND done_at IS NULL
        """,
        organization,
        task.kind,
        task.about,
        user,
        now,
    )


async def finish_requests(conn: Connection, ended: Sequence[RequestEnd]) -> None:
    """What was answered, or ended for a reason, is done."""
    await conn.execute(
        """
        UPDATE tasks t SET done_at = u.at, done_by = u.by
        FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) AS u(organization, about, at, by)
        WHERE t.organization = u.organization AND t.kind = ANY($5) AND t.about = u.about AND t.done_at IS NULL
          AND t.since <= u.at
        """,
        [x.organization for x in ended],
        [x.response for x in ended],
        [x.ended.at for x in ended],
        [x.ended.by for x in ended],
        list(REQUESTS),
    )


async def find_end(conn: Connection, organization: str, task: ShownTask) -> RequestAnswered | None:
    """How a request ended last, however long ago, or None."""
    body = await conn.fetchval(
        "SELECT body FROM facts WHERE organization = $1 AND topic = 'request-answered' AND fact = $2",
        organization,
        task.about,
    )
    return RequestAnswered.model_validate_json(body) if body else None


async def reopen_task(conn: Connection, organization: str, task: ShownTask) -> None:
    """It was not dealt with after all."""
    await conn.execute(
        "UPDATE tasks SET done_at = NULL, done_by = NULL WHERE organization = $1 AND kind = $2 AND about = $3",
        organization,
        task.kind,
        task.about,
    )


class Pause(NamedTuple):
    """Whose letters are held back (`*`: everyone's), and who said so."""

    organization: str
    paused_by: str
    paused_at: datetime


async def pause(conn: Connection, organization: str, user: str, now: datetime) -> None:
    """Hold everything of this organisation back, or of everyone (`*`)."""
    await conn.execute(
        """
        INSERT INTO pauses (organization, paused_by, paused_at) VALUES ($1, $2, $3)
        ON CONFLICT (organization) DO NOTHING
        """,
        organization,
        user,
        now,
    )


async def resume(conn: Connection, organization: str) -> None:
    """Let the letters go again."""
    await conn.execute("DELETE FROM pauses WHERE organization = $1", organization)


async def find_pause(conn: Connection, organization: str) -> datetime | None:
    """Since when everything is held back, or None."""
    at: datetime | None = await conn.fetchval("SELECT paused_at FROM pauses WHERE organization = $1", organization)
    return at


async def find_pauses(conn: Connection) -> list[Pause]:
    """Every pause there is."""
    rows = await conn.fetch("SELECT organization, paused_by, paused_at FROM pauses ORDER BY organization")
    return [Pause(*row) for row in rows]
