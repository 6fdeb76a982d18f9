"""The issuer ends sessions by itself, and says so by a signed token (OpenID Connect Back-Channel Logout 1.0)."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from services.console.api.sessions import everybodys
from services.console.domain.sessions import LOGOUT_LASTS
from services.console.sql.sessions import end_sessions_of
from services.console.sql.ways import note_logout
from shared.web.access import NotSignedIn

routes = APIRouter(include_in_schema=False)
_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@routes.post("/back-channel-logout")
async def end_by_issuer(request: Request) -> Response:
    """Ends the sessions that a logout token names. It comes from no page, so no form guard stands before it."""
    token = (await request.form()).get("logout_token")
    try:
        said = await _checked(request, token if isinstance(token, str) else "")
    except NotSignedIn as refused:
        return JSONResponse({"error": "invalid_request", "error_description": refused.detail}, 400)
    async with everybodys(request) as conn:
        if await note_logout(conn, said["jti"], datetime.now(UTC)):
            await end_sessions_of(conn, user=said.get("sub"), sid=said.get("sid"))
    return Response()


async def _checked(request: Request, token: str) -> dict[str, Any]:
    """What it says, if it is a logout for us and of now (2.6). Raises NotSignedIn, IssuerUnreachable."""
    state = request.app.state
    client = state.runtime.settings.oidc_client_id
    said: dict[str, Any] = await state.access.issued.claims(token, audience=client, essential=("iat", "jti", "events"))
    if not (isinstance(said["events"], dict) and isinstance(said["events"].get(_EVENT), dict)) or "nonce" in said:
        raise NotSignedIn("The token is no logout token.")
    if datetime.now(UTC).timestamp() - said["iat"] > LOGOUT_LASTS.total_seconds():
        raise NotSignedIn("The token is too old.")
    named = [said.get(name) for name in ("jti", "sub", "sid") if name in said]
    if len(named) < 2 or not all(isinstance(name, str) and "\0" not in name for name in named):
        raise NotSignedIn("The token names no session.")
    return said
