"""The page of a link that does not open, in the language of whoever followed it."""

import json
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from shared.contracts import legal_frame
from shared.contracts.links import NEW_LINK
from shared.kit.db import Connection
from shared.web.links import LinkRefused
from shared.web.pages import KIT, Pages
from shared.web.translation import accepted, spoken

pages = Pages(KIT)


async def refuse(request: Request, refused: LinkRefused) -> HTMLResponse:
    """410 when it has expired, with the way to a new one; else 404: of an altered link nothing is believed."""
    runtime = request.app.state.runtime
    expired, anew = refused.code == "link-expired", None
    if expired and refused.organization and (service := runtime.settings.new_links_at):
        now = await runtime.turns.now()
        anew = request.app.state.links.address(NEW_LINK, service, refused.organization, now=now)
    said = await _settings_of(request, refused.organization) if refused.organization else {}
    wanted = accepted(request.headers.get("accept-language", ""))
    return pages.show(
        "refused.html",
        language=spoken(*wanted, said.get("language")),
        status=410 if expired else 404,
        legal=legal_frame(said),
        expired=expired,
        anew=anew,
    )


async def _settings_of(request: Request, organization: str) -> dict[str, Any]:
    """What the organisation says of itself; nothing where it said nothing yet."""
    async with request.app.state.runtime.database.transaction([organization]) as conn:
        return await _load_settings(conn, organization)


async def _load_settings(conn: Connection, organization: str) -> dict[str, Any]:
    body: str | None = await conn.fetchval(
        """
        SELECT body FROM facts WHERE organization = $1 AND fact = $1 AND topic = 'organization-configured'
        """,
        organization,
    )
    return json.loads(body) if body else {}
