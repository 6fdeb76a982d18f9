"""How much waits for people."""

from datetime import datetime
from typing import NamedTuple

from shared.kit.db import Connection


class LetterWork(NamedTuple):
    """How much waits for somebody."""

    letters_to_approve: int
    waiting: int
    overdue: int
    tasks: int
    my_tasks: int


async def count_work(
    conn: Connection, organization: str, jobs: list[str] | None, user: str, now: datetime, at_most: int
) -> LetterWork:
    """What waits for somebody who may see everything, or these jobs only."""
    row = await conn.fetchrow(
        """
        SELECT (SELECT count(*) FROM (
                    SELECT FROM letters l
                    WHERE l.organization = $1 AND l.state = 'waiting' AND ($2::text[] IS NULL OR l.job = ANY($2))
                    ORDER BY l.job, l.letter LIMIT $5) AS letters) AS letters_to_approve,
               (SELECT count(*) FROM (
                    SELECT FROM everyone_waiting w WHERE w.organization = $1 AND ($2::text[] IS NULL OR w.job = ANY($2))
                    ORDER BY w.since, w.name LIMIT $5) AS everyone) AS waiting,
               (SELECT count(*) FROM (
                    SELECT FROM everyone_waiting w
                    WHERE w.organization = $1 AND w.due_at <= $4 AND ($2::text[] IS NULL OR w.job = ANY($2))
                    ORDER BY w.since, w.name LIMIT $5) AS late) AS overdue,
               (SELECT count(*) FROM (
                    SELECT FROM tasks t
                    WHERE t.organization = $1 AND t.done_at IS NULL AND ($2::text[] IS NULL OR t.job = ANY($2))
                    ORDER BY t.due_at, t.kind, t.about LIMIT $5) AS open) AS tasks,
               (SELECT count(*) FROM (
                    SELECT FROM tasks t WHERE t.organization = $1 AND t.done_at IS NULL AND t.owner = $3
                    ORDER BY t.due_at, t.kind, t.about LIMIT $5) AS mine) AS my_tasks
        """,
        organization,
        jobs,
        user,
        now,
        at_most,
    )
    return LetterWork(*row)
