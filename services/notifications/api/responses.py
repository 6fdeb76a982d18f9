"""What candidates say about an answer they got: rate it, ask for feedback, disagree, have a person look again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from services.notifications.api.links import Token, home, pages, visiting
from services.notifications.domain.records import RecipientRecord
from shared.contracts import CandidateResponded, ResponseKind, derived_id
from shared.kit.turn import Turn
from shared.web.caller import Caller
from shared.web.translation import spoken

routes = APIRouter(tags=["links in mails"], default_response_class=HTMLResponse)

RESPOND = "respond"

Rating = Annotated[int | None, Form(ge=0, le=5)]


class AskedResponse(StrEnum):
    """What such a link may be for."""

    FEEDBACK_RATED = ResponseKind.FEEDBACK_RATED
    FEEDBACK_REQUESTED = ResponseKind.FEEDBACK_REQUESTED
    REVIEW_REQUESTED = ResponseKind.REVIEW_REQUESTED
    DISPUTED = ResponseKind.DISPUTED


class ResponseVisit(NamedTuple):
    """Whoever follows a link that opens, inside an open turn. `letter`: the answer it is about."""

    turn: Turn
    caller: Caller
    candidate: str
    kind: AskedResponse
    letter: str
    record: RecipientRecord

    @property
    def response(self) -> str:
        """The id of what is said here: said again it is a newer version."""
        return derived_id("response", self.candidate, self.kind, self.letter)


@routes.get("/respond/{token}")
async def show_question(token: Token, request: Request) -> HTMLResponse:
    """Show what one button says. Changes nothing, whoever opens it."""
    async with _opened(request, token) as visit:
        return _page(request, visit, done=False)


@routes.post("/respond/{token}")
async def respond(token: Token, request: Request, rating: Rating = None) -> HTMLResponse:
    """Keep what they say. A rating is 0 to 5; the others become a task for whoever answers for the job."""
    async with _opened(request, token) as visit:
        if visit.kind is AskedResponse.FEEDBACK_RATED and rating is None:
            return _page(request, visit, done=False, status=422)
        said = next((w for w in visit.record.wishes if w.response == visit.response), None)
        if said is None or said.rating != rating:  # the same again is nothing new
            await _say(visit, rating, said.at if said else visit.turn.now)
        return _page(request, visit, done=True)


@asynccontextmanager
async def _opened(request: Request, token: str) -> AsyncIterator[ResponseVisit]:
    """Open the link and a turn of its organisation. Raises LinkRefused."""
    async with visiting(request, RESPOND, token) as visit:
        kind, letter = visit.about.split("/")
        yield ResponseVisit(visit.turn, visit.caller, visit.candidate, AskedResponse(kind), letter, visit.record)


async def _say(visit: ResponseVisit, rating: int | None, first_at: datetime) -> None:
    """A rating that is corrected keeps its instant, and so its place among those that are shown in fives."""
    event = CandidateResponded(
        response=visit.response,
        candidate=visit.candidate,
        responded_at=first_at,
        kind=ResponseKind(visit.kind),
        rating=rating if visit.kind is AskedResponse.FEEDBACK_RATED else None,
        letter=visit.letter,
    )
    await visit.caller.record(visit.turn, event)


def _page(request: Request, visit: ResponseVisit, *, done: bool, status: int = 200) -> HTMLResponse:
    profile = visit.record.profile
    return pages.show(
        "respond.html",
        language=spoken(profile and profile.language, visit.record.organization.language),
        status=status,
        kind=visit.kind,
        done=done,
        wrong=status != 200,
        organization=visit.record.organization.name,
        home=home(request, visit.caller, visit.candidate, visit.turn.now),
    )
