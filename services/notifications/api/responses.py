"""What candidates say about an answer they got: rate it, ask for feedback, disagree, have a person look again."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from fastapi import Form, Request
from fastapi.responses import HTMLResponse

from services.notifications.api.links import language_of, load_reader, own_page, pages
from services.notifications.domain import requests
from services.notifications.domain.records import CandidateWish, RecipientRecord
from shared.contracts import CandidateResponded, ResponseKind, derived_id
from shared.contracts.links import RESPOND
from shared.kit.people import hold_people
from shared.web.bodies import Routes
from shared.web.links import Token
from shared.web.validation import TEXT, fits
from shared.web.visits import Visit, visiting

routes = Routes(tags=["links in mails"], default_response_class=HTMLResponse)

Rating = Annotated[int | None, Form(ge=0, le=5)]
Words = Annotated[str, Form()]


class AskedResponse(StrEnum):
    """What such a link may be for."""

    FEEDBACK_RATED = ResponseKind.FEEDBACK_RATED
    FEEDBACK_REQUESTED = ResponseKind.FEEDBACK_REQUESTED
    REVIEW_REQUESTED = ResponseKind.REVIEW_REQUESTED
    DISPUTED = ResponseKind.DISPUTED


class ResponseSubject(NamedTuple):
    """Who says something, of which kind, and about which answer they got: `letter`."""

    record: RecipientRecord
    candidate: str
    kind: AskedResponse
    letter: str

    @property
    def response(self) -> str:
        """The id of what is said here: said again it is a newer version."""
        return derived_id("response", self.candidate, self.kind, self.letter)

    @property
    def said(self) -> CandidateWish | None:
        """What was said here before."""
        return next((w for w in self.record.wishes if w.response == self.response), None)


@routes.get(RESPOND.route)
async def show_question(token: Token, request: Request) -> HTMLResponse:
    """Show what one button says. Changes nothing, whoever opens it."""
    async with visiting(request, RESPOND, token) as visit:
        subject = await _subject(visit)
        return _page(visit, subject, words=(subject.said and subject.said.text) or "")


@routes.post(RESPOND.route)
async def respond(token: Token, request: Request, rating: Rating = None, words: Words = "") -> HTMLResponse:
    """Keep what they say. A rating is 0 to 5; the others become a task for whoever answers for the job.

    `words`: what they want to say to it, in 600 characters of plain text.
    """
    async with visiting(request, RESPOND, token) as visit:
        await hold_people(visit.turn.conn, visit.organization, visit.about[0])
        subject = await _subject(visit)
        if subject.kind is AskedResponse.FEEDBACK_RATED and rating is None:
            return _page(visit, subject, status=422)
        text = plain(words) if subject.kind is not AskedResponse.FEEDBACK_RATED else None
        if text and not fits(TEXT, text):
            return _page(visit, subject, words=words, status=422)
        await _keep(visit, subject, rating, text)
        return _page(visit, subject, done=True)


async def _keep(visit: Visit, subject: ResponseSubject, rating: int | None, text: str | None) -> None:
    """The same again is nothing new, unless it was answered meanwhile."""
    said = subject.said
    is_open = said is not None and requests.is_open(subject.record, said)
    if said is None or not is_open or (said.rating, said.text) != (rating, text):
        await _say(visit, subject, rating, text, said.at if said and is_open else visit.turn.now)


def plain(words: str) -> str | None:
    """As it was typed, with line ends as they are kept; None where nothing was."""
    return words.replace("\r\n", "\n").replace("\r", "\n").strip() or None


async def _subject(visit: Visit) -> ResponseSubject:
    """Raises LinkRefused when the candidate is not known here."""
    candidate, kind, letter = visit.about
    return ResponseSubject(await load_reader(visit), candidate, AskedResponse(kind), letter)


async def _say(
    visit: Visit, subject: ResponseSubject, rating: int | None, text: str | None, first_at: datetime
) -> None:
    """A rating that is corrected keeps its instant, and so its place among those that are shown in fives."""
    event = CandidateResponded(
        response=subject.response,
        candidate=subject.candidate,
        responded_at=first_at,
        kind=ResponseKind(subject.kind),
        rating=rating if subject.kind is AskedResponse.FEEDBACK_RATED else None,
        letter=subject.letter,
        text=text,
    )
    await visit.caller.record(visit.turn, event)


def _page(
    visit: Visit, subject: ResponseSubject, *, words: str = "", done: bool = False, status: int = 200
) -> HTMLResponse:
    return pages.show(
        "respond.html",
        language=language_of(subject.record),
        legal=subject.record.organization.legal,
        status=status,
        kind=subject.kind,
        done=done,
        words=words,
        wrong=status != 200,
        organization=subject.record.organization.name,
        home=own_page(visit),
    )
