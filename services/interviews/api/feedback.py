"""Feedback: submitted, corrected, withdrawn; and who still owes it."""

from datetime import datetime

from fastapi import Response
from pydantic import ConfigDict

from services.interviews.api.answers import IN_TIME, NEW, ById, save, saying, unchanged, undoing
from services.interviews.api.callers import (
    IN_ADDRESS,
    KNOWN,
    AnId,
    Anybody,
    FeedbackNotFound,
    FeedbackWriter,
    InterviewUnknown,
    refuse_other_people,
    refuse_outsiders,
    refuse_unknown_application,
    scope_of,
)
from services.interviews.domain.applications import Application
from services.interviews.domain.feedback import FeedbackState
from services.interviews.sql.lists import CallerScope, Feedback, ListSearch, has_said, list_feedback, owes
from services.interviews.sql.lookups import (
    find_application,
    find_instant,
    find_interview,
    find_said,
    find_withdrawal,
    instant_of,
)
from shared.contracts import FeedbackKind, FeedbackSubmitted, FeedbackWithdrawn, Id, Instant, Value, reading
from shared.kit.db import Connection
from shared.web.answers import Saved
from shared.web.bodies import Routes, event_of
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened
from shared.web.problems import Forbidden
from shared.web.roles import WRITERS

routes = Routes(tags=["feedback"])


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
    submitted_at: Instant | None = IN_TIME  # type: ignore[assignment]  # now, unless it is said


class Withdrawal(FeedbackWithdrawn):
    """A feedback no longer stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"withdrawn_at": "2026-11-05T08:00:00Z"}]})
    feedback: Id = IN_ADDRESS
    candidate: Id = KNOWN
    withdrawn_at: Instant | None = IN_TIME  # type: ignore[assignment]  # now, unless it is said


class ListedFeedback(Value):
    """Whose feedback about what, and whether it stands."""

    feedback: Id
    candidate: Id
    application: Id
    interview: Id | None
    job: Id | None
    interviewer: Id
    kind: FeedbackKind
    state: FeedbackState
    submitted_at: datetime


class KnownFeedback(Value):
    """A feedback with all that was said of it."""

    feedback: Id
    state: FeedbackState
    submitted: FeedbackSubmitted
    withdrawal: FeedbackWithdrawn | None


@routes.put("/feedback/{feedback}", responses=NEW)
async def submit_feedback(feedback: AnId, body: Submission, response: Response, caller: FeedbackWriter) -> Saved:
    """Submit feedback, or correct it. Interviewers do so for their own interviews."""
    async with caller.turn() as turn:
        known = await find_said(turn.conn, caller.organization, feedback, FeedbackSubmitted)
        withdrawn_at = await find_instant(turn.conn, caller.organization, feedback, FeedbackWithdrawn)
        event = event_of(FeedbackSubmitted, body, feedback, submitted_at=saying(turn.now, withdrawn_at))
        application = await refuse_unknown_application(turn.conn, caller, event.application, event.candidate)
        await _refuse_unknown_interview(turn.conn, caller, event.interview)
        _refuse_others(caller, known, event)
        await refuse_outsiders(turn.conn, caller, application, event.interview)
        stands = reading.stands(instant_of(known), withdrawn_at)
        event = unchanged(event, known, holds=stands and body.submitted_at is None)
        return await save(turn, caller, event, response)


@routes.put("/feedback/{feedback}/withdrawal", responses=NEW)
async def withdraw_feedback(feedback: AnId, body: Withdrawal, response: Response, caller: FeedbackWriter) -> Saved:
    """Withdraw feedback. Interviewers withdraw their own."""
    async with caller.turn() as turn:
        known = await _known(turn.conn, caller, feedback)
        withdrawn_at = undoing(turn.now, known.submitted_at)
        event = event_of(FeedbackWithdrawn, body, feedback, candidate=known.candidate, withdrawn_at=withdrawn_at)
        _refuse_others(caller, known)
        await refuse_other_people(turn.conn, caller.organization, event.candidate, known.candidate)
        withdrawal = await find_said(turn.conn, caller.organization, feedback, FeedbackWithdrawn)
        stands = reading.stands(known.submitted_at, instant_of(withdrawal))
        event = unchanged(event, withdrawal, holds=not stands and body.withdrawn_at is None)
        return await save(turn, caller, event, response)


@routes.get("/feedback/{feedback}")
async def read_feedback(feedback: AnId, caller: Anybody) -> KnownFeedback:
    """A feedback and whether it stands.

    Interviewers read their own, and others' about an application once they owe none about it themselves; hiring
    managers read those of their own jobs, unless they are on the panel and owe theirs.
    """
    async with caller.turn() as turn:
        known = await _known(turn.conn, caller, feedback)
        await _refuse_unseen(turn.conn, caller, known)
        said = await find_withdrawal(turn.conn, caller.organization, feedback, known.candidate)
        await caller.show_version(turn.conn, FeedbackSubmitted, feedback)
        await caller.note_reading(turn, [known.candidate])
    withdrawal = FeedbackWithdrawn.model_validate_json(said) if said else None
    stands = reading.stands(known.submitted_at, withdrawal.withdrawn_at if withdrawal else None)
    state = FeedbackState.SUBMITTED if stands else FeedbackState.WITHDRAWN
    return KnownFeedback(feedback=feedback, state=state, submitted=known, withdrawal=withdrawal)


@routes.get("/feedback")
async def read_all_feedback(
    caller: Anybody,
    job: ById = None,
    candidate: ById = None,
    application: ById = None,
    state: FeedbackState | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ListedFeedback]:
    """Feedback in the order of its ids. Who sees what: as with a single one."""
    async with caller.turn() as turn:
        wanted = ListSearch(job, candidate, state, (opened(cursor, 1)[0], ""), limit, application)
        found = await list_feedback(turn.conn, caller.organization, wanted, await scope_of(turn.conn, caller))
        await caller.note_reading(turn, [candidate])
        visible = await caller.visible(turn.conn, found)
    return Page(items=[_listed(f) for f in visible], cursor=following(found, limit, lambda f: [f.feedback]))


async def _known(conn: Connection, caller: Caller, feedback: str) -> FeedbackSubmitted:
    known = await find_said(conn, caller.organization, feedback, FeedbackSubmitted)
    if known is None:
        raise FeedbackNotFound("There is no feedback of this id.")
    return known


async def _refuse_unknown_interview(conn: Connection, caller: Caller, interview: str | None) -> None:
    if interview is not None and await find_interview(conn, caller.organization, interview) is None:
        raise InterviewUnknown("There is no interview of this id: say it first.")


def _refuse_others(caller: Caller, *versions: FeedbackSubmitted | None) -> None:
    """Raise NotYourFeedback when an interviewer writes in somebody else's name, or over their feedback."""
    if not caller.roles & {*WRITERS} and any(v is not None and v.interviewer != caller.user for v in versions):
        raise NotYourFeedback("This is not your feedback.")


async def _refuse_unseen(conn: Connection, caller: Caller, known: FeedbackSubmitted) -> None:
    scope = await scope_of(conn, caller)
    if scope.everything or scope.user == known.interviewer:
        return
    application = await find_application(conn, caller.organization, known.application)
    if application is None or not (
        await _manages(conn, application, scope) or await _has_said(conn, application, scope.user)
    ):
        raise NotYourFeedback("This is not your feedback: give yours about this application first.")


async def _manages(conn: Connection, application: Application, scope: CallerScope) -> bool:
    organization, person, name, job, *_ = application
    return job in scope.jobs and not await owes(conn, organization, person, name, scope.asks)


async def _has_said(conn: Connection, application: Application, user: str | None) -> bool:
    organization, person, name, *_ = application
    return user is not None and await has_said(conn, organization, person, name, user)


def _listed(known: Feedback) -> ListedFeedback:
    return ListedFeedback(**{**known._asdict(), "kind": FeedbackKind(known.kind), "state": FeedbackState(known.state)})
