"""Acts: what was done to more things at once than a form can name, until nobody takes it back any more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.kit.db import Connection


async def save_act(
    conn: Connection, act: UUID, organization: str, user: str, things: Sequence[str], now: datetime
) -> None:
    """Remember the ids of these letters or applications."""
    await conn.execute(
        'INSERT INTO acts (id, organization, "user", things, done_at) VALUES ($1, $2, $3, $4, $5)',
        act,
        organization,
        user,
        list(things),
        now,
    )


async def load_act(conn: Connection, act: UUID, organization: str, user: str) -> list[str]:
    """What somebody did it to; nothing where it was another, or is forgotten."""
    things: list[str] | None = await conn.fetchval(
        'SELECT things FROM acts WHERE id = $1 AND organization = $2 AND "user" = $3', act, organization, user
    )
    return things or []


async def forget_acts(conn: Connection, *, before: datetime) -> None:
    """Forget those of before then."""
    await conn.execute("DELETE FROM acts WHERE done_at < $1", before)
