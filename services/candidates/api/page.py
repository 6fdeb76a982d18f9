"""The page a candidate reaches by a signed link: what happens next, their feedback, their data. Only POST changes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse

from services.candidates.api.consent_texts import current
from services.candidates.domain.consent import Consent
from services.candidates.domain.mentoring import Stage
from services.candidates.domain.page import openings, shown_applications, to_build
from services.candidates.sql.keeping import load_progress
from services.candidates.sql.mentoring import ListedMentorship, MentorshipSearch, load_mentorships, load_names
from services.candidates.sql.page import OrganizationProfile, load_organization, load_proposed, load_told
from services.candidates.sql.people import find_known, load_consents, load_person, load_profile
from services.candidates.sql.waste import load_calendar
from shared.contracts import Condition, ConsentChanged, ErasureRequested, Purpose, RequestedBy, ResponseKind
from shared.kit.people import People
from shared.kit.turn import Turn
from shared.web.caller import Caller
from shared.web.cursors import LARGEST_PAGE
from shared.web.links import LinkRefused, Links, open_link
from shared.web.pages import Pages
from shared.web.translation import spoken

routes = APIRouter(tags=["candidate's page"], default_response_class=HTMLResponse)

PURPOSE = "pool"
RESPOND, ANSWER = "respond", "answer"  # pages of notifications, which says what people answer
EXPORT = "export"  # in every service
LINKS_LAST = timedelta(days=60)
ASKED = (Purpose.TALENT_POOL, Purpose.KEEP_IN_TOUCH, Purpose.SURVEY)  # what the page asks by itself

pages = Pages("services.candidates")

Token = Annotated[str, Path(max_length=2000)]


class Choice(StrEnum):
    """What a button says."""

    YES = "yes"
    NO = "no"


class About(StrEnum):
    """What a button is about."""

    TALENT_POOL = "talent_pool"
    KEEP_IN_TOUCH = "keep_in_touch"
    SURVEY = "survey"
    MENTORING = "mentoring"
    ERASURE = "erasure"


class PageVisit(NamedTuple):
    """Whoever follows a link that opens, inside an open turn."""

    turn: Turn
    caller: Caller
    people: People
    organization: OrganizationProfile
    profile: dict[str, str]
    consents: dict[Purpose, ConsentChanged]

    @property
    def candidate(self) -> str:
        """The id that stands for them."""
        return self.people.pairs[0][1]

    @property
    def language(self) -> str:
        """Theirs, else the organisation's."""
        return spoken(self.profile.get("language"), self.organization.language)

    def stands(self, purpose: Purpose) -> bool | None:
        """Whether they agree to a purpose; None while they never answered."""
        known = self.consents.get(purpose)
        return Consent(known.granted, known.given_at, known.expires_at).stands(self.turn.now) if known else None


@routes.get("/me/{token}")
async def show_page(token: Token, request: Request) -> HTMLResponse:
    """Everything that is theirs, on one page. Changes nothing, whoever opens it."""
    async with _opened(request, token) as visit:
        return await _page(visit, request)


@routes.post("/me/{token}")
async def choose(
    token: Token,
    request: Request,
    answer: Annotated[Choice, Form()],
    about: Annotated[About, Form()] = About.TALENT_POOL,
    adult: Annotated[bool, Form()] = False,
) -> HTMLResponse:
    """Keep an answer: consent given or withdrawn now, to the words on the page, or the wish to be forgotten.

    The same again changes nothing.
    """
    async with _opened(request, token) as visit:
        if about is About.ERASURE:
            return await _erase(visit, sure=answer is Choice.YES)
        if about is About.MENTORING and answer is Choice.YES and not adult:
            return await _page(visit, request, too_young=True)
        await _keep(visit, Purpose(about), granted=answer is Choice.YES)
    async with _opened(request, token) as visit:
        return await _page(visit, request, kept=True)


@asynccontextmanager
async def _opened(request: Request, token: str) -> AsyncIterator[PageVisit]:
    """Open the link and a turn of its organisation. Raises LinkRefused."""
    link = await open_link(request, PURPOSE, token)
    caller = Caller(request.app.state.runtime, link.organization, link.subject)
    async with caller.turn() as turn:
        if not await find_known(turn.conn, link.organization, link.subject):
            raise LinkRefused("link-invalid", link.organization)
        yield await _visit(turn, caller)


async def _visit(turn: Turn, caller: Caller) -> PageVisit:
    people = await load_person(turn.conn, caller.organization, caller.user)
    consents = [ConsentChanged.model_validate(c) for c in await load_consents(turn.conn, people)]
    return PageVisit(
        turn,
        caller,
        people,
        await load_organization(turn.conn, caller.organization),
        await load_profile(turn.conn, people) or {},
        {c.purpose: c for c in consents},
    )


async def _keep(visit: PageVisit, purpose: Purpose, *, granted: bool) -> None:
    if visit.stands(purpose) is granted and purpose is not Purpose.MENTORING:
        return
    event = ConsentChanged(
        candidate=visit.candidate,
        purpose=purpose,
        granted=granted,
        given_at=visit.turn.now,
        text_version=current(purpose).version,
        conditions=(Condition.ADULT,) if granted and purpose is Purpose.MENTORING else (),
        language=visit.language,
        how="link",
    )
    await visit.caller.record(visit.turn, event)


async def _erase(visit: PageVisit, *, sure: bool) -> HTMLResponse:
    """Ask first; then restrict at once, and say when everything is erased: in a day, or when a legal hold ends."""
    if sure:
        event = ErasureRequested(candidate=visit.candidate, requested_at=visit.turn.now, by=RequestedBy.CANDIDATE)
        if (await load_progress(visit.turn.conn, visit.people)).requested_at is None:
            await visit.caller.record(visit.turn, event)
    progress = await load_progress(visit.turn.conn, visit.people)
    return pages.show(
        "erasure.html",
        language=visit.language,
        organization=visit.organization.name,
        sure=sure,
        held_until=progress.due_at and format_date(progress.due_at, "long", locale=visit.language),
        is_held=progress.is_held,
        is_told=progress.by == RequestedBy.CANDIDATE and visit.profile.get("email"),
    )


async def _page(visit: PageVisit, request: Request, *, kept: bool = False, too_young: bool = False) -> HTMLResponse:
    told = await load_told(visit.turn.conn, visit.people)
    days = await load_calendar(visit.turn.conn, visit.caller.organization)
    shown = shown_applications(told, days, visit.organization.holding_after, visit.turn.now)
    proposed = await load_proposed(visit.turn.conn, visit.people)
    signed = _Signed(request, visit)
    language, zone = visit.language, ZoneInfo(visit.profile.get("timezone") or visit.organization.timezone)
    return pages.show(
        "me.html",
        language=language,
        organization=visit.organization.name,
        name=visit.profile.get("preferred_name") or visit.profile.get("name"),
        profile=visit.profile,
        candidacies=shown,
        to_build=to_build(c.letter for c in shown if c.letter),
        openings=openings(told, proposed, [c.application for c in shown]),
        asked=[(p, visit.stands(p), current(p).said(language, visit.organization.name)) for p in ASKED],
        consents=list(visit.consents.values()),
        mentors=await _mentors(visit),
        too_young=too_young,
        mentoring_text=current(Purpose.MENTORING).said(language, visit.organization.name),
        kept=kept,
        signed=signed,
        day=lambda day: format_date(day, "long", locale=language),
        date=lambda instant: format_date(instant.astimezone(zone), "long", locale=language),
        moment=lambda instant: format_datetime(instant, "EEEE, d MMMM, HH:mm", tzinfo=zone, locale=language),
    )


async def _mentors(visit: PageVisit) -> list[tuple[ListedMentorship, str]]:
    """Mentors who said yes, with their names."""
    wanted = MentorshipSearch(candidates=visit.people.ids[1], limit=LARGEST_PAGE)
    found = await load_mentorships(visit.turn.conn, visit.caller.organization, wanted)
    asked = [m for m in found if m.stage in (Stage.AGREED, Stage.ACTIVE)]
    names = await load_names(visit.turn.conn, visit.caller.organization, [m.user for m in asked])
    return [(m, names.get(m.user, m.user)) for m in asked]


class _Signed:
    """The other pages of one visit: what they answer there, notifications says; every service has data of theirs."""

    def __init__(self, request: Request, visit: PageVisit) -> None:
        settings = request.app.state.runtime.settings
        self._services = (settings.interviews_url, settings.public_url, settings.notifications_url)
        self._links: Links = request.app.state.links
        self._notifications = settings.notifications_url.rstrip("/")
        self._visit = visit

    def respond(self, kind: str, about: str) -> str:
        """Where they rate, ask or disagree. `about`: the letter, or the application when there was none."""
        return self._at(RESPOND, f"{self._visit.candidate}/{ResponseKind(kind)}/{about}")

    def answer(self, match: str) -> str:
        """Where they answer to a job that was proposed to them."""
        return self._at(ANSWER, f"{self._visit.candidate}/{match}")

    def exports(self) -> list[str]:
        """Where they get everything about them, from each service."""
        token = self._links.sign(EXPORT, self._visit.caller.organization, self._visit.candidate, self._until)
        return [f"{service.rstrip('/')}/{EXPORT}/{token}" for service in self._services]

    @property
    def _until(self) -> datetime:
        return self._visit.turn.now + LINKS_LAST

    def _at(self, page: str, subject: str) -> str:
        signed = self._links.sign(page, self._visit.caller.organization, subject, self._until)
        return f"{self._notifications}/{page}/{signed}"
