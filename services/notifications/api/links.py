"""Links in mails: unsubscribe and answers. Following one changes nothing; pressing its one button does."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Form, Request
from fastapi.responses import HTMLResponse

from services.notifications.domain.records import RecipientRecord
from services.notifications.settings import NotificationsSettings
from services.notifications.sql.readers import find_known, find_sharing
from services.notifications.sql.records import load_records
from shared.contracts import CandidateResponded, ResponseKind, derived_id, match_id
from shared.contracts.links import ANSWER, OWN_PAGE, STAY, UNSUBSCRIBE
from shared.kit.people import People, find_people
from shared.web.bodies import Routes
from shared.web.links import Token
from shared.web.middleware import page_policy
from shared.web.pages import Pages
from shared.web.translation import spoken
from shared.web.visits import Visit, visiting

routes = Routes(tags=["links in mails"], default_response_class=HTMLResponse)

pages = Pages("services.notifications")


class Choice(StrEnum):
    """What a button says."""

    INTERESTED = "interested"
    NOT_NOW = "not_now"


@routes.get(UNSUBSCRIBE.route)
async def show_unsubscribing(token: Token, request: Request) -> HTMLResponse:
    """Show one button. Changes nothing, whoever opens it: mail scanners follow links."""
    async with visiting(request, UNSUBSCRIBE, token) as visit:
        record = await load_reader(visit)
        return _unsubscribing(record, done=record.standing(None).has_unsubscribed)


@routes.post(UNSUBSCRIBE.route)
async def unsubscribe(token: Token, request: Request) -> HTMLResponse:
    """RFC 8058: effective before the answer, without sign-in, for everyone who reads at this address."""
    async with visiting(request, UNSUBSCRIBE, token) as visit:
        record = await load_reader(visit)
        if not record.standing(None).has_unsubscribed:
            await _unsubscribe(visit, record)
        return _unsubscribing(record, done=True)


@routes.get(ANSWER.route)
async def show_answer(token: Token, request: Request) -> HTMLResponse:
    """Show the question and two buttons. Changes nothing."""
    async with visiting(request, ANSWER, token) as visit:
        record, [_, match] = await load_reader(visit), visit.about
        return _answered(record, match, _known_answer(record, match))


@routes.post(ANSWER.route)
async def answer(token: Token, request: Request, answer: Annotated[Choice, Form()]) -> HTMLResponse:
    """Keep the answer. The same answer again changes nothing."""
    async with visiting(request, ANSWER, token) as visit:
        record, [candidate, match] = await load_reader(visit), visit.about
        if answer != _known_answer(record, match):
            await _respond(visit, candidate, ResponseKind(answer), match)
        return _answered(record, match, answer)


@routes.get(STAY.route)
async def show_staying(token: Token, request: Request) -> HTMLResponse:
    """Ask whether they are still interested. Changes nothing."""
    async with visiting(request, STAY, token) as visit:
        return _staying(visit, await load_reader(visit), None)


@routes.post(STAY.route)
async def stay(token: Token, request: Request, answer: Annotated[Choice, Form()]) -> HTMLResponse:
    """Keep the answer as a sign of theirs: the talent pool counts its months from here (rule 5)."""
    async with visiting(request, STAY, token) as visit:
        record, [candidate] = await load_reader(visit), visit.about
        await _respond(visit, candidate, ResponseKind(answer), None)
        return _staying(visit, record, answer)


async def load_reader(visit: Visit) -> RecipientRecord:
    """Everything about the candidate whom a link names first. Raises LinkRefused when they are not known here."""
    conn, candidate = visit.turn.conn, visit.about[0]
    if not await find_known(conn, visit.organization, candidate):
        raise visit.refused()
    people = People(await find_people(conn, [(visit.organization, candidate)]), {})
    [record] = await load_records(conn, people)
    return record


def language_of(record: RecipientRecord) -> str:
    """Theirs, else the organisation's, as far as we have words in it."""
    return spoken(record.profile and record.profile.language, record.organization.language)


def own_page(visit: Visit) -> str:
    """The candidate's own page: at the candidates service, which shares the key."""
    settings: NotificationsSettings = visit.settings
    return visit.address(OWN_PAGE, settings.candidates_url, visit.about[0])


async def _unsubscribe(visit: Visit, record: RecipientRecord) -> None:
    """Whoever reads at this address under other ids is unsubscribed as well.

    It ends every yes that is known, one too that a platform dates later, whose clock is ahead of ours.
    """
    at = max([visit.turn.now, *(consent.given_at for consent in record.consents.values())])
    for candidate in await find_sharing(visit.turn.conn, visit.organization, *visit.about):
        await _respond(visit, candidate, ResponseKind.UNSUBSCRIBED, None, at)


async def _respond(
    visit: Visit, candidate: str, kind: ResponseKind, match: str | None, at: datetime | None = None
) -> None:
    """One answer of a kind is one fact: given again it is a newer version."""
    event = CandidateResponded(
        response=derived_id("response", candidate, kind, match or "-"),
        candidate=candidate,
        responded_at=at or visit.turn.now,
        kind=kind,
        match=match,
    )
    await visit.caller.record(visit.turn, event)


def _unsubscribing(record: RecipientRecord, *, done: bool) -> HTMLResponse:
    settings = record.organization
    return pages.show(
        "unsubscribe.html", language=language_of(record), legal=settings.legal, done=done, organization=settings.name
    )


def _staying(visit: Visit, record: RecipientRecord, answer: Choice | None) -> HTMLResponse:
    """Yes and later are answers to us; no is a consent taken back: that button speaks to the candidates service."""
    home = own_page(visit)
    page = pages.show(
        "stay.html",
        language=language_of(record),
        legal=record.organization.legal,
        answer=answer,
        organization=record.organization.name,
        home=home,
    )
    page.headers["Content-Security-Policy"] = page_policy(form_action="{0.scheme}://{0.netloc}".format(urlsplit(home)))
    return page


def _known_answer(record: RecipientRecord, match: str) -> Choice | None:
    """What they chose last about this match."""
    said = [(a.at, Choice.INTERESTED) for a in record.interested if a.match == match]
    said += [(a.at, Choice.NOT_NOW) for a in record.not_now if a.match == match]
    return max(said)[1] if said else None


def _answered(record: RecipientRecord, match: str, chosen: Choice | None) -> HTMLResponse:
    openings = record.openings.values()
    title = next((o.title for o in openings if match in {match_id(i, o.job) for i in record.ids}), None)
    return pages.show(
        "answer.html",
        language=language_of(record),
        legal=record.organization.legal,
        answer=chosen,
        title=title,
        organization=record.organization.name,
    )
