"""The feedback form: three minutes, behind a signed link, no sign-in; script only helps. Only POST changes anything."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from babel import Locale
from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse

from services.interviews.api.answers import saying, unchanged
from services.interviews.api.form_advice import PAGE_POLICY, SCRIPT, SEEN, Advice, Advised, Written, advise
from services.interviews.domain.forms import asked_of, feedback_id, language_of
from services.interviews.sql.lookups import (
    find_application,
    find_instant,
    find_interview,
    find_name,
    instant_of,
    load_facts,
)
from shared.contracts import (
    Competency,
    FeedbackSubmitted,
    FeedbackWithdrawn,
    InterviewScheduled,
    JobOpened,
    OrganizationConfigured,
    Outcome,
    UserRegistered,
    legal_frame,
    reading,
)
from shared.contracts.links import FEEDBACK_FORM
from shared.people.restricted import find_restricted
from shared.web.bodies import Routes
from shared.web.dates import said_on
from shared.web.links import Token
from shared.web.pages import Pages
from shared.web.scorecards import FormInput, Mistake, feedback_of, problems_of, texts_of, typed_from
from shared.web.translation import LANGUAGES, spoken
from shared.web.visits import Visit, visiting

routes = Routes(tags=["feedback form"], default_response_class=HTMLResponse)

pages = Pages("services.interviews")


class FormSubject(NamedTuple):
    """What a form asks about, and of whom."""

    schedule: InterviewScheduled
    user: str
    candidate: str | None  # their name, where it is known
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
        return feedback_id(self.schedule.interview, self.user)


@routes.get(FEEDBACK_FORM.route)
async def show_form(token: Token, request: Request) -> HTMLResponse:
    """Show what is asked, with what was given before. Changes nothing, whoever opens it."""
    async with visiting(request, FEEDBACK_FORM, token) as visit:
        asked = await _asked(visit)
        return _page(asked, typed_from(asked.known, asked.competencies, asked.language))


@routes.post(FEEDBACK_FORM.route)
async def give_feedback(token: Token, request: Request) -> HTMLResponse:
    """Keep the feedback. What cannot be kept is shown again as it was typed, with what to mend."""
    given = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    async with visiting(request, FEEDBACK_FORM, token) as visit:
        return await _keep(visit, await _asked(visit), given)


@routes.post(FEEDBACK_FORM.route + "/lint", response_class=JSONResponse)
async def advise_while_typing(token: Token, written: Written, request: Request) -> Advised:
    """What must not stand in a letter, of what stands in the form now. Nothing is kept."""
    async with visiting(request, FEEDBACK_FORM, token) as visit:
        asked = await _asked(visit)
        found = await advise(written.texts, written.language, asked.names, asked.reader)
        return Advised(advice=dict(found.by_field))


async def _keep(visit: Visit, asked: FormSubject, given: Mapping[str, str]) -> HTMLResponse:
    typed = FormInput(given, asked.competencies, has_verdict=not asked.is_decided)
    errors = problems_of(typed)
    if errors:
        return _page(asked, given, errors, status=422)
    advice = await advise(texts_of(typed), typed.fields["language"], asked.names, asked.reader)
    if advice.seen and advice.seen != given.get(SEEN, ""):
        return _page(asked, given, advice=advice)
    withdrawn_at = await find_instant(visit.turn.conn, visit.organization, asked.feedback, FeedbackWithdrawn)
    event = feedback_of(typed, asked.schedule, asked.feedback, asked.user, saying(visit.turn.now, withdrawn_at))
    stands = reading.stands(instant_of(asked.known), withdrawn_at)
    await visit.caller.record(visit.turn, unchanged(event, asked.known, holds=stands))
    return _page(asked, given, sent=True)


async def _asked(visit: Visit) -> FormSubject:
    """Raises LinkRefused when the interview is gone or to be forgotten, or no colleague's, or one's who has left."""
    interview, user = visit.about
    held = await find_interview(visit.turn.conn, visit.organization, interview)
    schedule = await _said(visit, interview, InterviewScheduled)
    colleague = await _said(visit, user, UserRegistered)
    if held is None or schedule is None or user not in held.interviewers or (colleague and not colleague.active):
        raise visit.refused()
    if await find_restricted(visit.turn.conn, visit.organization, [held.candidate]):
        raise visit.refused()
    application = await find_application(visit.turn.conn, visit.organization, held.application)
    job = await _said(visit, held.job, JobOpened) if held.job else None
    settings = await _said(visit, visit.organization, OrganizationConfigured)
    colleagues = {i.user for i in schedule.interviewers} | {m.user for m in (job.team if job else ())}
    users = [await _said(visit, colleague, UserRegistered) for colleague in sorted(colleagues)]
    return FormSubject(
        schedule,
        user,
        await find_name(visit.turn.conn, visit.organization, held.candidate),
        asked_of(schedule, job),
        job.title if job else None,
        language_of(job, settings),
        settings or OrganizationConfigured(name=visit.organization),
        is_decided=application is not None and application.outcome == Outcome.NOT_SELECTED,
        known=await _said(visit, feedback_id(interview, user), FeedbackSubmitted),
        names=tuple(user.name for user in users if user),
        reader=spoken(settings and settings.language, *visit.languages),
    )


async def _said(visit: Visit, fact: str, contract: Any) -> Any:
    facts = await load_facts(visit.turn.conn, visit.organization, fact, [contract.topic])
    return contract.model_validate_json(facts[contract.topic]) if facts else None


def _page(
    asked: FormSubject,
    typed: Mapping[str, str],
    errors: Mapping[str, Mistake] | None = None,
    *,
    status: int = 200,
    sent: bool = False,
    advice: Advice | None = None,
) -> HTMLResponse:
    zone = asked.schedule.timezone or asked.settings.timezone
    codes = dict.fromkeys((asked.language, *LANGUAGES))
    page = pages.show(
        "feedback.html",
        language=asked.reader,
        status=status,
        legal=legal_frame(dict(asked.settings)),
        title=asked.title,
        candidate=asked.candidate,
        organization=asked.settings.name,
        stage=asked.schedule.stage.name if asked.schedule.stage else None,
        starts_at=asked.schedule.starts_at.isoformat(),
        starts_on=said_on(asked.schedule.starts_at, zone, asked.reader),
        zone=zone.replace("_", " "),
        competencies=asked.competencies,
        for_candidate=asked.is_decided,
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


def _name_of(code: str) -> str:
    """What a language is called by those who speak it."""
    return Locale.parse(code).get_display_name(code) or code
