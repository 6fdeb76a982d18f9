"""The page a candidate reaches by a signed link: one button, yes or no to the talent pool. Only POST changes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse

from services.candidates import sql
from services.candidates.domain.consent import Consent
from shared.contracts import ConsentChanged, Purpose
from shared.kit.db import Connection
from shared.kit.desk import Desk
from shared.kit.html import Pages
from shared.kit.links import LinkRefused, Links
from shared.kit.people import People

routes = APIRouter(tags=["candidate's page"], default_response_class=HTMLResponse)

PURPOSE = "pool"
TEXT_VERSION = "pool-2026-11"
LANGUAGE = "en"

pages = Pages("services.candidates")

Token = Annotated[str, Path(max_length=2000)]


class Choice(StrEnum):
    """What the button says."""

    YES = "yes"
    NO = "no"


class Visitor(NamedTuple):
    """Whoever follows a link that opens, inside an open transaction."""

    conn: Connection
    desk: Desk
    people: People
    now: datetime

    @property
    def candidate(self) -> str:
        """The id that stands for them."""
        return self.people.pairs[0][1]


@routes.get("/me/{token}")
async def show_choice(token: Token, request: Request) -> HTMLResponse:
    """Show what was chosen and one button. Changes nothing, whoever opens it."""
    try:
        async with _opened(request, token) as visitor:
            return await _page(visitor)
    except LinkRefused as refused:
        return pages.refuse(refused)


@routes.post("/me/{token}")
async def choose(token: Token, request: Request, answer: Annotated[Choice, Form()]) -> HTMLResponse:
    """Keep the choice: consent to the talent pool given or withdrawn now. The same choice again changes nothing."""
    try:
        async with _opened(request, token) as visitor:
            await _keep(visitor, granted=answer is Choice.YES)
            return await _page(visitor)
    except LinkRefused as refused:
        return pages.refuse(refused)


@asynccontextmanager
async def _opened(request: Request, token: str) -> AsyncIterator[Visitor]:
    """Open the link and a transaction of its organisation. Raises LinkRefused."""
    runtime = request.app.state.runtime
    links = Links(runtime.settings.link_key.get_secret_value())
    link = links.open(PURPOSE, token, await runtime.inbox.now())
    desk = Desk(runtime, link.organization, link.subject)
    async with desk.transaction() as conn:
        if not await sql.find_known(conn, link.organization, link.subject):
            raise LinkRefused("link-invalid")
        people = await sql.load_person(conn, link.organization, link.subject)
        yield Visitor(conn, desk, people, await desk.now(conn))


async def _consent(visitor: Visitor) -> Consent | None:
    consents = await sql.load_consents(visitor.conn, visitor.people)
    known = [ConsentChanged.model_validate(c) for c in consents if c["purpose"] == Purpose.TALENT_POOL]
    return next((Consent(c.granted, c.given_at, c.expires_at) for c in known), None)


async def _keep(visitor: Visitor, *, granted: bool) -> None:
    known = await _consent(visitor)
    if known and known.granted is granted and (known.stands(visitor.now) or not granted):
        return
    event = ConsentChanged(
        candidate=visitor.candidate,
        purpose=Purpose.TALENT_POOL,
        granted=granted,
        given_at=visitor.now,
        text_version=TEXT_VERSION,
        language=LANGUAGE,
        how="link",
    )
    await visitor.desk.record(visitor.conn, event)


async def _page(visitor: Visitor) -> HTMLResponse:
    known = await _consent(visitor)
    state = "unanswered" if known is None else "in" if known.stands(visitor.now) else "out"
    name = await sql.load_name(visitor.conn, visitor.desk.organization)
    return pages.show("pool.html", state=state, organization=name or visitor.desk.organization)
