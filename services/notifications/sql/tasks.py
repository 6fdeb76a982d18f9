"""What a person must look at, until somebody has dealt with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.requests import REQUESTS, RequestEnd
from shared.contracts import RequestAnswered
from shared.kit.db import Connection


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
