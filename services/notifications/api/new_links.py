"""A new link by mail, for whoever's link has expired. What is answered is the same for every address."""

from fastapi import Request
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError

from services.notifications.api.links import pages
from services.notifications.sql.new_links import save_link_request
from services.notifications.sql.organizations import load_organizations
from shared.contracts import Email
from shared.contracts.links import NEW_LINK
from shared.kit.ids import uuid7
from shared.web.bodies import Routes
from shared.web.links import Token
from shared.web.rate_limits import address_of
from shared.web.translation import spoken
from shared.web.visits import Visit, visiting

routes = Routes(tags=["links in mails"], default_response_class=HTMLResponse)

_EMAIL: TypeAdapter[str] = TypeAdapter(Email)


@routes.get(NEW_LINK.route)
async def show_asking(token: Token, request: Request) -> HTMLResponse:
    """Ask for the address. Changes nothing."""
    async with visiting(request, NEW_LINK, token) as visit:
        return await _page(visit, "question")


@routes.post(NEW_LINK.route, status_code=202)
async def ask_for_link(token: Token, request: Request) -> HTMLResponse:
    """A link leaves for the address that is kept, where this is one. 202 and the same page, whatever was typed.

    Whether anybody reads there is looked at later, so that not even the time it takes tells.
    """
    typed = (await request.form()).get("address")
    async with visiting(request, NEW_LINK, token) as visit:
        if request.app.state.rate_limits.askers.take((visit.organization, address_of(request))):
            return await _page(visit, "busy", status=429)
        await save_link_request(visit.turn.conn, visit.organization, uuid7(), _address(typed))
        return await _page(visit, "asked", status=202)


def _address(typed: object) -> str:
    """What was typed, if it is an address; else one that nobody has."""
    try:
        return _EMAIL.validate_python(typed.strip() if isinstance(typed, str) else typed)
    except ValidationError:
        return ""


async def _page(visit: Visit, step: str, *, status: int = 200) -> HTMLResponse:
    organization = (await load_organizations(visit.turn.conn, [visit.organization]))[visit.organization]
    language = spoken(*visit.languages, organization.language)
    return pages.show(
        "new_link.html",
        language=language,
        status=status,
        legal=organization.legal,
        organization=organization.name,
        step=step,
    )
