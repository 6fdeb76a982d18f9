"""Who may do what here, what every route refuses in the same way, and pages."""

import base64
import binascii
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Response
from pydantic import BaseModel

from services.interviews import sql
from services.interviews.sql import Page, Wanted
from shared.contracts import Event, Id, Value
from shared.kit.access import Role, caller
from shared.kit.db import Connection
from shared.kit.desk import Desk, Recorded
from shared.kit.problems import Conflict, Forbidden, NotFound, Unprocessable

TOLERANCE = timedelta(minutes=10)  # as on Kafka: how far a clock may be ahead of ours

READERS = (Role.RECRUITER, Role.COORDINATOR, Role.ADMIN, Role.AUDITOR, Role.INTEGRATION)
WRITERS = (Role.RECRUITER, Role.COORDINATOR, Role.ADMIN, Role.INTEGRATION)

Reader = Annotated[Desk, Depends(caller(*READERS))]
JobReader = Annotated[Desk, Depends(caller(*READERS, Role.HIRING_MANAGER))]
AnyReader = Annotated[Desk, Depends(caller(*READERS, Role.HIRING_MANAGER, Role.INTERVIEWER))]
Writer = Annotated[Desk, Depends(caller(*WRITERS))]
FeedbackWriter = Annotated[Desk, Depends(caller(*WRITERS, Role.INTERVIEWER))]
Decider = Annotated[Desk, Depends(caller(*WRITERS, Role.HIRING_MANAGER))]
Admin = Annotated[Desk, Depends(caller(Role.ADMIN))]

AnId = Annotated[Id, Path()]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str, Query(max_length=400)]
NEW: dict[int | str, dict[str, Any]] = {201: {"description": "New."}}


class JobNotFound(NotFound):
    """No job of this id."""

    code = "job-not-found"


class ApplicationNotFound(NotFound):
    """No application of this id."""

    code = "application-not-found"


class InterviewNotFound(NotFound):
    """No interview of this id."""

    code = "interview-not-found"


class FeedbackNotFound(NotFound):
    """No feedback of this id."""

    code = "feedback-not-found"


class UserNotFound(NotFound):
    """No user of this id."""

    code = "user-not-found"


class OrganizationNotConfigured(NotFound):
    """This organisation has no settings of its own yet."""

    code = "organization-not-configured"


class OtherId(Unprocessable):
    """The body names another id than the address."""

    code = "other-id"


class BelongsElsewhere(Conflict):
    """The body names another person, application or job than the one known."""

    code = "belongs-elsewhere"


class NotDecided(Conflict):
    """There is no decision to reverse."""

    code = "not-decided"


class NotYours(Forbidden):
    """Interviewers and hiring managers act for what is theirs only."""

    code = "not-yours"


class InFuture(Unprocessable):
    """An instant that should lie in the past."""

    code = "time-in-future"


class BadCursor(Unprocessable):
    """The cursor is not one of ours."""

    code = "cursor-invalid"


class Saved(Value):
    """What saving changed: `created`, `changed` or `same`."""

    recorded: Recorded


class Listed(BaseModel):
    """A page; `cursor` leads to the next one and is absent on the last."""

    items: list[dict[str, Any]]
    cursor: str | None = None


async def save(desk: Desk, conn: Connection, response: Response, event: Event) -> Saved:
    """Record an event: 201 for what is new, 200 for what changed or is the same."""
    refuse_future(event, await desk.now(conn))
    recorded = await desk.record(conn, event)
    response.status_code = 201 if recorded is Recorded.CREATED else 200
    return Saved(recorded=recorded)


def refuse_future(event: Event, now: datetime) -> None:
    """Raise InFuture when an instant that should be past is more than ten minutes ahead."""
    if any(instant > now + TOLERANCE for instant in event.past_instants()):
        raise InFuture("An instant that should lie in the past is more than ten minutes ahead.")


def wanted(desk: Desk, cursor: str, limit: int, **filters: str | None) -> Wanted:
    """What somebody may see of what they ask for; one row more than the page, to know whether it is the last."""
    everything = bool(desk.roles & set(READERS))
    manager = None if everything or Role.HIRING_MANAGER not in desk.roles else desk.user
    interviewer = None if everything or manager else desk.user
    return Wanted(**filters, interviewer=interviewer, manager=manager, after=_open(cursor), limit=limit + 1)


def listed(page: Page, limit: int, key: str) -> Listed:
    """The page that was asked for, with the cursor to the next one."""
    rows = page.rows[:limit]
    return Listed(items=rows, cursor=_seal(rows[-1][key]) if len(page.rows) > limit else None)


async def refuse_other_jobs(conn: Connection, desk: Desk, job: str | None) -> None:
    """Raise NotYours when somebody who is only a hiring manager asks about a job that is not theirs."""
    if desk.roles & {*READERS}:
        return
    if job is None or desk.user not in await sql.load_hiring_managers(conn, desk.organization, job):
        raise NotYours("You are not a hiring manager of this job.")


def _seal(after: str) -> str:
    return base64.urlsafe_b64encode(after.encode()).decode()


def _open(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise BadCursor("Use the cursor of the page before, unchanged.") from None
