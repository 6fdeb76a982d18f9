"""The one-minute feedback form: reached by a signed link, no sign-in; script only helps. Only POST changes anything."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, JSONResponse

from services.interviews.api.form_advice import PAGE_POLICY, SCRIPT, SEEN, Advice, Advised, Written, advise, texts_of
from services.interviews.api.form_input import FormInput, Mistake, feedback_of, problems_of, typed_from
from services.interviews.sql.lookups import find_application, find_interview, load_facts
from shared.contracts import (
    Competency,
    FeedbackSubmitted,
    InterviewScheduled,
    JobOpened,
    OrganizationConfigured,
    Outcome,
    UserRegistered,
    derived_id,
)
from shared.kit.db import Connection
from shared.kit.turn import Turn
from shared.people.restricted import find_restricted
from shared.web.caller import Caller
from shared.web.links import LinkRefused, open_link
from shared.web.pages import Pages
from shared.web.translation import ENGLISH, LANGUAGES, accepted, spoken

routes = APIRouter(tags=["feedback form"], default_response_class=HTMLResponse)

PURPOSE = "feedback"
LOCALES = {"en": "en_GB"}  # the day before the month

pages = Pages("services.interviews")

Token = Annotated[str, Path(max_length=2000)]


class FormVisit(NamedTuple):
    """An interviewer at their form, inside an open turn."""

    turn: Turn
    caller: Caller
    schedule: InterviewScheduled
    competencies: tuple[Competency, ...]
    title: str | None
    language: str
    settings: OrganizationConfigured
    is_decided: bool
    known: FeedbackSubmitted | None
    names: tuple[str, ...]  # of whoever must not be named
    reader: str  # the language they read this page in, as the mail that led here

    @property
    def feedback(self) -> str:
        """The id of what is given here: given again, it corrects."""
        return feedback_id(self.schedule.interview, self.caller.user)


def feedback_id(interview: str, user: str) -> str:
    """One colleague's feedback on one interview."""
    return derived_id("feedback", interview, user)


@routes.get("/feedback-form/{token}")
async def show_form(token: Token, request: Request) -> HTMLResponse:
    """Show what is asked, with what was given before. Changes nothing, whoever opens it."""
    async with _opened(request, token) as visit:
        return _page(visit, typed_from(visit.known, visit.competencies, visit.language))


@routes.post("/feedback-form/{token}")
async def give_feedback(token: Token, request: Request) -> HTMLResponse:
    """Keep the feedback. What cannot be kept is shown again as it was typed, with what to mend."""
    given = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    async with _opened(request, token) as visit:
        return await _keep(visit, given)


@routes.post("/feedback-form/{token}/lint", response_class=JSONResponse)
async def advise_while_typing(token: Token, written: Written, request: Request) -> Advised:
    """What must not stand in a letter, of what stands in the form now. Nothing is kept."""
    async with _opened(request, token) as visit:
        found = await advise(written.texts, written.language, visit.names, visit.reader)
        return Advised(advice=dict(found.by_field))


async def _keep(visit: FormVisit, given: Mapping[str, str]) -> HTMLResponse:
    typed = FormInput(given, visit.competencies, has_verdict=not visit.is_decided)
    errors = problems_of(typed)
    if errors:
        return _page(visit, given, errors, status=422)
    advice = await advise(texts_of(typed), typed.fields["language"], visit.names, visit.reader)
    if advice.seen and advice.seen != given.get(SEEN, ""):
        return _page(visit, given, advice=advice)
    event = feedback_of(typed, visit.schedule, visit.feedback, visit.caller.user, visit.turn.now)
    if not _is_same(visit.known, event):
        await visit.caller.record(visit.turn, event)
    return _page(visit, given, sent=True)


def _is_same(known: FeedbackSubmitted | None, event: FeedbackSubmitted) -> bool:
    """The same again, only later, is nothing new."""
    return known is not None and known.model_copy(update={"submitted_at": event.submitted_at}) == event


@asynccontextmanager
async def _opened(request: Request, token: str) -> AsyncIterator[FormVisit]:
    """Open the link and a turn of its organisation. Raises LinkRefused."""
    link = await open_link(request, PURPOSE, token)
    interview, _, user = link.subject.partition("/")
    caller = Caller(request.app.state.runtime, link.organization, user)
    async with caller.turn() as turn:
        yield await _visit(turn, caller, interview, accepted(request.headers.get("accept-language", "")))


async def _visit(turn: Turn, caller: Caller, interview: str, wanted: Sequence[str]) -> FormVisit:
    """Raises LinkRefused when the interview is gone, never was this colleague's, or is to be forgotten."""
    held = await find_interview(turn.conn, caller.organization, interview)
    schedule = await _said(turn.conn, caller, interview, InterviewScheduled)
    if held is None or schedule is None or caller.user not in held.interviewers:
        raise LinkRefused("link-invalid", caller.organization)
    if await find_restricted(turn.conn, caller.organization, [held.candidate]):
        raise LinkRefused("link-invalid", caller.organization)
    application = await find_application(turn.conn, caller.organization, held.application)
    job = await _said(turn.conn, caller, held.job, JobOpened) if held.job else None
    settings = await _said(turn.conn, caller, caller.organization, OrganizationConfigured)
    colleagues = {i.user for i in schedule.interviewers} | {m.user for m in (job.team if job else ())}
    users = [await _said(turn.conn, caller, user, UserRegistered) for user in sorted(colleagues)]
    return FormVisit(
        turn,
        caller,
        schedule,
        _asked(schedule, job),
        job.title if job else None,
        _language(job, settings),
        settings or OrganizationConfigured(name=caller.organization),
        is_decided=application is not None and application.outcome == Outcome.NOT_SELECTED,
        known=await _said(turn.conn, caller, feedback_id(interview, caller.user), FeedbackSubmitted),
        names=tuple(user.name for user in users if user),
        reader=spoken(settings and settings.language, *wanted),
    )


async def _said(conn: Connection, caller: Caller, fact: str, contract: Any) -> Any:
    facts = await load_facts(conn, caller.organization, fact, [contract.topic])
    return contract.model_validate_json(facts[contract.topic]) if facts else None


def _asked(schedule: InterviewScheduled, job: JobOpened | None) -> tuple[Competency, ...]:
    """What this interview assesses, else everything the job asks for; what the job does not name goes by its id."""
    known = {c.competency: c for c in job.competencies} if job else {}
    assessed = [known.get(c) or Competency(competency=c, name=c, level=3) for c in schedule.assesses]
    return tuple(assessed) or tuple(known.values())


def _language(job: JobOpened | None, settings: OrganizationConfigured | None) -> str:
    wanted = job.language if job else settings.language if settings else ENGLISH
    return wanted.partition("-")[0].lower()


def _page(
    visit: FormVisit,
    typed: Mapping[str, str],
    errors: Mapping[str, Mistake] | None = None,
    *,
    status: int = 200,
    sent: bool = False,
    advice: Advice | None = None,
) -> HTMLResponse:
    zone = visit.schedule.timezone or visit.settings.timezone
    codes = dict.fromkeys((visit.language, *LANGUAGES))
    page = pages.show(
        "feedback.html",
        language=visit.reader,
        status=status,
        title=visit.title,
        organization=visit.settings.name,
        stage=visit.schedule.stage.name if visit.schedule.stage else None,
        starts_at=visit.schedule.starts_at.isoformat(),
        starts_on=_day(visit.schedule.starts_at.astimezone(ZoneInfo(zone)), visit.reader),
        competencies=visit.competencies,
        for_candidate=visit.is_decided,
        languages=[(code, _name_of(code)) for code in codes],
        typed=typed,
        errors=errors or {},
        sent=sent,
        advice=advice.by_field if advice else {},
        seen=advice.seen if advice else "",
        script=SCRIPT,
    )
    page.headers["Content-Security-Policy"] = PAGE_POLICY
    return page


def _day(local: datetime, language: str) -> str:
    return f"{format_date(local, 'long', locale=LOCALES.get(language, language))}, {local:%H:%M}"


def _name_of(code: str) -> str:
    """What a language is called by those who speak it."""
    return Locale.parse(code).get_display_name(code) or code
