"""Signing in and out: to the issuer with PKCE, back with a code, and a new session (docs/decisions/070)."""

import secrets
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.console.api import failures, rendering
from services.console.api.routes import page_routes
from services.console.api.sessions import begin_session, cookie_name, everybodys, leave, set_cookie, tokens_of
from services.console.calls.issuer import Granted, GrantRefused, Issuer, failed
from services.console.domain.sessions import SIGN_IN_LASTS
from services.console.domain.ways import HOME, Obstacle, SignInFailed, Way, new_way
from services.console.sql.ways import save_way, take_way
from shared.web.access import Access, NotSignedIn

routes = page_routes()
_DECLINED = frozenset({"access_denied", "login_required", "consent_required", "interaction_required"})


@routes.get("/sign-in")
async def go_in(request: Request, next: str = HOME, other: bool = False) -> RedirectResponse:  # noqa: A002
    """To the issuer, which asks anew for somebody `other`. Ways of several tabs hold side by side."""
    browser = request.cookies.get(cookie_name(request, "tl-way")) or secrets.token_urlsafe(32)
    way = new_way(browser, next)
    address = await _issuer(request).address_for(way, _back(request), anew=other)
    async with everybodys(request) as conn:
        await save_way(conn, way, datetime.now(UTC))
    response = RedirectResponse(address, 303)
    set_cookie(request, response, "tl-way", browser)
    return response


@routes.get("/signed-in")
async def come_in(
    request: Request, state: str = "", code: str = "", error: str = "", iss: str | None = None
) -> RedirectResponse:
    """Back from the issuer: whatever comes back once is over."""
    way = await _taken(request, state)
    await _check_answer(request, error, iss)
    granted = await _redeemed(request, code, way)
    response = RedirectResponse(way.next, 303)
    try:
        said = await _signed_in_there(request, granted, way)
        await _begin(request, response, granted, said)
    except NotSignedIn as refused:
        raise failed(Obstacle.UNFIT, "tokens do not hold", refused.detail) from None
    return response


@routes.post("/sign-out")
async def go_out(request: Request) -> Response:
    """End the session here, and lead to the issuer's own end."""
    gone = RedirectResponse("/signed-out", 303)
    tokens = await leave(request, gone)
    try:
        there = (await _issuer(request).configuration()).end_session_endpoint
    except SignInFailed:
        there = None
    if tokens is None or there is None:
        return gone
    page = failures.bare(
        request, "signing_out.html", there=there, hint=tokens.id or "", back=_address(request, "/signed-out"),
        client=request.app.state.runtime.settings.oidc_client_id,
    )  # fmt: skip
    page.headers["Content-Security-Policy"] = rendering.policy(form_action=there)
    page.raw_headers += [one for one in gone.raw_headers if one[0] == b"set-cookie"]
    return page


@routes.get("/signed-out")
async def show_signed_out(request: Request) -> HTMLResponse:
    """Nobody is signed in here any more."""
    return failures.bare(request, "signed_out.html")


async def _taken(request: Request, state: str) -> Way:
    """The way that leads back here. Raises SignInFailed."""
    browser = request.cookies.get(cookie_name(request, "tl-way"), "")
    async with everybodys(request) as conn:
        taken = await take_way(conn, state, browser, started_after=datetime.now(UTC) - SIGN_IN_LASTS)
    if taken is None:
        raise failed(Obstacle.USED, "no such way, or no longer")
    way, is_theirs = taken
    if not is_theirs:
        raise failed(Obstacle.OTHER_BROWSER, "another browser went this way")
    return way


async def _check_answer(request: Request, error: str, iss: str | None) -> None:
    """Of this issuer (RFC 9207), and no refusal. Raises SignInFailed."""
    told = await _issuer(request).configuration()
    if iss != told.issuer and (iss is not None or told.authorization_response_iss_parameter_supported):
        raise failed(Obstacle.UNFIT, "answer of another issuer")
    if error in _DECLINED:
        raise failed(Obstacle.DECLINED, "declined at the issuer")
    if error:
        raise failed(Obstacle.UNFIT, "the issuer refuses the request")


async def _redeemed(request: Request, code: str, way: Way) -> Granted:
    try:
        return await _issuer(request).redeem(code, way, _back(request))
    except GrantRefused:
        raise failed(Obstacle.USED, "the issuer does not take the code") from None


async def _signed_in_there(request: Request, granted: Granted, way: Way) -> dict[str, Any]:
    """What an ID token says that is for us and for this way (OpenID Connect Core 1.0, 3.1.3.7).

    Raises NotSignedIn, IssuerUnreachable.
    """
    client = request.app.state.runtime.settings.oidc_client_id
    access: Access = request.app.state.access
    said = await access.issued.claims(granted.id_token or "", audience=client, essential=("exp", "iat", "sub", "nonce"))
    if said["nonce"] != way.nonce:
        raise NotSignedIn("the ID token is of another sign-in")
    if said.get("azp", client) != client or ("azp" not in said and said["aud"] not in (client, [client])):
        raise NotSignedIn("the ID token is for another client")
    if said["sub"] != (await access.claims(granted.access_token))["sub"]:
        raise NotSignedIn("ID token and access token are of two people")
    return said


async def _begin(request: Request, response: Response, granted: Granted, said: dict[str, Any]) -> None:
    tokens = await tokens_of(request, granted, said=said)
    identity = request.app.state.access.identified(await request.app.state.access.claims(tokens.access))
    if not identity.roles:
        raise failed(Obstacle.NO_ROLE, "no role of ours")
    await begin_session(request, response, tokens, said["sid"] if isinstance(said.get("sid"), str) else None)


def _issuer(request: Request) -> Issuer:
    issuer: Issuer = request.app.state.issuer
    return issuer


def _address(request: Request, path: str) -> str:
    public: str = request.app.state.runtime.settings.public_url
    return public.rstrip("/") + path


def _back(request: Request) -> str:
    return _address(request, "/signed-in")
