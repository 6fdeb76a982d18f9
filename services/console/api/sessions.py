"""Sessions as browsers hold them: a cookie that nobody can guess, read or send from elsewhere."""

import hashlib
import secrets
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from fastapi import Request, Response

from services.console.calls.issuer import Granted, GrantRefused
from services.console.domain.preferences import Preferences
from services.console.domain.sessions import ABSOLUTE, IDLE, NEW, REFRESH_BEFORE, SEEN_EVERY
from services.console.domain.tokens import TokenBox, Tokens, Unreadable, name_in
from services.console.domain.ways import SignInFailed
from services.console.sql.preferences import load_preferences
from services.console.sql.sessions import (
    Session,
    end_session,
    load_session,
    lock_tokens,
    note_seen,
    save_session,
    save_tokens,
)
from services.console.sql.visits import note_visit
from shared.kit.db import EVERYONE, Connection, Database
from shared.web.access import NotSignedIn, TokenIdentity

NOTHING: Mapping[str, object] = MappingProxyType({})
_BITS = 256


class SignInNeeded(Exception):
    """Nobody is signed in here, or no longer."""


class OpenSession(NamedTuple):
    """A session that stands: whose, with their token."""

    identity: TokenIdentity
    token: str
    name: str | None
    preferences: Preferences
    is_new: bool


async def begin_session(request: Request, response: Response, tokens: Tokens, sid: str | None = None) -> TokenIdentity:
    """Sign somebody in whom the issuer knows: always a new session; what the browser held before is over.

    Raises NotSignedIn, IssuerUnreachable.
    """
    identity: TokenIdentity = await request.app.state.access.identify(tokens.access)
    held, now = secrets.token_urlsafe(_BITS // 8), datetime.now(UTC)
    kept = Session(_hash(held), identity.organization, identity.user, sid, _box(request).close(tokens), now, now)
    async with everybodys(request) as conn:
        if before := request.cookies.get(cookie_name(request, "tl")):
            await end_session(conn, _hash(before))
        await note_visit(conn, identity.organization, identity.user, now)
        await save_session(conn, kept)
    set_cookie(request, response, "tl", held)
    return identity


async def open_session(request: Request, *, is_use: bool = True) -> OpenSession:
    """The session of this browser, kept alive by `is_use`. Raises SignInNeeded, SignInFailed, IssuerUnreachable."""
    session, preferences = await _held(request, is_use=is_use)
    try:
        tokens = _box(request).open(session.tokens)
        if is_due(tokens) and tokens.refresh:
            tokens = await _renewed(request, session)
        identity = await request.app.state.access.identify(tokens.access)
    except (Unreadable, NotSignedIn):
        raise SignInNeeded from None
    is_new = datetime.now(UTC) - session.started_at < NEW
    return OpenSession(identity, tokens.access, tokens.name, preferences, is_new)


def everybodys(request: Request) -> AbstractAsyncContextManager[Connection]:
    """A transaction on what the console keeps of whoever signs in, before it is known who that is."""
    database: Database = request.app.state.runtime.database
    return database.transaction(EVERYONE)


async def leave(request: Request, response: Response) -> Tokens | None:
    """End the session of this browser, if it has one. Its tokens, to tell the issuer whose it was."""
    name = cookie_name(request, "tl")
    response.delete_cookie(name, secure=is_secure(request), httponly=True, samesite="lax", path="/")
    if not (held := request.cookies.get(name)):
        return None
    async with everybodys(request) as conn:
        tokens = await end_session(conn, _hash(held))
    try:
        return _box(request).open(tokens) if tokens else None
    except Unreadable:
        return None


async def _held(request: Request, *, is_use: bool) -> tuple[Session, Preferences]:
    """The session of this browser that is not over, and how its person wants their pages. Raises SignInNeeded."""
    held = request.cookies.get(cookie_name(request, "tl"))
    if not held:
        raise SignInNeeded
    now = datetime.now(UTC)  # sessions and tokens live in the machine's time, whatever the clock says
    async with everybodys(request) as conn:
        session = await load_session(conn, _hash(held))
        if session is None or now - session.seen_at > IDLE or now - session.started_at > ABSOLUTE:
            raise SignInNeeded
        if is_use and now - session.seen_at > SEEN_EVERY:
            await note_seen(conn, session.id, now)
        return session, await load_preferences(conn, session.organization, session.user)


async def _renewed(request: Request, session: Session) -> Tokens:
    """Tokens that last: from the issuer, or from the tab that asked a moment before, as the row is locked.

    Raises SignInNeeded; and SignInFailed while the issuer is away and what is held has ended.
    """
    box = _box(request)
    try:
        async with everybodys(request) as conn:
            if (closed := await lock_tokens(conn, session.id)) is None:
                raise SignInNeeded
            tokens = box.open(closed)
            if is_due(tokens):
                tokens = await _asked_again(request, tokens, session)
                await save_tokens(conn, session.id, box.close(tokens))
            return tokens
    except GrantRefused:
        async with everybodys(request) as conn:
            await end_session(conn, session.id)
        raise SignInNeeded from None


async def _asked_again(request: Request, tokens: Tokens, session: Session) -> Tokens:
    """What the issuer gives for a refresh token, for the same person; what is held while it is away and that lasts."""
    try:
        granted = await request.app.state.issuer.renew(tokens.refresh or "")
    except SignInFailed:
        if tokens.expires_at <= time.time():
            raise
        return tokens
    renewed = await tokens_of(request, granted, tokens)
    identity = await request.app.state.access.identify(renewed.access)
    if (identity.organization, identity.user) != (session.organization, session.user):
        raise GrantRefused
    return renewed


async def tokens_of(
    request: Request, granted: Granted, before: Tokens | None = None, said: Mapping[str, object] = NOTHING
) -> Tokens:
    """What the issuer gave, with what still holds of before; `said`: by the ID token.

    Raises NotSignedIn, IssuerUnreachable.
    """
    claims = await request.app.state.access.claims(granted.access_token)
    return Tokens(
        access=granted.access_token,
        expires_at=int(claims["exp"]),
        refresh=granted.refresh_token or (before.refresh if before else None),
        id=before.id if before else granted.id_token,
        name=name_in(said, claims) or (before.name if before else None),
    )


def is_due(tokens: Tokens) -> bool:
    """They end soon, or have ended."""
    return tokens.expires_at - time.time() < REFRESH_BEFORE.total_seconds()


def set_cookie(request: Request, response: Response, name: str, value: str) -> None:
    """Held by the browser until it closes, for this console only, and out of any script's reach."""
    response.set_cookie(
        cookie_name(request, name), value, secure=is_secure(request), httponly=True, samesite="lax", path="/"
    )


def is_secure(request: Request) -> bool:
    """People reach the console by https: its cookies never travel otherwise."""
    public: str = request.app.state.runtime.settings.public_url
    return public.startswith("https://")


def cookie_name(request: Request, name: str) -> str:
    """With the prefix by which browsers take it from this very host only, where it is reached by https."""
    return f"__Host-{name}" if is_secure(request) else name


def _box(request: Request) -> TokenBox:
    return TokenBox(request.app.state.runtime.settings.session_key.get_secret_value().split(","))


def _hash(held: str) -> bytes:
    return hashlib.sha256(held.encode()).digest()
