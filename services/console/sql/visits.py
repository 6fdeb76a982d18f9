"""Visits: when somebody signed in last. What they keep here goes with whoever comes no more."""

from datetime import datetime

from shared.kit.db import Connection


async def note_visit(conn: Connection, organization: str, user: str, now: datetime) -> None:
    """Somebody signs in."""
    await conn.execute(
        """
        INSERT INTO visits (organization, "user", last_at) VALUES ($1, $2, $3)
        ON CONFLICT (organization, "user") DO UPDATE SET last_at = excluded.last_at
        """,
        organization,
        user,
        now,
    )


async def note_known(conn: Connection, organization: str, user: str) -> None:
    """Somebody is here of whose signing in nothing is kept: before it was, or in a database that was put back."""
    await conn.execute(
        'INSERT INTO visits (organization, "user", last_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING',
        organization,
        user,
    )


async def forget_visitors(conn: Connection, *, before: datetime) -> None:
    """Forget what those keep here who signed in last before then: their preferences and their views."""
    await conn.execute("DELETE FROM visits WHERE last_at < $1", before)
