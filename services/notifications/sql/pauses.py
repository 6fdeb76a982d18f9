"""The brake: whose letters are held back."""

from datetime import datetime
from typing import NamedTuple

from shared.kit.db import Connection


class Pause(NamedTuple):
    """Whose letters are held back (`*`: everyone's), and who said so."""

    organization: str
    paused_by: str
    paused_at: datetime


async def pause(conn: Connection, organization: str, user: str, now: datetime) -> None:
    """Hold everything of this organisation back, or of everyone (`*`)."""
    await conn.execute(
        """
        INSERT INTO pauses (organization, paused_by, paused_at) VALUES ($1, $2, $3)
        ON CONFLICT (organization) DO NOTHING
        """,
        organization,
        user,
        now,
    )


async def resume(conn: Connection, organization: str) -> None:
    """Let the letters go again."""
    await conn.execute("DELETE FROM pauses WHERE organization = $1", organization)


async def find_pause(conn: Connection, organization: str) -> datetime | None:
    """Since when everything is held back, or None."""
    at: datetime | None = await conn.fetchval("SELECT paused_at FROM pauses WHERE organization = $1", organization)
    return at


async def find_pauses(conn: Connection) -> list[Pause]:
    """Every pause there is."""
    rows = await conn.fetch("SELECT organization, paused_by, paused_at FROM pauses ORDER BY organization")
    return [Pause(*row) for row in rows]
