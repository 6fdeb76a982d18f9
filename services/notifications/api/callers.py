"""Who may do what here, and what every route refuses in the same way."""

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path, Query

from services.notifications import sql
from shared.contracts import Id
from shared.kit.access import Role, caller
from shared.kit.db import Connection
from shared.kit.desk import Desk
from shared.kit.problems import Conflict, Forbidden, NotFound, Unprocessable

READERS = (Role.RECRUITER, Role.COORDINATOR, Role.ADMIN, Role.AUDITOR, Role.INTEGRATION)
WRITERS = (Role.RECRUITER, Role.COORDINATOR, Role.ADMIN, Role.INTEGRATION)
DECIDERS = (Role.RECRUITER, Role.ADMIN, Role.HIRING_MANAGER)
EARLIEST = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

Reader = Annotated[Desk, Depends(caller(*READERS))]
LetterReader = Annotated[Desk, Depends(caller(*READERS, Role.HIRING_MANAGER))]
Writer = Annotated[Desk, Depends(caller(*WRITERS))]
Decider = Annotated[Desk, Depends(caller(*DECIDERS))]
Admin = Annotated[Desk, Depends(caller(Role.ADMIN))]

AnId = Annotated[Id, Path()]
Cursor = Annotated[str | None, Query(max_length=400)]
Limit = Annotated[int, Query(ge=1, le=200)]


class LetterNotFound(NotFound):
    """No letter of this id."""

    code = "letter-not-found"


class TaskNotFound(NotFound):
    """No task of this name."""

    code = "task-not-found"


class NotWaiting(Conflict):
    """The letter does not wait for anybody's approval."""

    code = "letter-not-waiting"


class NotYourJob(Forbidden):
    """A hiring manager acts for their own jobs only."""

    code = "not-your-job"


class BadCursor(Unprocessable):
    """The cursor is not one of ours."""

    code = "cursor-invalid"


async def refuse_other_jobs(conn: Connection, desk: Desk, job: str | None) -> None:
    """Raise NotYourJob when somebody who is only a hiring manager asks about a job that is not theirs."""
    if desk.roles & {*READERS}:
        return
    if job is None or desk.user not in await sql.load_hiring_managers(conn, desk.organization, job):
        raise NotYourJob("You are not a hiring manager of this job.")


def pack(at: datetime, *names: str) -> str:
    """A cursor that names the last row of a page."""
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), *names]).encode()).decode()


def unpack(cursor: str | None, names: int) -> tuple[datetime, list[str]]:
    """What a cursor names; the very beginning without one. Raises BadCursor."""
    if cursor is None:
        return EARLIEST, [""] * names
    try:
        at, *rest = json.loads(base64.urlsafe_b64decode(cursor))
        instant = datetime.fromisoformat(at)
    except (binascii.Error, ValueError, TypeError):
        raise BadCursor("Use the cursor of the page before.") from None
    if len(rest) != names or instant.tzinfo is None or not all(isinstance(r, str) and "\0" not in r for r in rest):
        raise BadCursor("Use the cursor of the page before.")
    return instant, rest
