"""Who may do what here, and what every route refuses in the same way."""

from typing import Annotated

from fastapi import Depends, Path, Query

from services.notifications.sql.organizations import find_managed_jobs, load_hiring_managers, load_openings
from shared.contracts import Id, Name
from shared.contracts.values import ID_PATTERN
from shared.kit.db import Connection
from shared.web.access import signed_in
from shared.web.answers import JobNotFound, NotYourJob
from shared.web.caller import Caller
from shared.web.problems import Conflict, NotFound
from shared.web.roles import DECIDERS, READERS, WITH_PEOPLE, WRITERS, Role

Anybody = Annotated[Caller, Depends(signed_in(*WITH_PEOPLE))]
Reader = Annotated[Caller, Depends(signed_in(*READERS))]
JobReader = Annotated[Caller, Depends(signed_in(*READERS, Role.HIRING_MANAGER))]
UsefulnessReader = Annotated[Caller, Depends(signed_in(*READERS, Role.INTERVIEWER))]
Writer = Annotated[Caller, Depends(signed_in(*WRITERS))]
Decider = Annotated[Caller, Depends(signed_in(*DECIDERS, Role.HIRING_MANAGER))]
Recruiter = Annotated[Caller, Depends(signed_in(*DECIDERS))]
Admin = Annotated[Caller, Depends(signed_in(Role.ADMIN))]

AnId = Annotated[Id, Path()]
ById = Annotated[str | None, Query(pattern=ID_PATTERN)]
OfCycle = Annotated[Name | None, Query()]


class LetterNotFound(NotFound):
    """No letter of this id."""

    code = "letter-not-found"


class TaskNotFound(NotFound):
    """No task of this name."""

    code = "task-not-found"


class NotWaiting(Conflict):
    """The letter does not wait for anybody's approval."""

    code = "letter-not-waiting"


async def refuse_other_jobs(conn: Connection, caller: Caller, job: str | None) -> None:
    """Raise NotYourJob when somebody who is only a hiring manager asks about a job that is not theirs."""
    if caller.roles & {*READERS}:
        return
    if job is None or caller.user not in await load_hiring_managers(conn, caller.organization, job):
        raise NotYourJob("You are not a hiring manager of this job.")


async def refuse_unknown(conn: Connection, caller: Caller, job: str) -> None:
    """Raise JobNotFound for a job that nobody ever spoke of."""
    opening = (await load_openings(conn, [(caller.organization, job)]))[caller.organization][job]
    if opening.opened_at is None and opening.closed_at is None:
        raise JobNotFound("There is no job of this id.")


async def find_own_jobs(conn: Connection, caller: Caller) -> list[str] | None:
    """The jobs a caller may see because they manage the hiring for them; None where they may see every job."""
    if caller.roles & {*READERS}:
        return None
    return (
        await find_managed_jobs(conn, caller.organization, caller.user) if Role.HIRING_MANAGER in caller.roles else []
    )
