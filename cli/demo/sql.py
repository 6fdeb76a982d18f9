"""What the demo asks the services' databases: only what no route and no topic tells."""

from shared.kit.db import Connection


async def is_saying(conn: Connection) -> bool:
    """Something waits in the outbox."""
    waits: bool = await conn.fetchval("SELECT EXISTS (SELECT FROM outbox)")
    return waits


async def is_sending(conn: Connection) -> bool:
    """A letter is on its way, or waits for its turn at the mail server's pace, or a morning is to be looked at.

    Of notifications only.
    """
    waits: bool = await conn.fetchval(
        """
        SELECT EXISTS (SELECT FROM letters WHERE state IN ('ready', 'sending'))
            OR EXISTS (SELECT FROM digests d, clock c WHERE d.due_at <= c.now_at)
        """
    )
    return waits


async def load_facts(conn: Connection, organization: str, source: str) -> list[tuple[str, str]]:
    """(topic, fact) of everything one source said."""
    rows = await conn.fetch(
        "SELECT topic, fact FROM facts WHERE organization = $1 AND source = $2", organization, source
    )
    return [(row["topic"], row["fact"]) for row in rows]
