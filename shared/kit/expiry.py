"""What the kit keeps for a while only: dead letters nobody decided on, and the names of versions that do not stand."""

from datetime import datetime

from shared.kit import dead_letters, superseded
from shared.kit.db import Connection


async def forget_what_is_old(conn: Connection, now: datetime) -> int:
    """Delete it; how much. Every service's clock does so once an hour."""
    return await dead_letters.expire(conn, now) + await superseded.expire(conn)
