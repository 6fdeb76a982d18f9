"""Digests: whose mornings are waited for, and what waits for somebody."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.digests import DigestReader, DueReview, JobTeam, OpenTask, WaitingPerson
from shared.kit.columns import parted
from shared.kit.db import Connection
from shared.kit.derived import DerivedTable
from shared.kit.people import Pair

REVIEWS = DerivedTable[DueReview](
    "reviews",
    key=("organization", "kind", "about"),
    columns={"organization": "text", "kind": "text", "about": "text", "candidate": "text", "job": "text"},
)


class FirstTasks(NamedTuple):
    """The most urgent of all that there are."""

    first: Sequence[OpenTask]
    in_all: int


class DueDigest(NamedTuple):
    """A morning that has come; `refused`: the mailbox that no server took a digest for."""

    due_at: datetime
    refused: str | None


class CountedWaits(NamedTuple):
    """How many wait, and how many of them were promised an answer by today."""

    in_all: int
    due: int


async def add_digests(conn: Connection, readers: Iterable[Pair], now: datetime) -> None:
    """From now on somebody's mornings are waited for; of whom that is known already, nothing changes."""
    await conn.execute(
        """
        INSERT INTO digests (organization, reader, due_at)
        SELECT u.organization, u.reader, $3 FROM unnest($1::text[], $2::text[]) AS u(organization, reader)
        WHERE NOT EXISTS (SELECT FROM digests d WHERE d.organization = u.organization AND d.reader = u.reader OFFSET 0)
        ORDER BY 1, 2 ON CONFLICT DO NOTHING
        """,
        *parted(sorted(set(readers))),
        now,
    )


async def find_due_digests(conn: Connection, now: datetime, limit: int) -> list[Pair]:
    """(organisation, user) whose morning has come, but for those whose mail is held back."""
    rows = await conn.fetch(
        """
        SELECT organization, reader FROM digests d
        WHERE due_at <= $1 AND (retry_at IS NULL OR retry_at <= clock_timestamp())
          AND NOT EXISTS (SELECT FROM pauses p WHERE p.organization IN (d.organization, '*'))
        ORDER BY due_at LIMIT $2
        """,
        now,
        limit,
    )
    return [(organization, reader) for organization, reader in rows]


async def claim_digest(conn: Connection, organization: str, user: str, now: datetime) -> DueDigest | None:
    """One of those, that nobody else has in hand."""
    row = await conn.fetchrow(
        """
        SELECT due_at, refused FROM digests
        WHERE organization = $1 AND reader = $2 AND due_at <= $3
          AND (retry_at IS NULL OR retry_at <= clock_timestamp())
        FOR UPDATE SKIP LOCKED
        """,
        organization,
        user,
        now,
    )
    return DueDigest(*row) if row else None


async def wait_until(conn: Connection, organization: str, user: str, due_at: datetime) -> None:
    """The next morning that is waited for."""
    await conn.execute(
        "UPDATE digests SET due_at = $3, retry_at = NULL WHERE organization = $1 AND reader = $2",
        organization,
        user,
        due_at,
    )


async def try_again(conn: Connection, organization: str, user: str, due_at: datetime, seconds: float) -> None:
    """It surely did not leave: this morning's once more, after a while."""
    await conn.execute(
        """
        UPDATE digests SET due_at = $3, retry_at = clock_timestamp() + make_interval(secs => $4)
        WHERE organization = $1 AND reader = $2
        """,
        organization,
        user,
        due_at,
        seconds,
    )


async def note_refused(conn: Connection, organization: str, user: str, mailbox: str) -> None:
    """A server takes nothing for this mailbox: it gets none until it is another one."""
    await conn.execute(
        "UPDATE digests SET refused = $3 WHERE organization = $1 AND reader = $2", organization, user, mailbox
    )


async def load_reader(conn: Connection, organization: str, user: str) -> DigestReader | None:
    """A colleague, or None for somebody who is not known."""
    row = await conn.fetchrow(
        """
        SELECT "user", name, email, timezone, active AS is_active, daily_digest AS wants_digest
        FROM users WHERE organization = $1 AND "user" = $2
        """,
        organization,
        user,
    )
    return DigestReader(*row) if row else None


async def load_teams(conn: Connection, organization: str) -> list[JobTeam]:
    """Who works on which job, open or closed: those who are known and have not left."""
    active = await _find_active(conn, organization)
    rows = await conn.fetch("SELECT job, title, team FROM openings WHERE organization = $1 ORDER BY job", organization)
    return [
        JobTeam(job, title, {m["user"]: m["role"] for m in json.loads(team or "[]") if m["user"] in active})
        for job, title, team in rows
    ]


async def _find_active(conn: Connection, organization: str) -> set[str]:
    rows = await conn.fetch('SELECT "user" FROM users WHERE organization = $1 AND active', organization)
    return {row["user"] for row in rows}


async def count_letters(conn: Connection, organization: str, jobs: Sequence[str]) -> dict[str, int]:
    """How many letters wait for a person, by job."""
    rows = await conn.fetch(
        """
        SELECT job, count(*) AS letters FROM letters
        WHERE organization = $1 AND state = 'waiting' AND job = ANY($2::text[]) GROUP BY job
        """,
        organization,
        jobs,
    )
    return {row["job"]: row["letters"] for row in rows}


async def count_reviews(conn: Connection, organization: str, jobs: Sequence[str], *, unnamed: bool) -> dict[Pair, int]:
    """How much is to be decided, by kind and job; `unnamed`: also where no job is known, as ''."""
    rows = await conn.fetch(
        """
        SELECT kind, coalesce(job, '') AS job, count(*) AS reviews FROM reviews
        WHERE organization = $1 AND (job = ANY($2::text[]) OR ($3 AND job IS NULL)) GROUP BY kind, job
        """,
        organization,
        jobs,
        unnamed,
    )
    return {(kind, job): reviews for kind, job, reviews in rows}


async def load_longest(
    conn: Connection, organization: str, user: str, jobs: Sequence[str], limit: int
) -> list[WaitingPerson]:
    """Who waits longest, of these jobs or on this colleague."""
    rows = await conn.fetch(
        """
        SELECT candidate, job, missing, since, due_at FROM waits
        WHERE organization = $1 AND (owner = $2 OR job = ANY($3::text[])) ORDER BY since, application LIMIT $4
        """,
        organization,
        user,
        jobs,
        limit,
    )
    return [WaitingPerson(*row) for row in rows]


async def count_waits(
    conn: Connection, organization: str, user: str, jobs: Sequence[str], today: datetime
) -> CountedWaits:
    """How many wait, of these jobs or on this colleague."""
    row = await conn.fetchrow(
        """
        SELECT count(*) AS in_all, count(*) FILTER (WHERE due_at <= $4) AS due FROM waits
        WHERE organization = $1 AND (owner = $2 OR job = ANY($3::text[]))
        """,
        organization,
        user,
        jobs,
        today,
    )
    return CountedWaits(*row)


async def load_open_tasks(
    conn: Connection, organization: str, user: str, jobs: Sequence[str], limit: int
) -> FirstTasks:
    """The most urgent tasks of these jobs or of this colleague; none about people who asked to be forgotten."""
    rows = await conn.fetch(
        """
        SELECT t.kind, t.candidate, t.job, t.due_at, count(*) OVER () AS in_all FROM tasks t
        WHERE t.organization = $1 AND t.done_at IS NULL AND (t.owner = $2 OR t.job = ANY($3::text[]))
          AND NOT EXISTS (
              SELECT FROM people_named(ARRAY[$1], ARRAY[t.candidate]) i
              CROSS JOIN LATERAL (SELECT FROM facts e WHERE e.organization = i.organization AND e.fact = i.candidate
                                  AND e.topic = 'erasure-requested' OFFSET 0) e)
        ORDER BY t.due_at, t.kind, t.about LIMIT $4
        """,
        organization,
        user,
        jobs,
        limit,
    )
    first = [OpenTask(kind, candidate, job, due_at) for kind, candidate, job, due_at, _ in rows]
    return FirstTasks(first, max((in_all for *_, in_all in rows), default=0))


async def load_names(conn: Connection, organization: str, candidates: Iterable[str]) -> dict[str, str]:
    """What these people are called, by the newest profile under any of their ids."""
    rows = await conn.fetch(
        """
        SELECT k.candidate, f.name FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (
            SELECT f.body ->> 'name' AS name FROM people_named(ARRAY[$1::text], ARRAY[k.candidate]) p
            CROSS JOIN LATERAL (SELECT body, time FROM facts f WHERE f.organization = $1 AND f.candidate = p.candidate
                                AND f.topic = 'candidate-registered' OFFSET 0) f
            ORDER BY f.time DESC LIMIT 1) f
        """,
        organization,
        sorted(set(candidates)),
    )
    return {row["candidate"]: row["name"] for row in rows}
