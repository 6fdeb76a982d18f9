"""Jobs: opened, edited, closed, reopened."""

from datetime import datetime

from fastapi import Response
from pydantic import ConfigDict

from services.interviews.api.answers import NEW, save
from services.interviews.api.callers import IN_ADDRESS, AnId, JobReader, Writer, refuse_other_jobs, scope_of
from services.interviews.domain.jobs import JobState, JobStatus
from services.interviews.sql.lists import ListSearch, list_jobs
from services.interviews.sql.lookups import find_job, load_facts
from shared.contracts import Id, JobClosed, JobOpened, Name, OrganizationConfigured, Value
from shared.kit.db import Connection
from shared.web.answers import JobNotFound, Saved
from shared.web.bodies import Routes, event_of
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened
from shared.web.named import AnyNamed
from shared.web.problems import Unprocessable

routes = Routes(tags=["jobs"])


class ReasonUnknown(Unprocessable):
    """No reason of this id is among those that the organisation wrote for candidates."""

    code = "closing-reason-unknown"


class Job(JobOpened):
    """A requisition with its seats. The same `opened_at` makes it an edit, a newer one reopens it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Data Analyst Intern",
                    "opened_at": "2026-10-01T08:00:00Z",
                    "language": "en",
                    "family": "data",
                    "headcount": 2,
                    "team": [{"user": "tomas", "role": "hiring_manager"}],
                    "competencies": [{"competency": "sql", "name": "SQL", "level": 4, "must_have": True, "weight": 3}],
                }
            ]
        }
    )
    job: Id = IN_ADDRESS


class Closing(JobClosed):
    """How an opening ended."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"closed_at": "2026-11-13T15:00:00Z", "outcome": "nobody_hired"}]}
    )
    job: Id = IN_ADDRESS


class ListedJob(Value):
    """Where a job stands. Without a title it was closed before we heard of it."""

    job: Id
    title: Name | None
    state: JobState
    opened_at: datetime | None


class KnownJob(ListedJob):
    """A job with all that was said of it."""

    opened: JobOpened | None
    closing: JobClosed | None


@routes.put("/jobs/{job}", responses=NEW)
async def open_job(job: AnId, body: Job, response: Response, caller: Writer) -> Saved:
    """Open a job, edit it, or open it again."""
    async with caller.turn() as turn:
        return await save(turn, caller, event_of(JobOpened, body, job), response)


@routes.put("/jobs/{job}/closing", responses=NEW)
async def close_job(job: AnId, body: Closing, response: Response, caller: Writer) -> Saved:
    """Close a job. Nobody's application is decided by that.

    With the outcome `nobody_hired` candidates read so, and why: `told_reason` is one of the organisation's
    `closing_reasons`.
    """
    async with caller.turn() as turn:
        if await find_job(turn.conn, caller.organization, job) is None:
            raise JobNotFound("There is no job of this id.")
        await _refuse_unknown(turn.conn, caller, body.told_reason)
        return await save(turn, caller, event_of(JobClosed, body, job), response)


async def _refuse_unknown(conn: Connection, caller: Caller, reason: str | None) -> None:
    if reason is None:
        return
    facts = await load_facts(conn, caller.organization, caller.organization, [OrganizationConfigured.topic])
    said = facts.get(OrganizationConfigured.topic)
    known = OrganizationConfigured.model_validate_json(said).closing_reasons if said else ()
    if reason not in {one.reason for one in known}:
        raise ReasonUnknown("The organisation wrote no closing reason of this id.")


@routes.get("/jobs/{job}")
async def read_job(job: AnId, caller: JobReader) -> KnownJob:
    """A job, whether it is open, and all that was said of it. Hiring managers read their own."""
    async with caller.turn() as turn:
        known = await find_job(turn.conn, caller.organization, job)
        if known is None:
            raise JobNotFound("There is no job of this id.")
        await refuse_other_jobs(turn.conn, caller, job)
        facts = await load_facts(turn.conn, caller.organization, job, [JobOpened.topic, JobClosed.topic])
        await caller.show_version(turn.conn, JobOpened, job)
    said, closing = facts.get(JobOpened.topic), facts.get(JobClosed.topic)
    return KnownJob(
        **_listed(known).model_dump(),
        opened=JobOpened.model_validate_json(said) if said else None,
        closing=JobClosed.model_validate_json(closing) if closing else None,
    )


@routes.get("/jobs")
async def read_jobs(
    caller: JobReader, ids: AnyNamed, state: JobState | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[ListedJob]:
    """Jobs in the order of their ids, all or some. Hiring managers see their own."""
    async with caller.turn() as turn:
        wanted = ListSearch(state=state, after=(opened(cursor, 1)[0], ""), limit=limit, ids=ids)
        jobs = await list_jobs(turn.conn, caller.organization, wanted, await scope_of(turn.conn, caller))
    return Page(items=[_listed(j) for j in jobs], cursor=following(jobs, limit, lambda j: [j.job]))


def _listed(job: JobStatus) -> ListedJob:
    return ListedJob(job=job.job, title=job.title, state=job.state, opened_at=job.opened_at)
