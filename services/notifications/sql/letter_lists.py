"""Pages of letters: by their ids, by the hour they leave, and those that wait for an approval."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.letters import State
from services.notifications.sql.letters import ListedLetter
from shared.contracts import EARLIEST
from shared.kit.db import Connection


class LetterSearch(NamedTuple):
    """Which letters, from which one on. `jobs`: of these only, for whoever sees no others."""

    state: str | None = None
    candidates: Sequence[str] | None = None
    job: str | None = None
    kind: str | None = None
    after: str = ""
    after_at: datetime = EARLIEST
    limit: int = 50
    jobs: Sequence[str] | None = None

    @property
    def is_by_hour(self) -> bool:
        """Those of one job and those to come are read in the order in which they leave."""
        return self.job is not None or self.state in (State.PLANNED, State.WAITING, State.READY)


async def load_letters(conn: Connection, organization: str, wanted: LetterSearch) -> list[ListedLetter]:
    """Letters in the order of their ids, or in that in which they leave."""
    if wanted.job is not None:
        return await _load_of_job(conn, organization, wanted)
    if wanted.is_by_hour:
        return await _load_to_come(conn, organization, wanted)
    rows = await conn.fetch(
        """
        SELECT letter, kind, variant, about, recipient, candidate, step, stream, application, job, cause_at, send_at,
               state, reason, until, due_at, sent_at, language, message_id
        FROM letters
        WHERE organization = $1 AND letter > $2 AND ($3::text IS NULL OR state = $3)
          AND ($4::text[] IS NULL OR candidate = ANY($4)) AND ($5::text IS NULL OR kind = $5)
          AND ($7::text[] IS NULL OR job = ANY($7))
        ORDER BY letter LIMIT $6
        """,
        organization,
        wanted.after,
        wanted.state,
        wanted.candidates,
        wanted.kind,
        wanted.limit,
        wanted.jobs,
    )
    return [ListedLetter(*row) for row in rows]


async def _load_of_job(conn: Connection, organization: str, wanted: LetterSearch) -> list[ListedLetter]:
    rows = await conn.fetch(
        """
        SELECT letter, kind, variant, about, recipient, candidate, step, stream, application, job, cause_at, send_at,
               state, reason, until, due_at, sent_at, language, message_id
        FROM letters
        WHERE organization = $1 AND job = $2 AND (send_at, letter) > ($3, $4)
          AND ($5::text[] IS NULL OR candidate = ANY($5)) AND ($6::text IS NULL OR kind = $6)
          AND ($7::text IS NULL OR state = $7) AND ($9::text[] IS NULL OR job = ANY($9))
        ORDER BY send_at, letter LIMIT $8
        """,
        organization,
        wanted.job,
        wanted.after_at,
        wanted.after,
        wanted.candidates,
        wanted.kind,
        wanted.state,
        wanted.limit,
        wanted.jobs,
    )
    return [ListedLetter(*row) for row in rows]


async def _load_to_come(conn: Connection, organization: str, wanted: LetterSearch) -> list[ListedLetter]:
    rows = await conn.fetch(
        """
        SELECT letter, kind, variant, about, recipient, candidate, step, stream, application, job, cause_at, send_at,
               state, reason, until, due_at, sent_at, language, message_id
        FROM letters
        WHERE organization = $1 AND state = $2 AND state IN ('planned', 'waiting', 'ready')
          AND (send_at, letter) > ($3, $4)
          AND ($5::text[] IS NULL OR candidate = ANY($5)) AND ($6::text IS NULL OR kind = $6)
          AND ($8::text[] IS NULL OR job = ANY($8))
        ORDER BY send_at, letter LIMIT $7
        """,
        organization,
        wanted.state,
        wanted.after_at,
        wanted.after,
        wanted.candidates,
        wanted.kind,
        wanted.limit,
        wanted.jobs,
    )
    return [ListedLetter(*row) for row in rows]


async def find_jobs_to_approve(
    conn: Connection, organization: str, jobs: list[str] | None, after: str, limit: int
) -> list[str]:
    """Jobs of which letters wait for an approval, in the order of their ids; of these only, where given."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT job FROM letters
        WHERE organization = $1 AND job > $2 AND state = 'waiting' AND ($3::text[] IS NULL OR job = ANY($3))
        ORDER BY job LIMIT $4
        """,
        organization,
        after,
        jobs,
        limit,
    )
    return [row[0] for row in rows]


async def load_waiting_letters(
    conn: Connection, organization: str, jobs: Sequence[str], limit: int
) -> list[ListedLetter]:
    """These jobs' letters that wait for an approval, in the order of their ids."""
    rows = await conn.fetch(
        """
        SELECT letter, kind, variant, about, recipient, candidate, step, stream, application, job, cause_at, send_at,
               state, reason, until, due_at, sent_at, language, message_id
        FROM unnest($2::text[]) AS k(of_job)
        CROSS JOIN LATERAL (SELECT * FROM letters l WHERE l.organization = $1 AND l.job = k.of_job
                            AND l.state = 'waiting' OFFSET 0) l
        ORDER BY letter LIMIT $3
        """,
        organization,
        jobs,
        limit,
    )
    return [ListedLetter(*row) for row in rows]
