"""The page a candidate reaches by a signed link: what happens next, their feedback, their data. Only POST changes."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from fastapi import Form, Request
from fastapi.responses import HTMLResponse

from services.candidates.api.consent_texts import asked_consent, current, shown_words
from services.candidates.domain.consent import Consent
from services.candidates.domain.mentoring import Stage
from services.candidates.domain.one_thing import one_thing
from services.candidates.domain.page import ShownApplication, openings, shown_applications, shown_news
from services.candidates.domain.page_letters import to_build
from services.candidates.settings import CandidatesSettings
from services.candidates.sql.keeping import load_progress
from services.candidates.sql.mentoring import (
    ListedMentorship,
    MentorshipSearch,
    NamedColleague,
    load_colleagues,
    load_mentorships,
)
from services.candidates.sql.page import OrganizationProfile, load_organization, load_proposed, load_told
from services.candidates.sql.people import find_known, load_consents, load_person, load_profile
from services.candidates.sql.waste import load_calendar
from shared.contracts import (
    Condition,
    ConsentChanged,
    ErasureRequested,
    Purpose,
    RequestedBy,
    ResponseKind,
    closing_reason,
)
from shared.contracts.links import ANSWER, EXPORT, OWN_PAGE, RESPOND
from shared.kit.people import People, hold_people
from shared.lint import lint
from shared.web.bodies import Routes
from shared.web.cursors import LARGEST_PAGE
from shared.web.dates import said_date, said_day, said_on
from shared.web.links import Token
from shared.web.pages import Pages
from shared.web.translation import called, spoken
from shared.web.visits import Visit, visiting

routes = Routes(tags=["candidate's page"], default_response_class=HTMLResponse)

ASKED = (Purpose.TALENT_POOL, Purpose.KEEP_IN_TOUCH, Purpose.SURVEY)  # what the page asks by itself

pages = Pages("services.candidates")


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


class NotAgreed(StrEnum):
    """Why a yes is none: the page comes back with what it has to be a yes to."""

    TOO_YOUNG = "too_young"
    OTHER_MENTOR = "other_mentor"
    OTHER_WORDS = "other_words"


class PageReader(NamedTuple):
    """Whoever the page is about, as it shows them."""

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

    @property
    def timezone(self) -> str:
        """Theirs, else the organisation's."""
        return self.profile.get("timezone") or self.organization.timezone

    def stands(self, purpose: Purpose, now: datetime) -> bool | None:
        """Whether they agree to a purpose; None while they never answered."""
        known = self.consents.get(purpose)
        return Consent(known.granted, known.given_at, known.expires_at).stands(now) if known else None


@routes.get(OWN_PAGE.route)
async def show_page(token: Token, request: Request, kept: bool = False) -> HTMLResponse:
    """Everything that is theirs, on one page. Changes nothing, whoever opens it."""
    async with visiting(request, OWN_PAGE, token) as visit:
        return await _page(visit, await reader_of(visit), kept=kept)


@routes.post(OWN_PAGE.route)
async def choose(
    token: Token,
    request: Request,
    answer: Annotated[Choice, Form()],
    about: Annotated[About, Form()] = About.TALENT_POOL,
    adult: Annotated[bool, Form()] = False,
    relation: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Keep an answer: consent given or withdrawn now, to the words on the page, or the wish to be forgotten.

    The same again changes nothing. `relation`: the mentorship that the page showed; an answer to it is none to another.
    `words`: the text that it showed; a yes to it is none to another.
    """
    async with visiting(request, OWN_PAGE, token) as visit:
        await hold_people(visit.turn.conn, visit.organization, *visit.about)
        reader = await reader_of(visit)
        if about is About.ERASURE:
            return await _erase(visit, reader, sure=answer is Choice.YES)
        purpose, granted = Purpose(about), answer is Choice.YES
        if granted and words != shown_words(purpose, reader.language):
            return await _page(visit, reader, not_agreed=(purpose, NotAgreed.OTHER_WORDS))
        if granted and about is About.MENTORING and not adult:
            return await _page(visit, reader, not_agreed=(purpose, NotAgreed.TOO_YOUNG))
        if about is About.MENTORING and (granted or relation) and await _is_another_asking(visit, reader, relation):
            return await _page(visit, reader, not_agreed=(purpose, NotAgreed.OTHER_MENTOR))
        await _keep(visit, reader, purpose, granted=granted)
    async with visiting(request, OWN_PAGE, token) as visit:
        return await _page(visit, await reader_of(visit), kept=True)


async def reader_of(visit: Visit) -> PageReader:
    """Whoever the page is about. Raises LinkRefused when the candidate is not known here."""
    conn, organization, [candidate] = visit.turn.conn, visit.organization, visit.about
    if not await find_known(conn, organization, candidate):
        raise visit.refused()
    people = await load_person(conn, organization, candidate)
    consents = [ConsentChanged.model_validate(c) for c in await load_consents(conn, people)]
    return PageReader(
        people,
        await load_organization(conn, organization),
        await load_profile(conn, people) or {},
        {c.purpose: c for c in consents},
    )


async def _keep(visit: Visit, reader: PageReader, purpose: Purpose, *, granted: bool) -> None:
    if reader.stands(purpose, visit.turn.now) is granted and purpose is not Purpose.MENTORING:
        return
    event = ConsentChanged(
        candidate=reader.candidate,
        purpose=purpose,
        granted=granted,
        given_at=_after(reader.consents.get(purpose), visit.turn.now, granted=granted),
        text_version=current(purpose).version,
        conditions=(Condition.ADULT,) if granted and purpose is Purpose.MENTORING else (),
        language=reader.language,
        how="link",
    )
    await visit.caller.record(visit.turn, event)


def _after(known: ConsentChanged | None, now: datetime, *, granted: bool) -> datetime:
    """When it is said: not before what it answers to, as a platform's clock may be ahead of ours. A tie is a no."""
    return max(now, known.given_at + timedelta(microseconds=granted)) if known else now


async def _erase(visit: Visit, reader: PageReader, *, sure: bool) -> HTMLResponse:
    """Ask first; then restrict at once, and say when everything is erased: in a day, or when a legal hold ends."""
    if sure:
        event = ErasureRequested(candidate=reader.candidate, requested_at=visit.turn.now, by=RequestedBy.CANDIDATE)
        if (await load_progress(visit.turn.conn, reader.people)).requested_at is None:
            await visit.caller.record(visit.turn, event)
    progress = await load_progress(visit.turn.conn, reader.people)
    return pages.show(
        "erasure.html",
        language=reader.language,
        legal=reader.organization.legal,
        organization=reader.organization.name,
        sure=sure,
        held_until=progress.due_at and said_day(progress.due_at, reader.timezone, reader.language),
        is_held=progress.is_held,
        is_told=progress.by == RequestedBy.CANDIDATE and reader.profile.get("email"),
    )


async def _is_another_asking(visit: Visit, reader: PageReader, relation: str) -> bool:
    """Whether somebody waits for their answer of whom the page they answer on did not speak."""
    return any(m.stage == Stage.AGREED and m.relation != relation for m, _ in await _mentors(visit, reader))


async def _page(
    visit: Visit, reader: PageReader, *, kept: bool = False, not_agreed: tuple[Purpose, NotAgreed] | None = None
) -> HTMLResponse:
    told = await load_told(visit.turn.conn, reader.people)
    days = await load_calendar(visit.turn.conn, visit.organization)
    shown = shown_applications(told, days, reader.organization.holding_after, visit.turn.now)
    proposed = await load_proposed(visit.turn.conn, reader.people)
    found = openings(told, proposed, [c.application for c in shown])
    mentors = await _mentors(visit, reader)
    language, zone = reader.language, reader.timezone
    name = reader.organization.name
    return pages.show(
        "me.html",
        language=language,
        legal=reader.organization.legal,
        organization=name,
        name=called(reader.profile.get("name", ""), reader.profile.get("preferred_name"), language),
        profile=reader.profile,
        correcting=f"{request_name(visit)}/data",
        spelled=partial(spelled, language=language),
        candidacies=shown,
        to_build=to_build(c.letter for c in shown if c.letter),
        news=shown_news(told, [c.application for c in shown], visit.turn.now.astimezone(ZoneInfo(zone)).date()),
        openings=found,
        todo=one_thing(
            shown,
            found,
            is_mentor_waiting=any(m.stage == Stage.AGREED for m, _ in mentors),
            pool_stands=reader.stands(Purpose.TALENT_POOL, visit.turn.now),
        ),
        asked=[
            asked_consent(p, reader.consents.get(p), language, name, stands=reader.stands(p, visit.turn.now))
            for p in ASKED
        ],
        look_again=next((c.answer for c in shown if c.may_look_again), None),
        consents=list(reader.consents.values()),
        mentors=mentors,
        not_agreed=not_agreed,
        mentoring_text=current(Purpose.MENTORING).said(language, name),
        words=partial(shown_words, language=language),
        kept=kept,
        closing_reason=lambda application: _closing_reason(reader, application, language),
        signed=_Signed(visit, reader.candidate),
        day=partial(said_date, language=language),
        date=partial(said_day, zone=zone, language=language),
        on=partial(said_day, language=language),
        moment=partial(said_on, language=language),
        zone_of=lambda application: reader.profile.get("timezone") or application.timezone or zone,
    )


def request_name(visit: Visit) -> str:
    """The last part of the page's own address, as what lies below it is named from there."""
    return str(visit.request.path_params["token"])


def spelled(field: str, value: str, *, language: str) -> str:
    """What stands in a profile, as people say it: languages and countries by name."""
    names = Locale.parse(language)
    if field == "language":
        return str(names.languages.get(value.partition("-")[0].lower(), value))
    if field == "country":
        return str(names.territories.get(value, value))
    return value.replace("_", " ") if field == "timezone" else value


def _closing_reason(reader: PageReader, application: ShownApplication, language: str) -> str | None:
    """Why nobody was hired, in their language; None where the lint finds something in it."""
    text = closing_reason(reader.organization.closing_reasons, application.told_reason, language)
    return text if text and not lint([text], language) else None


async def _mentors(visit: Visit, reader: PageReader) -> list[tuple[ListedMentorship, NamedColleague]]:
    """Mentors who said yes, with their names and how to reach them."""
    wanted = MentorshipSearch(candidates=reader.people.ids[1], limit=LARGEST_PAGE)
    found = await load_mentorships(visit.turn.conn, visit.organization, wanted)
    asked = [m for m in found if m.stage in (Stage.AGREED, Stage.ACTIVE)]
    named = await load_colleagues(visit.turn.conn, visit.organization, [m.user for m in asked])
    return [(m, named.get(m.user) or NamedColleague(m.user, m.user)) for m in asked]


class _Signed:
    """The other pages of one visit: what they answer there, notifications says; every service has data of theirs."""

    def __init__(self, visit: Visit, candidate: str) -> None:
        self._visit = visit
        self._candidate = candidate
        self._settings: CandidatesSettings = visit.settings

    def respond(self, kind: str, about: str) -> str:
        """Where they rate, ask or disagree. `about`: the letter, or the application when there was none."""
        at = self._settings.notifications_url
        return self._visit.address(RESPOND, at, self._candidate, ResponseKind(kind), about)

    def answer(self, match: str) -> str:
        """Where they answer to a job that was proposed to them."""
        return self._visit.address(ANSWER, self._settings.notifications_url, self._candidate, match)

    def exports(self) -> list[str]:
        """Where they get everything about them, from each service."""
        settings = self._settings
        services = (settings.interviews_url, settings.public_url, settings.notifications_url, settings.insights_url)
        return [self._visit.address(EXPORT, service, self._candidate) for service in services]
