"""Passed events: versions that no longer stand, or never did. Names and instants only, for 30 days.

What a newer version replaces is noted by the statement that saves it (`save_facts`).
"""

from collections.abc import Sequence

from shared.kit.db import Connection
from shared.kit.versions import Fact

KEPT_DAYS = 30


async def note_older(conn: Connection, facts: Sequence[Fact]) -> None:
    """Keep the names of those of these versions that do not stand: a newer one was known, or came with them."""
    if not facts:
        return
    await conn.execute(
        """
        INSERT INTO passed_events (organization, fact, topic, event, source, time, causation, is_late)
        SELECT u.organization, u.fact, u.topic, u.event, u.source, u.time, u.causation, true
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
             AS u(organization, fact, topic, event, source, time, causation)
        CROSS JOIN LATERAL (SELECT event, source FROM facts f WHERE f.organization = u.organization
                            AND f.fact = u.fact AND f.topic = u.topic OFFSET 0) f
        WHERE (f.event, f.source) <> (u.event, u.source)
        ORDER BY 1, 2, 3, 4, 5 ON CONFLICT DO NOTHING
        """,
        [f.organization for f in facts],
        [f.fact for f in facts],
        [f.topic for f in facts],
        [f.event for f in facts],
        [f.source for f in facts],
        [f.time for f in facts],
        [f.causation for f in facts],
    )


async def forget(conn: Connection, facts: Sequence[Fact]) -> None:
    """Nothing is left of erased facts, not even the ids of their versions."""
    if not facts:
        return
    await conn.execute(
        """
        DELETE FROM passed_events p USING unnest($1::text[], $2::text[], $3::text[]) AS u(organization, fact, topic)
        WHERE p.organization = u.organization AND p.fact = u.fact AND p.topic = u.topic
        """,
        [f.organization for f in facts],
        [f.fact for f in facts],
        [f.topic for f in facts],
    )


async def expire(conn: Connection) -> int:
    """Delete what is older than 30 days; how many."""
    status = await conn.execute("DELETE FROM passed_events WHERE at < now() - make_interval(days => $1)", KEPT_DAYS)
    return int(status.split()[-1])
