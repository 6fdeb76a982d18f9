"""Who may see which figures: those who read scorecards anyway, analysts as far as nobody can be found in them."""

from typing import Annotated

from fastapi import Depends, Path

from services.insights.domain.heard import HeardJob
from services.insights.sql.openings import find_own_jobs, load_job
from shared.contracts import Id
from shared.kit.db import Connection
from shared.web.access import signed_in
from shared.web.answers import JobNotFound, NotYourJob
from shared.web.caller import Caller
from shared.web.problems import Forbidden
from shared.web.roles import Role

WORKING = frozenset((Role.RECRUITER, Role.COORDINATOR, Role.ADMIN, Role.AUDITOR))
READERS = (*sorted(WORKING), Role.HIRING_MANAGER, Role.ANALYST)

Reader = Annotated[Caller, Depends(signed_in(*READERS))]
OfPeople = Annotated[Caller, Depends(signed_in(*sorted(WORKING), Role.HIRING_MANAGER))]
Exporter = Annotated[Caller, Depends(signed_in(*READERS, Role.INTEGRATION))]
Interviewing = Annotated[Caller, Depends(signed_in(Role.INTERVIEWER, Role.HIRING_MANAGER, Role.RECRUITER))]
Anybody = Annotated[Caller, Depends(signed_in(*Role))]

AnId = Annotated[Id, Path()]


class WholeOnly(Forbidden):
    """Somebody who reads guarded figures asks for a part that, taken from the whole, would tell of few."""

    code = "whole-only"


def is_guarded(caller: Caller) -> bool:
    """Whether they see nothing of which one to four people could be told; hiring managers beyond their own jobs."""
    return not caller.roles & WORKING


async def find_job(conn: Connection, caller: Caller, job: str) -> tuple[HeardJob, bool]:
    """A job, and whether its figures are guarded for the caller. Raises JobNotFound, NotYourJob."""
    known = await load_job(conn, caller.organization, job)
    if known is None:
        raise JobNotFound("There is no job of this id.")
    guarded = is_guarded_of(caller, known)
    if guarded and Role.ANALYST not in caller.roles:
        raise NotYourJob("You are not a hiring manager of this job.")
    return known, guarded


def is_guarded_of(caller: Caller, job: HeardJob | None) -> bool:
    """The same of one job: hiring managers read the scorecards of their own."""
    manages = job is not None and Role.HIRING_MANAGER in caller.roles and caller.user in job.team
    return is_guarded(caller) and not manages


async def known_jobs(conn: Connection, caller: Caller) -> frozenset[str]:
    """The jobs that a reader of guarded figures sees whole: a hiring manager their own."""
    if not is_guarded(caller) or Role.HIRING_MANAGER not in caller.roles:
        return frozenset()
    return frozenset(await find_own_jobs(conn, caller.organization, caller.user))


async def own_jobs(conn: Connection, caller: Caller) -> list[str] | None:
    """The jobs of somebody who may see those only; None where they may see every job."""
    if caller.roles & WORKING or Role.ANALYST in caller.roles:
        return None
    return await find_own_jobs(conn, caller.organization, caller.user)
