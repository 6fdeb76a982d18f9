"""Preferences: how somebody wants their pages, of one organisation."""

from services.console.domain.preferences import Preferences
from services.console.sql.visits import note_known
from shared.kit.db import Connection


async def load_preferences(conn: Connection, organization: str, user: str) -> Preferences:
    """Theirs, or what is so for whoever has none."""
    row = await conn.fetchrow(
        'SELECT language, zone, keys_on FROM preferences WHERE organization = $1 AND "user" = $2', organization, user
    )
    return Preferences(*row) if row else Preferences()


async def save_preferences(conn: Connection, organization: str, user: str, wanted: Preferences) -> None:
    """Keep them in place of those before."""
    await note_known(conn, organization, user)
    await conn.execute(
        """
        INSERT INTO preferences (organization, "user", language, zone, keys_on) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organization, "user") DO UPDATE
        SET language = excluded.language, zone = excluded.zone, keys_on = excluded.keys_on
        """,
        organization,
        user,
        wanted.language,
        wanted.zone,
        wanted.keys_on,
    )
