"""Who may do what here, what a caller may see, and what every route refuses in the same way."""

from typing import Annotated

from fastapi import Depends, Path
from pydantic import Field

from services.interviews.domain.applications import Application
from services.interviews.domain.interviews import Interview
from services.interviews.sql.lists import CallerScope
from services.interviews.sql.lookups import (
    find_application,
    find_interview,
    find_job,
    find_managed_jobs,
    is_interviewer,
)
from shared.contracts import Id
from shared.kit.db import Connection
from shared.kit.people import find_people
from shared.web.access import signed_in
from shared.web.answers import NotYourJob
from shared.web.bodies import TOLD
from shared.web.caller import Caller
from shared.web.problems import Conflict, Forbidden, NotFound
from shared.web.roles import DECIDERS, READERS, WITH_PEOPLE, WRITERS, Role

FREE_DECIDERS = (*DECIDERS, Role.INTEGRATION)

Colleague = Annotated[Caller, Depends(signed_in(*Role))]
Anybody = Annotated[Caller, Depends(signed_in(*WITH_PEOPLE))]
JobReader = Annotated[Caller, Depends(signed_in(*READERS, Role.HIRING_MANAGER))]
Writer = Annotated[Caller, Depends(signed_in(*WRITERS))]
Decider = Annotated[Caller, Depends(signed_in(*FREE_DECIDERS, Role.HIRING_MANAGER))]
FeedbackWriter = Annotated[Caller, Depends(signed_in(*WRITERS, Role.INTERVIEWER))]
Admin = Annotated[Caller, Depends(signed_in(Role.ADMIN))]

AnId = Annotated[Id, Path()]

# Ids that the address or what is known already tells; a body may repeat them.
IN_ADDRESS: str = Field(default=TOLD, description="As in the address; may be left out.")
KNOWN: str = Field(default=TOLD, description="May be left out: it is known.")


class ApplicationNotFound(NotFound):
    """Nothing was said of this application."""

    code = "application-not-found"


class InterviewNotFound(NotFound):
    """Nothing was said of this interview."""

    code = "interview-not-found"


class FeedbackNotFound(NotFound):
    """Nothing was said of this feedback."""

    code = "feedback-not-found"


class ApplicationUnknown(Conflict):
    """The body names an application nobody submitted."""

    code = "application-unknown"


class InterviewUnknown(Conflict):
    """The body names an interview nobody scheduled."""

    code = "interview-unknown"


class JobUnknown(Conflict):
    """The body names a job nobody opened."""

    code = "job-unknown"


class AnotherPerson(Conflict):
    """The body names another candidate than the one it is about."""

    code = "another-candidate"


class AnotherApplication(Conflict):
    """The body names another application than the interview's."""

    code = "another-application"


class NotYourInterview(Forbidden):
    """An interviewer speaks of their own interviews only."""

    code = "not-your-interview"


async def scope_of(conn: Connection, caller: Caller) -> CallerScope:
    """What this caller may see."""
    if caller.roles & {*READERS}:
        return CallerScope(True, [], None)
    manages = Role.HIRING_MANAGER in caller.roles
    jobs = await find_managed_jobs(conn, caller.organization, caller.user) if manages else []
    return CallerScope(False, jobs, caller.user if Role.INTERVIEWER in caller.roles else None, caller.user)


async def refuse_other_jobs(
    conn: Connection, caller: Caller, job: str | None, free: tuple[Role, ...] = READERS
) -> None:
    """Raise NotYourJob when the job is not managed by the caller, who has none of the roles that need not manage it."""
    if caller.roles & {*free}:
        return
    if job not in await find_managed_jobs(conn, caller.organization, caller.user):
        raise NotYourJob("You are not a hiring manager of this job.")


async def refuse_other_people(conn: Connection, organization: str, one: str, other: str) -> None:
    """Raise AnotherPerson unless both ids are of one person."""
    if one != other:
        ids = await find_people(conn, [(organization, one), (organization, other)])
        if len({known.person for known in ids}) > 1:
            raise AnotherPerson("This is about another candidate.")


async def known_application(conn: Connection, caller: Caller, application: str) -> Application:
    """An application of which something was said. Raises ApplicationNotFound."""
    known = await find_application(conn, caller.organization, application)
    if known is None:
        raise ApplicationNotFound("There is no application of this id.")
    return known


async def known_interview(conn: Connection, caller: Caller, interview: str) -> Interview:
    """An interview of which something was said. Raises InterviewNotFound."""
    known = await find_interview(conn, caller.organization, interview)
    if known is None:
        raise InterviewNotFound("There is no interview of this id.")
    return known


async def refuse_unknown_job(conn: Connection, caller: Caller, job: str | None) -> None:
    """Raise JobUnknown when a body names a job nobody spoke of."""
    if job is not None and await find_job(conn, caller.organization, job) is None:
        raise JobUnknown("There is no job of this id: say it first.")


async def refuse_unknown_application(conn: Connection, caller: Caller, application: str, candidate: str) -> Application:
    """Raise ApplicationUnknown, or AnotherPerson when it is somebody else's; else where it stands."""
    known = await find_application(conn, caller.organization, application)
    if known is None:
        raise ApplicationUnknown("There is no application of this id: say it first.")
    await refuse_other_people(conn, caller.organization, candidate, known.candidate)
    return known


async def refuse_outsiders(conn: Connection, caller: Caller, application: Application, interview: str | None) -> None:
    """Raise NotYourInterview when a caller who may not write for others is on no panel of this application."""
    if not caller.roles & {*WRITERS} and not await is_interviewer(conn, application, interview, caller.user):
        raise NotYourInterview("You are not an interviewer here.")
