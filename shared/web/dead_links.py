"""The page of a link that does not open, in the language of whoever followed it."""

from fastapi import Request
from fastapi.responses import HTMLResponse

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
    language = await _language_at(request, refused.organization)
    return pages.show("refused.html", language=language, status=410 if expired else 404, expired=expired, anew=anew)


async def _language_at(request: Request, organization: str | None) -> str:
    """What their browser asks for, else what the organisation speaks."""
    wanted = accepted(request.headers.get("accept-language", ""))
    if organization is None:
        return spoken(*wanted)
    async with request.app.state.runtime.database.transaction([organization]) as conn:
        return spoken(*wanted, await _load_language(conn, organization))


async def _load_language(conn: Connection, organization: str) -> str | None:
    language: str | None = await conn.fetchval(
        """
        SELECT body ->> 'language' FROM facts
        WHERE organization = $1 AND fact = $1 AND topic = 'organization-configured'
        """,
        organization,
    )
    return language
