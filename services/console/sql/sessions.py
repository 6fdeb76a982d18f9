"""Sessions: who is signed in, known by the hash of what their browser holds."""

from datetime import datetime
from typing import NamedTuple

from shared.kit.db import Connection


class Session(NamedTuple):
    """Somebody signed in; `tokens` are encrypted."""

    id: bytes
    organization: str
    user: str
    tokens: str
    started_at: datetime
    seen_at: datetime


async def load_session(conn: Connection, session: bytes) -> Session | None:
    """The session with this hash, whoever's it is."""
    row = await conn.fetchrow(
        'SELECT id, organization, "user", tokens, started_at, seen_at FROM sessions WHERE id = $1', session
    )
    return Session(*row) if row else None


async def save_session(conn: Connection, session: Session) -> None:
    """Keep a new session."""
    await conn.execute(
        'INSERT INTO sessions (id, organization, "user", tokens, started_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6)',
        *session,
    )


async def note_seen(conn: Connection, session: bytes, now: datetime) -> None:
    """Somebody asked for something just now."""
    await conn.execute("UPDATE sessions SET seen_at = $2 WHERE id = $1", session, now)


async def end_session(conn: Connection, session: bytes) -> None:
    """Forget a session and its tokens."""
    await conn.execute("DELETE FROM sessions WHERE id = $1", session)


async def end_sessions(conn: Connection, *, started_before: datetime, seen_before: datetime) -> None:
    """Forget those that began or were last used too long ago."""
    await conn.execute("DELETE FROM sessions WHERE started_at < $1 OR seen_at < $2", started_before, seen_before)
