"""Views: lists as somebody wants to see them again, of one organisation."""

from typing import NamedTuple
from uuid import UUID

from services.console.sql.visits import note_known
from shared.kit.db import Connection


class View(NamedTuple):
    """A name for filters of a list; `query` is as it stands in the address."""

    id: UUID
    place: str
    name: str
    query: str


async def load_views(conn: Connection, organization: str, user: str) -> list[View]:
    """All of somebody, by list and name."""
    rows = await conn.fetch(
        """
        SELECT id, place, name, query FROM views WHERE organization = $1 AND "user" = $2 ORDER BY place, name
        """,
        organization,
        user,
    )
    return [View(*row) for row in rows]


async def save_view(conn: Connection, organization: str, user: str, view: View, at_most: int) -> bool:
    """Keep it, in place of one of the same name and list. False: they have so many already."""
    await note_known(conn, organization, user)
    saved = await conn.fetchval(
        """
        INSERT INTO views (id, organization, "user", place, name, query)
        SELECT $1, $2, $3, $4, $5, $6
        WHERE (SELECT count(*) FROM views WHERE organization = $2 AND "user" = $3) < $7
        ON CONFLICT (organization, "user", place, name) DO UPDATE SET query = excluded.query
        RETURNING true
        """,
        view.id,
        organization,
        user,
        view.place,
        view.name,
        view.query,
        at_most,
    )
    return bool(saved)


async def delete_view(conn: Connection, organization: str, user: str, view: UUID) -> View | None:
    """Forget one of theirs; what it was, to keep it again."""
    row = await conn.fetchrow(
        'DELETE FROM views WHERE id = $1 AND organization = $2 AND "user" = $3 RETURNING id, place, name, query',
        view,
        organization,
        user,
    )
    return View(*row) if row else None
