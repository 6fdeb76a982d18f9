"""Ways in: who is on the way to the issuer and back, known by hashes; and logouts that were already heard."""

import hashlib
from datetime import datetime

from services.console.domain.ways import Way
from shared.kit.db import Connection


async def save_way(conn: Connection, way: Way, now: datetime) -> None:
    """Remember somebody who leaves for the issuer."""
    await conn.execute(
        """
        INSERT INTO sign_ins (state, browser, nonce, verifier, next, started_at) VALUES ($1, $2, $3, $4, $5, $6)
        """,
        _hash(way.state),
        _hash(way.browser),
        way.nonce,
        way.verifier,
        way.next,
        now,
    )


async def take_way(conn: Connection, state: str, browser: str, *, started_after: datetime) -> tuple[Way, bool] | None:
    """The way with this state, which is forgotten, and whether this browser went it. None: none, or no longer."""
    row = await conn.fetchrow(
        """
        DELETE FROM sign_ins WHERE state = $1 RETURNING nonce, verifier, next, browser = $2 AS is_theirs, started_at
        """,
        _hash(state),
        _hash(browser),
    )
    if row is None or row["started_at"] < started_after:
        return None
    return Way(state, browser, row["nonce"], row["verifier"], row["next"]), row["is_theirs"]


async def note_logout(conn: Connection, token: str, now: datetime) -> bool:
    """A logout token is heard; False: it was heard before."""
    noted = await conn.fetchval(
        "INSERT INTO logouts (id, heard_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING true",
        _hash(token),
        now,
    )
    return bool(noted)


async def end_ways(conn: Connection, *, before: datetime) -> None:
    """Forget whoever never came back, and logouts whose tokens hold no longer."""
    await conn.execute("DELETE FROM sign_ins WHERE started_at < $1", before)
    await conn.execute("DELETE FROM logouts WHERE heard_at < $1", before)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
