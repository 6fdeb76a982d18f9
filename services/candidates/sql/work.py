"""How much is to be looked at: proposals, held members, mentorships."""

from typing import NamedTuple

from shared.contracts import Tier
from shared.kit.db import Connection


class PoolWork(NamedTuple):
    """How much waits for somebody."""

    matches_to_review: int
    memberships_to_confirm: int
    mentorships_to_answer: int


async def count_work(conn: Connection, organization: str, jobs: list[str] | None, user: str, at_most: int) -> PoolWork:
    """What waits for somebody who may see everything, or these jobs only: then nobody of the pool."""
    row = await conn.fetchrow(
        """
        SELECT (SELECT count(*) FROM (
                    SELECT FROM matches m
                    WHERE m.organization = $1 AND m.blockers = '{}' AND ($2::text[] IS NULL OR m.job = ANY($2))
                      AND NOT EXISTS (SELECT FROM facts f WHERE f.organization = $1 AND f.fact = m.match
                                      AND f.topic = 'match-reviewed' OFFSET 0)
                    ORDER BY m.job, m.candidate LIMIT $5) AS proposed) AS matches_to_review,
               (SELECT count(*) FROM (
                    SELECT FROM unnest($3::text[]) AS t(tier)
                    CROSS JOIN LATERAL (
                        SELECT FROM members m WHERE m.organization = $1 AND m.tier = t.tier AND m.status = 'held'
                          AND m.status <> 'left' AND m.tier <> '' ORDER BY m.candidate COLLATE "C" LIMIT $5) m
                    LIMIT $5) AS held) AS memberships_to_confirm,
               (SELECT count(*) FROM (
                    SELECT FROM mentorships s
                    WHERE s.organization = $1 AND s.colleague = $4 AND s.colleague <> '' AND s.stage = 'proposed'
                    LIMIT $5) AS asked) AS mentorships_to_answer
        """,
        organization,
        jobs,
        [*Tier] if jobs is None else [],
        user,
        at_most,
    )
    return PoolWork(*row)
