"""The page of a mentor, behind a signed link: what they are asked, then whom they reach how. Only POST changes."""

from enum import StrEnum
from functools import partial
from typing import Annotated, NamedTuple

from fastapi import Form, Request
from fastapi.responses import HTMLResponse

from services.candidates.api.mentoring import hold_mentorship, keep_answer, keep_ending
from services.candidates.domain.mentoring import Stage
from services.candidates.sql.mentoring import ListedMentorship, find_mentorship
from services.candidates.sql.page import load_organization
from services.candidates.sql.people import load_person, load_profile
from shared.contracts.links import MENTORING
from shared.people.restricted import find_restricted
from shared.web.bodies import Routes
from shared.web.dates import said_date
from shared.web.links import Token
from shared.web.pages import Pages
from shared.web.translation import called, spoken
from shared.web.visits import Visit, visiting

routes = Routes(tags=["mentor's page"], default_response_class=HTMLResponse)

pages = Pages("services.candidates")


class Choice(StrEnum):
    """What a button says."""

    YES = "yes"
    NO = "no"
    END = "end"


class ReachedPerson(NamedTuple):
    """Whom a mentor helps, once both said yes: their name, and how to reach them."""

    name: str
    email: str | None


@routes.get(MENTORING.route)
async def show_mentoring(token: Token, request: Request) -> HTMLResponse:
    """Show what is asked, or whom they mentor. Changes nothing, whoever opens it."""
    async with visiting(request, MENTORING, token) as visit:
        return await _page(visit, await _theirs(visit))


@routes.post(MENTORING.route)
async def answer_or_end(
    token: Token, request: Request, answer: Annotated[Choice, Form()], goals: Annotated[str, Form()] = ""
) -> HTMLResponse:
    """Say yes or no, or end it. What is over stays so, and the same again changes nothing.

    `goals`: what the page named them by, and the days; a yes to others than those that stand is none.
    """
    async with visiting(request, MENTORING, token) as visit:
        await hold_mentorship(visit.turn, visit.organization, visit.about[0])
        known = await _theirs(visit)
        if answer is Choice.YES and known.stage == Stage.PROPOSED and goals != known.version:
            return await _page(visit, known, is_changed=True)
        if answer is Choice.END and known.stage in (Stage.AGREED, Stage.ACTIVE):
            await keep_ending(visit.turn, visit.caller, known, "mentor")
        elif answer is not Choice.END and known.stage == Stage.PROPOSED:
            await keep_answer(visit.turn, visit.caller, known, agreed=answer is Choice.YES)
    async with visiting(request, MENTORING, token) as visit:
        return await _page(visit, await _theirs(visit), kept=True)


async def _theirs(visit: Visit) -> ListedMentorship:
    """Raises LinkRefused where it is gone, was never this colleague's, or is about somebody who is to be forgotten."""
    relation, user = visit.about
    known = await find_mentorship(visit.turn.conn, visit.organization, relation)
    if known is None or known.user != user:
        raise visit.refused()
    if await find_restricted(visit.turn.conn, visit.organization, [known.candidate]):
        raise visit.refused()
    return known


async def _page(visit: Visit, known: ListedMentorship, *, kept: bool = False, is_changed: bool = False) -> HTMLResponse:
    organization = await load_organization(visit.turn.conn, visit.organization)
    language = spoken(organization.language)
    return pages.show(
        "mentor.html",
        language=language,
        legal=organization.legal,
        organization=organization.name,
        mentorship=known,
        person=await _reached(visit, known, language) if known.stage == Stage.ACTIVE else None,
        kept=kept,
        is_changed=is_changed,
        named=known.version,
        day=partial(said_date, language=language),
    )


async def _reached(visit: Visit, known: ListedMentorship, language: str) -> ReachedPerson:
    people = await load_person(visit.turn.conn, visit.organization, known.candidate)
    profile = await load_profile(visit.turn.conn, people) or {}
    name = called(profile.get("name", known.candidate), profile.get("preferred_name"), language)
    return ReachedPerson(name, profile.get("email"))
