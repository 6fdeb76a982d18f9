"""The daily nudge: Kafka compacts a quiet partition only once something is written behind what was said last."""

from datetime import datetime, timedelta

from shared.contracts import BY_TOPIC
from shared.kit.db import Connection
from shared.kit.decode import RESERVED
from shared.kit.say import owned_topics
from shared.kit.turn import Turn
from shared.kit.versions import Outgoing

DAILY = timedelta(days=1)
APART = timedelta(hours=1)  # replicas read the time one before the other, or on machines whose clocks differ
KEY = RESERVED + b"nudge/~/~"  # in three parts, as every key: readers split them


async def nudge(turn: Turn) -> int:
    """Write an empty record to every partition of this service's compacted topics, once a day; how many topics.

    Without it, a tombstone that nobody writes after stays in the open segment, and so does what it erases.
    """
    if not await _claim_day(turn.conn, turn.now):
        return 0
    topics = [topic for topic in owned_topics(turn.conn.service) if BY_TOPIC[topic].compacted]
    await turn.put([Outgoing(topic, None, KEY, None, b"[]") for topic in topics])
    return len(topics)


async def _claim_day(conn: Connection, now: datetime) -> bool:
    """True for whoever comes first after a day, or when the clock was set back. The first time only begins to count."""
    return bool(
        await conn.fetchval(
            """
            UPDATE log_position SET nudged_at = $1 WHERE nudged_at IS NULL OR nudged_at <= $2 OR nudged_at > $3
            RETURNING old.nudged_at IS NOT NULL
            """,
            now,
            now - DAILY,
            now + APART,
        )
    )
