"""A new link by mail, for whoever's link has expired. What is answered is the same for every address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse
from pydantic import TypeAdapter, ValidationError

from services.notifications.api.links import pages
from services.notifications.sql.new_links import save_link_request
from services.notifications.sql.organizations import load_organizations
from shared.contracts import Email
from shared.kit.ids import uuid7
from shared.kit.turn import Turn
from shared.web.caller import Caller
from shared.web.dead_links import NEW_LINK, language_at
from shared.web.links import open_link
from shared.web.rate_limits import address_of

routes = APIRouter(tags=["links in mails"], default_response_class=HTMLResponse)

_EMAIL: TypeAdapter[str] = TypeAdapter(Email)

Token = Annotated[str, Path(max_length=2000)]


class NewLinkVisit(NamedTuple):
    """Somebody, nobody knows who, inside an open turn of the organisation."""

    turn: Turn
    caller: Caller
    organization: str
    language: str


@routes.get("/new-link/{token}")
async def show_asking(token: Token, request: Request) -> HTMLResponse:
    """Ask for the address. Changes nothing."""
    async with _opened(request, token) as visit:
        return _page(visit, "question")


@routes.post("/new-link/{token}", status_code=202)
async def ask_for_link(token: Token, request: Request) -> HTMLResponse:
    """A link leaves for the address that is kept, where this is one. 202 and the same page, whatever was typed.

    Whether anybody reads there is looked at later, so that not even the time it takes tells.
    """
    typed = (await request.form()).get("address")
    async with _opened(request, token) as visit:
        if request.app.state.rate_limits.askers.take((visit.caller.organization, address_of(request))):
            return _page(visit, "busy", status=429)
        await save_link_request(visit.turn.conn, visit.caller.organization, uuid7(), _address(typed))
        return _page(visit, "asked", status=202)


def _address(typed: object) -> str:
    """What was typed, if it is an address; else one that nobody has."""
    try:
        return _EMAIL.validate_python(typed.strip() if isinstance(typed, str) else typed)
    except ValidationError:
        return ""


@asynccontextmanager
async def _opened(request: Request, token: str) -> AsyncIterator[NewLinkVisit]:
    """Open the link and a turn of its organisation. Raises LinkRefused."""
    link = await open_link(request, NEW_LINK, token)
    language = await language_at(request, link.organization)
    caller = Caller(request.app.state.runtime, link.organization, "-")
    async with caller.turn() as turn:
        settings = (await load_organizations(turn.conn, [link.organization]))[link.organization]
        yield NewLinkVisit(turn, caller, settings.name, language)


def _page(visit: NewLinkVisit, step: str, *, status: int = 200) -> HTMLResponse:
    return pages.show(
        "new_link.html", language=visit.language, status=status, organization=visit.organization, step=step
    )
