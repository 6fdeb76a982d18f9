"""How much feedback is owed."""

from typing import NamedTuple

from services.interviews.sql.lists import CallerScope
from shared.kit.db import Connection


class InterviewWork(NamedTuple):
    """How much waits for somebody."""

    feedback_owed_by_me: int
    feedback_owed: int


async def count_work(conn: Connection, organization: str, scope: CallerScope, at_most: int) -> InterviewWork:
    """What somebody owes, and what is owed in their sight."""
    row = await conn.fetchrow(
        """
        SELECT (SELECT count(*) FROM (
                    SELECT FROM interviews i
                    WHERE i.organization = $1 AND i.owed_by <> '{}' AND $5 = ANY(i.owed_by)
                    ORDER BY i.ended_at, i.interview LIMIT $6) AS mine) AS feedback_owed_by_me,
               (SELECT count(*) FROM (
                    SELECT FROM interviews i CROSS JOIN LATERAL unnest(i.owed_by) AS o(interviewer)
                    WHERE i.organization = $1 AND i.owed_by <> '{}'
                      AND ($2::boolean OR i.job = ANY($3::text[]) OR o.interviewer = $4)
                    ORDER BY i.ended_at, i.interview LIMIT $6) AS everyones) AS feedback_owed
        """,
        organization,
        scope.everything,
        scope.jobs,
        scope.user,
        scope.asks,
        at_most,
    )
    return InterviewWork(*row)
