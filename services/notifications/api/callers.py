"""Who may do what here, and what every route refuses in the same way."""

from typing import Annotated

from fastapi import Depends, Path

from services.notifications import sql
from shared.contracts import Id
from shared.kit.access import DECIDERS, READERS, WRITERS, Role, caller
from shared.kit.db import Connection
from shared.kit.desk import Desk
from shared.kit.problems import Conflict, Forbidden, NotFound

Anybody = Annotated[Desk, Depends(caller(*Role))]
Reader = Annotated[Desk, Depends(caller(*READERS))]
LetterReader = Annotated[Desk, Depends(caller(*READERS, Role.HIRING_MANAGER))]
UsefulnessReader = Annotated[Desk, Depends(caller(*READERS, Role.INTERVIEWER))]
Writer = Annotated[Desk, Depends(caller(*WRITERS))]
Decider = Annotated[Desk, Depends(caller(*DECIDERS, Role.HIRING_MANAGER))]
Recruiter = Annotated[Desk, Depends(caller(*DECIDERS))]
Admin = Annotated[Desk, Depends(caller(Role.ADMIN))]

AnId = Annotated[Id, Path()]


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


async def refuse_other_jobs(conn: Connection, desk: Desk, job: str | None) -> None:
    """Raise NotYourJob when somebody who is only a hiring manager asks about a job that is not theirs."""
    if desk.roles & {*READERS}:
        return
    if job is None or desk.user not in await sql.load_hiring_managers(conn, desk.organization, job):
        raise NotYourJob("You are not a hiring manager of this job.")
