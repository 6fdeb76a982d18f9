"""Interviews: scheduled, completed, called off, missed; and how many are in which state."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from fastapi import APIRouter, Query, Response

from services.interviews import sql
from services.interviews.api.bodies import body_of, event_of
from services.interviews.api.callers import (
    NEW,
    AnId,
    AnyReader,
    Cursor,
    InterviewNotFound,
    JobReader,
    Limit,
    Listed,
    NotYours,
    Reader,
    Saved,
    Writer,
    listed,
    refuse_other_jobs,
    save,
    wanted,
)
from services.interviews.domain import State
from shared.contracts import (
    Event,
    InterviewCancelled,
    InterviewCompleted,
    InterviewMissed,
    InterviewScheduled,
    OrganizationConfigured,
)
from shared.kit.access import Role
from shared.kit.business_days import Calendar
from shared.kit.db import Connection
from shared.kit.desk import Desk

routes = APIRouter(tags=["interviews"])

if TYPE_CHECKING:
    ScheduleBody: TypeAlias = Any
    CompletionBody: TypeAlias = Any
    CancellationBody: TypeAlias = Any
    AbsenceBody: TypeAlias = Any
else:
    ScheduleBody = body_of(InterviewScheduled, "interview")
    CompletionBody = body_of(InterviewCompleted, "interview", "application", "candidate")
    CancellationBody = body_of(InterviewCancelled, "interview", "application", "candidate", "starts_at")
    AbsenceBody = body_of(InterviewMissed, "interview", "application", "candidate", "starts_at")


async def known(conn: Connection, desk: Desk, interview: str) -> dict[str, Any]:
    """An interview as it stands. Raises InterviewNotFound."""
    found = await sql.load_interview(conn, desk.organization, interview)
    if found is None:
        raise InterviewNotFound("There is no such interview.")
    return found


@routes.get("/interviews/counts")
async def count_interviews(desk: Reader, job: str | None = None, candidate: str | None = None) -> dict[str, int]:
    """How many interviews are scheduled, completed, cancelled and missed."""
    async with desk.transaction() as conn:
        counts = await sql.count_states(conn, desk.organization, job, candidate)
    return {state: counts.get(state, 0) for state in State}


@routes.put("/interviews/{interview}", responses=NEW)
async def schedule_interview(interview: AnId, body: ScheduleBody, response: Response, desk: Writer) -> Saved:
    """Schedule an interview, or move it: the newest schedule is the slot."""
    async with desk.transaction() as conn:
        return await save(desk, conn, response, event_of(InterviewScheduled, body, {"interview": interview}))


@routes.put("/interviews/{interview}/completion", responses=NEW)
async def complete_interview(interview: AnId, body: CompletionBody, response: Response, desk: Writer) -> Saved:
    """Say that an interview took place."""
    return await _end(InterviewCompleted, interview, body, response, desk, ("application", "candidate"))


@routes.put("/interviews/{interview}/cancellation", responses=NEW)
async def cancel_interview(interview: AnId, body: CancellationBody, response: Response, desk: Writer) -> Saved:
    """Say that an interview was called off; by default the slot it stands at."""
    return await _end(InterviewCancelled, interview, body, response, desk, ("application", "candidate"))


@routes.put("/interviews/{interview}/absence", responses=NEW)
async def miss_interview(interview: AnId, body: AbsenceBody, response: Response, desk: Writer) -> Saved:
    """Say that somebody did not come; by default to the slot it stands at."""
    return await _end(InterviewMissed, interview, body, response, desk, ("application", "candidate"))


async def _end(
    contract: type[Event], interview: str, body: Any, response: Response, desk: Desk, told: tuple[str, ...]
) -> Saved:
    async with desk.transaction() as conn:
        about = await known(conn, desk, interview)
        facts = {name: about[name] for name in told}
        slot: datetime | None = about["starts_at"]
        if contract is not InterviewCompleted and body.starts_at is None:
            facts["starts_at"] = slot
        return await save(desk, conn, response, event_of(contract, body, {"interview": interview}, facts))


@routes.get("/interviews/{interview}")
async def read_interview(interview: AnId, desk: AnyReader) -> dict[str, Any]:
    """An interview as it stands, with its newest schedule."""
    async with desk.transaction() as conn:
        found = await known(conn, desk, interview)
        await _refuse_others(conn, desk, found)
    return found


@routes.get("/interviews")
async def list_interviews(
    desk: AnyReader,
    job: str | None = None,
    candidate: str | None = None,
    state: Annotated[State | None, Query()] = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Listed:
    """Interviews by id; an interviewer sees their own."""
    filters = {"job": job, "candidate": candidate, "state": state}
    async with desk.transaction() as conn:
        page = await sql.list_interviews(conn, desk.organization, wanted(desk, cursor, limit, **filters))
    return listed(page, limit, "interview")


@routes.get("/feedback-overdue")
async def read_overdue_feedback(desk: JobReader, cursor: Cursor = "", limit: Limit = 50) -> Listed:
    """Who still owes feedback on which completed interview, since when, and until when it was promised."""
    async with desk.transaction() as conn:
        now = await desk.now(conn)
        settings = await sql.load_body(conn, desk.organization, OrganizationConfigured.topic, desk.organization)
        after = wanted(desk, cursor, limit).after.partition("/")
        owed = await sql.load_overdue(conn, desk.organization, (after[0], after[2]), limit + 1)
    promise = _promise(settings)
    rows = [_owed(row, promise(row[5]), now) for row in owed]
    return listed(sql.Page(rows), limit, "owed")


def _promise(settings: dict[str, Any] | None) -> Any:
    configured = OrganizationConfigured.model_validate(settings or {"name": "unknown"})
    calendar = Calendar(configured.country, configured.subdivision, configured.timezone)
    return lambda since: calendar.add(since, configured.feedback_within)


def _owed(row: tuple[Any, ...], due_at: datetime, now: datetime) -> dict[str, Any]:
    interview, interviewer, candidate, application, job, since = row
    return {
        "owed": f"{interview}/{interviewer}",
        "interview": interview,
        "interviewer": interviewer,
        "candidate": candidate,
        "application": application,
        "job": job,
        "since": since,
        "due_at": due_at,
        "overdue": now > due_at,
    }


async def _refuse_others(conn: Connection, desk: Desk, found: dict[str, Any]) -> None:
    """An interviewer reads their own interviews, a hiring manager those of their jobs."""
    interviewers = {i["user"] for i in found.get("interviewers") or ()}
    if Role.INTERVIEWER in desk.roles and desk.user in interviewers:
        return
    if desk.roles == {Role.INTERVIEWER}:
        raise NotYours("You are not an interviewer of this interview.")
    await refuse_other_jobs(conn, desk, found["job"])
