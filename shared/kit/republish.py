"""Saying everything again, unchanged: for a Kafka that lost its log."""

from shared.kit import outbox
from shared.kit.db import Connection
from shared.kit.say import owned_topics
from shared.kit.versions import Fact

Key = tuple[str, str, str]  # organisation, fact, topic
FIRST: Key = ("", "", "")


async def republish(conn: Connection, after: Key, limit: int) -> tuple[int, Key]:
    """Put the next facts of this service's topics into the outbox, with their ids and times; how many, and the last.

    Whoever knows them already learns nothing new. A version that becomes newer meanwhile is said after it, or again.
    """
    rows = await conn.fetch(
        """
        SELECT organization, fact, topic, candidate, job, time, event, source, causation, historical, partition,
               "offset", body
        FROM facts WHERE (organization, fact, topic) > ($1, $2, $3) AND topic = ANY($4::text[])
        ORDER BY organization, fact, topic LIMIT $5
        """,
        *after,
        owned_topics(conn.service),
        limit,
    )
    facts = [Fact(*row) for row in rows]
    await outbox.put(conn, [outbox.again(fact) for fact in facts])
    return len(facts), (facts[-1].organization, facts[-1].fact, facts[-1].topic) if facts else after
