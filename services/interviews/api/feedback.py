"""Feedback: submitted, corrected, withdrawn; and who still owes it."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import ConfigDict

from services.interviews import domain, sql
from services.interviews.api.answers import NEW, ById, Saved, save
from services.interviews.api.callers import (
    IN_ADDRESS,
    KNOWN,
    AnId,
    Anybody,
    FeedbackNotFound,
    FeedbackWriter,
    InterviewUnknown,
    event_of,
    refuse_other_people,
    refuse_outsiders,
    refuse_unknown_application,
    scope_of,
)
from services.interviews.sql.lists import Feedback, Owed, OwedAfter, OwedBy, Scope, Wanted
from shared.contracts import (
    FeedbackKind,
    FeedbackSubmitted,
    FeedbackWithdrawn,
    Id,
    OrganizationConfigured,
    Value,
)
from shared.kit.access import WRITERS
from shared.kit.business_days import Calendar
from shared.kit.db import Connection
from shared.kit.desk import Desk
from shared.kit.pages import Cursor, Limit, Page, following, opened, opened_at
from shared.kit.problems import Forbidden

routes = APIRouter(tags=["feedback"])

UNCONFIGURED = OrganizationConfigured(name="-")


class NotYourFeedback(Forbidden):
    """An interviewer reads and writes their own feedback only."""

    code = "not-your-feedback"


class Submission(FeedbackSubmitted):
    """An interviewer's structured verdict. Said again, it corrects the earlier one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "application": "amara-su27",
                    "candidate": "amara",
                    "interview": "amara-i1",
                    "interviewer": "ada",
                    "submitted_at": "2026-11-04T16:00:00Z",
                    "overall": "yes",
                    "ratings": [{"competency": "sql", "level": 0.75}],
                }
            ]
        }
    )
    feedback: Id = IN_ADDRESS


class Withdrawal(FeedbackWithdrawn):
    """A feedback no longer stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"withdrawn_at": "2026-11-05T08:00:00Z"}]})
    feedback: Id = IN_ADDRESS
    candidate: Id = KNOWN


class ListedFeedback(Value):
    """Whose feedback about what, and whether it stands."""

    feedback: Id
    candidate: Id
    application: Id
    interview: Id | None
    job: Id | None
    interviewer: Id
    kind: FeedbackKind
    state: domain.FeedbackState
    submitted_at: datetime


class KnownFeedback(Value):
    """A feedback with all that was said of it."""

    feedback: Id
    state: domain.FeedbackState
    submitted: FeedbackSubmitted
    withdrawal: FeedbackWithdrawn | None


class Owing(Value):
    """An interviewer who owes feedback since the interview ended, and is to give it by `due_at`."""

    interviewer: Id
    interview: Id
    candidate: Id
    application: Id
    job: Id | None
    since: datetime
    due_at: datetime
    is_overdue: bool


@routes.put("/feedback/{feedback}", responses=NEW)
async def submit_feedback(feedback: AnId, body: Submission, response: Response, desk: FeedbackWriter) -> Saved:
    """Submit feedback, or correct it. Interviewers do so for their own interviews."""
    event = event_of(FeedbackSubmitted, body, feedback)
    async with desk.transaction() as conn:
        application = await refuse_unknown_application(conn, desk, event.application, event.candidate)
        await _refuse_unknown_interview(conn, desk, event.interview)
        _refuse_others(desk, await _find(conn, desk, feedback), event)
        await refuse_outsiders(conn, desk, application, event.interview)
        return await save(conn, desk, event, response)


@routes.put("/feedback/{feedback}/withdrawal", responses=NEW)
async def withdraw_feedback(feedback: AnId, body: Withdrawal, response: Response, desk: FeedbackWriter) -> Saved:
    """Withdraw feedback. Interviewers withdraw their own."""
    async with desk.transaction() as conn:
        known = await _find(conn, desk, feedback)
        if known is None:
            raise FeedbackNotFound("There is no feedback of this id.")
        event = event_of(FeedbackWithdrawn, body, feedback, candidate=known.candidate)
        _refuse_others(desk, known)
        await refuse_other_people(conn, desk.organization, event.candidate, known.candidate)
        return await save(conn, desk, event, response)


@routes.get("/feedback/{feedback}")
async def read_feedback(feedback: AnId, desk: Anybody) -> KnownFeedback:
    """A feedback and whether it stands.

    Interviewers read their own, and others' about an application once they owe none about it themselves; hiring
    managers read those of their own jobs, unless they are on the panel and owe theirs.
    """
    async with desk.transaction() as conn:
        known = await _find(conn, desk, feedback)
        if known is None:
            raise FeedbackNotFound("There is no feedback of this id.")
        await _refuse_unseen(conn, desk, known)
        facts = await sql.load_facts(conn, desk.organization, feedback, [FeedbackWithdrawn.topic])
        await desk.show_version(conn, FeedbackSubmitted, feedback)
        await desk.note_reading(conn, [known.candidate])
    said = facts.get(FeedbackWithdrawn.topic)
    withdrawal = FeedbackWithdrawn.model_validate_json(said) if said else None
    stands = withdrawal is None or withdrawal.withdrawn_at < known.submitted_at
    state = domain.FeedbackState.SUBMITTED if stands else domain.FeedbackState.WITHDRAWN
    return KnownFeedback(feedback=feedback, state=state, submitted=known, withdrawal=withdrawal)


@routes.get("/feedback")
async def read_all_feedback(
    desk: Anybody,
    job: ById = None,
    candidate: ById = None,
    application: ById = None,
    state: domain.FeedbackState | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ListedFeedback]:
    """Feedback in the order of its ids. Who sees what: as with a single one."""
    async with desk.transaction() as conn:
        wanted = Wanted(job, candidate, state, (opened(cursor, 1)[0], ""), limit, application)
        found = await sql.list_feedback(conn, desk.organization, wanted, await scope_of(conn, desk))
        await desk.note_reading(conn, [candidate])
        visible = await desk.visible(conn, found)
    return Page(items=[_listed(f) for f in visible], cursor=following(found, limit, lambda f: [f.feedback]))


@routes.get("/feedback-owed")
async def read_owed(
    desk: Anybody, interviewer: ById = None, job: ById = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[Owing]:
    """Who owes feedback on a completed interview, of one interviewer or about one job; the oldest first.

    Interviewers see what they owe themselves, hiring managers what is owed about their own jobs.
    """
    async with desk.transaction() as conn:
        owing, owed = await _read_owing(conn, desk, OwedBy(interviewer, job), cursor, limit)
    return Page(items=owing, cursor=following(owed, limit, _place))


@routes.get("/feedback-overdue")
async def read_overdue(
    desk: Anybody, interviewer: ById = None, job: ById = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[Owing]:
    """Of those, who owes it beyond the organisation's `feedback_within`."""
    async with desk.transaction() as conn:
        owing, owed = await _read_owing(conn, desk, OwedBy(interviewer, job), cursor, limit)
    overdue = [item for item in owing if item.is_overdue]
    return Page(items=overdue, cursor=following(owed, limit, _place) if len(overdue) == len(owing) else None)


async def _read_owing(
    conn: Connection, desk: Desk, wanted: OwedBy, cursor: str | None, limit: int
) -> tuple[list[Owing], list[Owed]]:
    now, wishes, scope = await desk.now(conn), await _wishes(conn, desk), await scope_of(conn, desk)
    owed = await sql.list_owed(conn, desk.organization, wanted, _after(cursor), limit, scope)
    visible = await desk.visible(conn, owed)
    calendar = Calendar(wishes.country, wishes.subdivision, wishes.timezone)
    due = [domain.feedback_due_at(o.ended_at, wishes.feedback_within, calendar) for o in visible]
    return [_owing(o, at, now) for o, at in zip(visible, due, strict=True)], owed


async def _find(conn: Connection, desk: Desk, feedback: str) -> FeedbackSubmitted | None:
    facts = await sql.load_facts(conn, desk.organization, feedback, [FeedbackSubmitted.topic])
    return FeedbackSubmitted.model_validate_json(facts[FeedbackSubmitted.topic]) if facts else None


async def _wishes(conn: Connection, desk: Desk) -> OrganizationConfigured:
    topic = OrganizationConfigured.topic
    facts = await sql.load_facts(conn, desk.organization, desk.organization, [topic])
    return OrganizationConfigured.model_validate_json(facts[topic]) if facts else UNCONFIGURED


async def _refuse_unknown_interview(conn: Connection, desk: Desk, interview: str | None) -> None:
    if interview is not None and await sql.find_interview(conn, desk.organization, interview) is None:
        raise InterviewUnknown("There is no interview of this id: say it first.")


def _refuse_others(desk: Desk, *versions: FeedbackSubmitted | None) -> None:
    """Raise NotYourFeedback when an interviewer writes in somebody else's name, or over their feedback."""
    if not desk.roles & {*WRITERS} and any(v is not None and v.interviewer != desk.user for v in versions):
        raise NotYourFeedback("This is not your feedback.")


async def _refuse_unseen(conn: Connection, desk: Desk, known: FeedbackSubmitted) -> None:
    scope = await scope_of(conn, desk)
    if scope.everything or scope.user == known.interviewer:
        return
    application = await sql.find_application(conn, desk.organization, known.application)
    if application is None or not (
        await _manages(conn, application, scope) or await _has_said(conn, application, scope.user)
    ):
        raise NotYourFeedback("This is not your feedback: give yours about this application first.")


async def _manages(conn: Connection, application: domain.Application, scope: Scope) -> bool:
    organization, person, name, job, *_ = application
    return job in scope.jobs and not await sql.owes(conn, organization, person, name, scope.asks)


async def _has_said(conn: Connection, application: domain.Application, user: str | None) -> bool:
    organization, person, name, *_ = application
    return user is not None and await sql.has_said(conn, organization, person, name, user)


def _listed(known: Feedback) -> ListedFeedback:
    return ListedFeedback(
        **{**known._asdict(), "kind": FeedbackKind(known.kind), "state": domain.FeedbackState(known.state)}
    )


def _owing(owed: Owed, due_at: datetime, now: datetime) -> Owing:
    return Owing(
        interviewer=owed.interviewer,
        interview=owed.interview,
        candidate=owed.candidate,
        application=owed.application,
        job=owed.job,
        since=owed.ended_at,
        due_at=due_at,
        is_overdue=due_at <= now,
    )


def _place(owed: Owed) -> list[str]:
    return [owed.ended_at.isoformat(), owed.interview, owed.interviewer, owed.candidate]


def _after(cursor: str | None) -> OwedAfter:
    since, rest = opened_at(cursor, 3)
    return OwedAfter(since, *rest)
