"""Sessions as browsers hold them: a cookie that nobody can guess, read or send from elsewhere."""

import hashlib
import secrets
from datetime import UTC, datetime
from typing import NamedTuple

from fastapi import Request, Response

from services.console.domain.sessions import ABSOLUTE, IDLE, SEEN_EVERY
from services.console.domain.tokens import TokenBox, Tokens, Unreadable
from services.console.sql.sessions import Session, end_session, load_session, note_seen, save_session
from shared.kit.db import EVERYONE
from shared.web.access import NotSignedIn, TokenIdentity

_BITS = 256


class SignInNeeded(Exception):
    """Nobody is signed in here, or no longer."""


class Opened(NamedTuple):
    """A session that stands: whose, with their token."""

    identity: TokenIdentity
    token: str
    session: bytes


async def begin_session(request: Request, response: Response, tokens: Tokens) -> TokenIdentity:
    """Sign somebody in whom the issuer knows: always a new session, whatever the browser held before.

    Raises NotSignedIn, Forbidden, IssuerUnreachable.
    """
    identity: TokenIdentity = await request.app.state.access.identify(tokens.access)
    held, now = secrets.token_urlsafe(_BITS // 8), datetime.now(UTC)
    session = Session(_hash(held), identity.organization, identity.user, _box(request).close(tokens), now, now)
    async with request.app.state.runtime.database.transaction([identity.organization]) as conn:
        await save_session(conn, session)
    response.set_cookie(
        cookie_name(request, "tl"), held, secure=is_secure(request), httponly=True, samesite="lax", path="/"
    )
    return identity


async def open_session(request: Request, *, is_use: bool = True) -> Opened:
    """The session of this browser, kept alive by `is_use`. Raises SignInNeeded, IssuerUnreachable."""
    held = request.cookies.get(cookie_name(request, "tl"))
    if not held:
        raise SignInNeeded
    now = datetime.now(UTC)  # sessions and tokens live in the machine's time, whatever the clock says
    async with request.app.state.runtime.database.transaction(EVERYONE) as conn:
        session = await load_session(conn, _hash(held))
        if session is None or now - session.seen_at > IDLE or now - session.started_at > ABSOLUTE:
            raise SignInNeeded
        if is_use and now - session.seen_at > SEEN_EVERY:
            await note_seen(conn, session.id, now)
    try:
        token = _box(request).open(session.tokens).access
        return Opened(await request.app.state.access.identify(token), token, session.id)
    except (Unreadable, NotSignedIn):
        raise SignInNeeded from None


async def leave(request: Request, response: Response) -> None:
    """End the session of this browser, if it has one."""
    name = cookie_name(request, "tl")
    if held := request.cookies.get(name):
        async with request.app.state.runtime.database.transaction(EVERYONE) as conn:
            await end_session(conn, _hash(held))
    response.delete_cookie(name, secure=is_secure(request), httponly=True, samesite="lax", path="/")


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
