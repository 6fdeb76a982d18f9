"""What the backfill asks the services' databases."""

from datetime import datetime

from cli.backfill.facts import ORDER
from shared.kit.db import Connection


async def count_news(conn: Connection, organization: str, source: str, since: datetime) -> int:
    """How many facts of this organisation and source are new, or say something new, since then."""
    news: int = await conn.fetchval(
        """
        SELECT count(*) FROM facts
        WHERE organization = $1 AND topic = ANY($2::text[]) AND source = $3 AND saved_at >= $4
        """,
        organization,
        list(ORDER),
        source,
        since,
    )
    return news
