"""Sessions: who is signed in, known by the hash of what their browser holds."""

from datetime import datetime
from typing import NamedTuple

from shared.kit.db import Connection


class Session(NamedTuple):
    """Somebody signed in; `tokens` are encrypted, `sid` is what the issuer calls its own session."""

    id: bytes
    organization: str
    user: str
    sid: str | None
    tokens: str
    started_at: datetime
    seen_at: datetime


async def load_session(conn: Connection, session: bytes) -> Session | None:
    """The session with this hash, whoever's it is."""
    row = await conn.fetchrow(
        'SELECT id, organization, "user", sid, tokens, started_at, seen_at FROM sessions WHERE id = $1', session
    )
    return Session(*row) if row else None


async def lock_tokens(conn: Connection, session: bytes) -> str | None:
    """The encrypted tokens of a session, for nobody else until they are renewed; None: it ended."""
    tokens: str | None = await conn.fetchval("SELECT tokens FROM sessions WHERE id = $1 FOR UPDATE", session)
    return tokens


async def save_session(conn: Connection, session: Session) -> None:
    """Keep a new session."""
    await conn.execute(
        """
        INSERT INTO sessions (id, organization, "user", sid, tokens, started_at, seen_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        *session,
    )


async def save_tokens(conn: Connection, session: bytes, tokens: str) -> None:
    """The issuer renewed them."""
    await conn.execute("UPDATE sessions SET tokens = $2 WHERE id = $1", session, tokens)


async def note_seen(conn: Connection, session: bytes, now: datetime) -> None:
    """Somebody asked for something just now."""
    await conn.execute("UPDATE sessions SET seen_at = $2 WHERE id = $1", session, now)


async def end_session(conn: Connection, session: bytes) -> str | None:
    """Forget a session and its tokens, which are told a last time."""
    tokens: str | None = await conn.fetchval("DELETE FROM sessions WHERE id = $1 RETURNING tokens", session)
    return tokens


async def end_sessions_of(conn: Connection, *, user: str | None, sid: str | None) -> None:
    """Forget those that the issuer ended: of one of its sessions, or, where it names none, all of somebody."""
    await conn.execute(
        """
        DELETE FROM sessions WHERE sid = $1 OR ("user" = $2 AND ($1::text IS NULL OR sid IS NULL))
        """,
        sid,
        user,
    )


async def end_sessions(conn: Connection, *, started_before: datetime, seen_before: datetime) -> None:
    """Forget those that began or were last used too long ago."""
    await conn.execute("DELETE FROM sessions WHERE started_at < $1 OR seen_at < $2", started_before, seen_before)
