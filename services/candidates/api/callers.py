"""Who may do what here, and what every route refuses in the same way."""

from typing import Annotated

from fastapi import Depends, Path

from services.candidates.sql.people import find_managed_jobs, load_hiring_managers
from shared.contracts import Id
from shared.kit.db import Connection
from shared.web.access import signed_in
from shared.web.answers import NotYourJob
from shared.web.caller import Caller
from shared.web.problems import Conflict, NotFound
from shared.web.roles import DECIDERS, READERS, WITH_PEOPLE, WRITERS, Role

Reader = Annotated[Caller, Depends(signed_in(*READERS))]
Writer = Annotated[Caller, Depends(signed_in(*WRITERS))]
Decider = Annotated[Caller, Depends(signed_in(*DECIDERS, Role.HIRING_MANAGER))]
JobReader = Annotated[Caller, Depends(signed_in(*READERS, Role.HIRING_MANAGER))]
Anybody = Annotated[Caller, Depends(signed_in(*WITH_PEOPLE))]

AnId = Annotated[Id, Path()]


class CandidateNotFound(NotFound):
    """Nobody of this id is known."""

    code = "candidate-not-found"


class MembershipNotFound(NotFound):
    """No membership of this id."""

    code = "membership-not-found"


class MatchNotFound(NotFound):
    """No match of this id."""

    code = "match-not-found"


class RunNotFound(NotFound):
    """No run of this id."""

    code = "run-not-found"


class NewerKnown(Conflict):
    """Something newer is known already."""

    code = "newer-known"


async def refuse_other_jobs(conn: Connection, caller: Caller, job: str | None) -> None:
    """Raise NotYourJob when somebody who is only a hiring manager asks about a job that is not theirs."""
    if caller.roles & {*READERS}:
        return
    if job is None or caller.user not in await load_hiring_managers(conn, caller.organization, job):
        raise NotYourJob("You are not a hiring manager of this job.")


async def find_own_jobs(conn: Connection, caller: Caller) -> list[str] | None:
    """The jobs a caller may see because they manage the hiring for them; None where they may see every job."""
    if caller.roles & {*READERS}:
        return None
    return (
        await find_managed_jobs(conn, caller.organization, caller.user) if Role.HIRING_MANAGER in caller.roles else []
    )
