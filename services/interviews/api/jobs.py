"""Jobs: opened, edited, closed, reopened."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import ConfigDict

from services.interviews.api.answers import IN_TIME, NEW, save, unchanged, undoing
from services.interviews.api.callers import IN_ADDRESS, AnId, JobReader, Writer, refuse_other_jobs, scope_of
from services.interviews.domain.jobs import JobState, JobStatus
from services.interviews.sql.job_lists import JobCounts, JobSearch, list_jobs
from services.interviews.sql.lookups import find_instant, find_job, find_said, instant_of, load_facts
from shared.contracts import (
    EARLIEST,
    Id,
    Instant,
    JobClosed,
    JobOpened,
    Name,
    OrganizationConfigured,
    Value,
    family_of,
    reading,
)
from shared.contracts.writing import alike
from shared.kit.db import Connection
from shared.kit.people import lock_organizations
from shared.web.answers import JobNotFound, Saved
from shared.web.bodies import Routes, event_of
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened_at
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
    closed_at: Instant | None = IN_TIME  # type: ignore[assignment]  # now, unless it is said


class ListedJob(Value):
    """Where a job stands. Without a title it was closed before we heard of it."""

    job: Id
    title: Name | None
    state: JobState
    opened_at: datetime | None
    family: Name | None
    cycle: Name | None


class CountedJob(ListedJob):
    """A job with how many applied for it, at most 10,000, and how many of those wait for a decision."""

    applications: int
    undecided: int


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
        await lock_organizations(turn.conn, {caller.organization: True})
        opened_at = await find_instant(turn.conn, caller.organization, job, JobOpened)
        closing = await find_said(turn.conn, caller.organization, job, JobClosed)
        event = event_of(JobClosed, body, job, closed_at=undoing(turn.now, opened_at))
        is_open = reading.stands(opened_at, instant_of(closing))
        event = unchanged(event, closing, holds=not is_open and body.closed_at is None)
        return await save(turn, caller, event, response)


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


async def wanted(
    ids: AnyNamed,
    state: JobState | None = None,
    family: Annotated[Name | None, Query(description="Of this family of jobs, however it is written.")] = None,
    cycle: Annotated[Name | None, Query()] = None,
    text: Annotated[
        str | None, Query(min_length=1, max_length=200, description="Somewhere in the title, however it is written.")
    ] = None,
    mine: Annotated[bool, Query(description="Only those on whose team the caller is.")] = False,
) -> JobSearch:
    """The filters of jobs; `mine` is still without its user."""
    kin = family_of(family, None) if family else None
    return JobSearch(ids, state, kin, cycle, alike(text) if text else None, "" if mine else None)


@routes.get("/jobs")
async def read_jobs(
    caller: JobReader, asked: Annotated[JobSearch, Depends(wanted)], cursor: Cursor = None, limit: Limit = 50
) -> Page[CountedJob]:
    """Jobs for which every filter holds, the newest opened first. Hiring managers see their own."""
    here = asked._replace(limit=limit, mine=None if asked.mine is None else caller.user)
    if cursor:
        at, (job,) = opened_at(cursor, 1)
        here = here._replace(after=(at, job))
    async with caller.turn() as turn:
        found = await list_jobs(turn.conn, caller.organization, here, await scope_of(turn.conn, caller))
    items = [
        CountedJob(**_listed(one.job).model_dump(), applications=one.applications, undecided=one.undecided)
        for one in found
    ]
    return Page(items=items, cursor=following(found, limit, _place))


def _place(one: JobCounts) -> list[str]:
    return [(one.job.opened_at or EARLIEST).isoformat(), one.job.job]


def _listed(job: JobStatus) -> ListedJob:
    return ListedJob(
        job=job.job, title=job.title, state=job.state, opened_at=job.opened_at, family=job.family, cycle=job.cycle
    )
