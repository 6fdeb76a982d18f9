"""Links in mails: unsubscribe and answers. Following one changes nothing; pressing its one button does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse

from services.notifications.domain.records import RecipientRecord
from services.notifications.sql.records import load_records
from services.notifications.sql.work import find_known, find_sharing
from shared.contracts import CandidateResponded, ResponseKind, derived_id, match_id
from shared.kit.people import People, find_people
from shared.kit.turn import Turn
from shared.web.caller import Caller
from shared.web.links import LinkRefused, open_link
from shared.web.middleware import page_policy
from shared.web.pages import Pages
from shared.web.translation import spoken

routes = APIRouter(tags=["links in mails"], default_response_class=HTMLResponse)

UNSUBSCRIBE, ANSWER, STAY, POOL = "unsubscribe", "answer", "stay", "pool"
LINKS_LAST = timedelta(days=60)

pages = Pages("services.notifications")

Token = Annotated[str, Path(max_length=2000)]


class Choice(StrEnum):
    """What a button says."""

    INTERESTED = "interested"
    NOT_NOW = "not_now"


class LetterVisit(NamedTuple):
    """Whoever follows a link that opens, inside an open turn."""

    turn: Turn
    caller: Caller
    candidate: str
    about: str  # a match, or what is asked of which letter, as the link says
    record: RecipientRecord

    @property
    def language(self) -> str:
        """Theirs, else the organisation's, as far as we have words in it."""
        return spoken(self.record.profile and self.record.profile.language, self.record.organization.language)


@routes.get("/unsubscribe/{token}")
async def show_unsubscribing(token: Token, request: Request) -> HTMLResponse:
    """Show one button. Changes nothing, whoever opens it: mail scanners follow links."""
    async with visiting(request, UNSUBSCRIBE, token) as visit:
        done = visit.record.standing(None).has_unsubscribed
        return pages.show(
            "unsubscribe.html", language=visit.language, done=done, organization=visit.record.organization.name
        )


@routes.post("/unsubscribe/{token}")
async def unsubscribe(token: Token, request: Request) -> HTMLResponse:
    """RFC 8058: effective before the answer, without sign-in, for everyone who reads at this address."""
    async with visiting(request, UNSUBSCRIBE, token) as visit:
        if not visit.record.standing(None).has_unsubscribed:
            await _unsubscribe(visit)
        return pages.show(
            "unsubscribe.html", language=visit.language, done=True, organization=visit.record.organization.name
        )


@routes.get("/answer/{token}")
async def show_answer(token: Token, request: Request) -> HTMLResponse:
    """Show the question and two buttons. Changes nothing."""
    async with visiting(request, ANSWER, token) as visit:
        return _answered(visit, _known_answer(visit))


@routes.post("/answer/{token}")
async def answer(token: Token, request: Request, answer: Annotated[Choice, Form()]) -> HTMLResponse:
    """Keep the answer. The same answer again changes nothing."""
    async with visiting(request, ANSWER, token) as visit:
        if answer != _known_answer(visit):
            await _respond(visit, visit.candidate, ResponseKind(answer), visit.about)
        return _answered(visit, answer)


@routes.get("/stay/{token}")
async def show_staying(token: Token, request: Request) -> HTMLResponse:
    """Ask whether they are still interested. Changes nothing."""
    async with visiting(request, STAY, token) as visit:
        return await _staying(request, visit, None)


@routes.post("/stay/{token}")
async def stay(token: Token, request: Request, answer: Annotated[Choice, Form()]) -> HTMLResponse:
    """Keep the answer as a sign of theirs: the talent pool counts its months from here (rule 5)."""
    async with visiting(request, STAY, token) as visit:
        await _respond(visit, visit.candidate, ResponseKind(answer), None)
        return await _staying(request, visit, answer)


@asynccontextmanager
async def visiting(request: Request, purpose: str, token: str) -> AsyncIterator[LetterVisit]:
    """Open a link about `candidate` or `candidate/about`, and a turn of its organisation. Raises LinkRefused."""
    link = await open_link(request, purpose, token)
    candidate, _, about = link.subject.partition("/")
    caller = Caller(request.app.state.runtime, link.organization, candidate)
    async with caller.turn() as turn:
        if not await find_known(turn.conn, link.organization, candidate):
            raise LinkRefused("link-invalid", link.organization)
        people = People(await find_people(turn.conn, [(link.organization, candidate)]), {})
        [record] = await load_records(turn.conn, people)
        yield LetterVisit(turn, caller, candidate, about, record)


async def _unsubscribe(visit: LetterVisit) -> None:
    """Whoever reads at this address under other ids is unsubscribed as well."""
    for candidate in await find_sharing(visit.turn.conn, visit.caller.organization, visit.candidate):
        await _respond(visit, candidate, ResponseKind.UNSUBSCRIBED, None)


async def _respond(visit: LetterVisit, candidate: str, kind: ResponseKind, match: str | None) -> None:
    """One answer of a kind is one fact: given again it is a newer version."""
    event = CandidateResponded(
        response=derived_id("response", candidate, kind, match or "-"),
        candidate=candidate,
        responded_at=visit.turn.now,
        kind=kind,
        match=match,
    )
    await visit.caller.record(visit.turn, event)


async def _staying(request: Request, visit: LetterVisit, answer: Choice | None) -> HTMLResponse:
    """Yes and later are answers to us; no is a consent taken back: that button speaks to the candidates service."""
    address = home(request, visit.caller, visit.candidate, visit.turn.now)
    page = pages.show(
        "stay.html",
        language=visit.language,
        answer=answer,
        organization=visit.record.organization.name,
        home=address,
    )
    page.headers["Content-Security-Policy"] = page_policy(
        form_action="{0.scheme}://{0.netloc}".format(urlsplit(address))
    )
    return page


def home(request: Request, caller: Caller, candidate: str, now: datetime) -> str:
    """A candidate's own page: at the candidates service, which shares the key."""
    signed = request.app.state.links.sign(POOL, caller.organization, candidate, now + LINKS_LAST)
    return f"{request.app.state.runtime.settings.candidates_url.rstrip('/')}/me/{signed}"


def _known_answer(visit: LetterVisit) -> Choice | None:
    """What they chose last about this match."""
    said = [(a.at, Choice.INTERESTED) for a in visit.record.interested if a.match == visit.about]
    said += [(a.at, Choice.NOT_NOW) for a in visit.record.not_now if a.match == visit.about]
    return max(said)[1] if said else None


def _answered(visit: LetterVisit, chosen: Choice | None) -> HTMLResponse:
    openings = visit.record.openings.values()
    ids = visit.record.ids
    title = next((o.title for o in openings if visit.about in {match_id(i, o.job) for i in ids}), None)
    return pages.show(
        "answer.html",
        language=visit.language,
        answer=chosen,
        title=title,
        organization=visit.record.organization.name,
    )
