"""Jobs: opened, edited, closed, opened again."""

from typing import TYPE_CHECKING, Any, TypeAlias

from fastapi import APIRouter, Response

from services.interviews import sql
from services.interviews.api.bodies import body_of, event_of
from services.interviews.api.callers import (
    NEW,
    AnId,
    Cursor,
    JobNotFound,
    JobReader,
    Limit,
    Listed,
    Saved,
    Writer,
    listed,
    refuse_other_jobs,
    save,
    wanted,
)
from shared.contracts import JobClosed, JobOpened

routes = APIRouter(tags=["jobs"])

if TYPE_CHECKING:
    JobBody: TypeAlias = Any
    ClosingBody: TypeAlias = Any
else:
    JobBody = body_of(JobOpened, "job")
    ClosingBody = body_of(JobClosed, "job")


@routes.put("/jobs/{job}", responses=NEW)
async def open_job(job: AnId, body: JobBody, response: Response, desk: Writer) -> Saved:
    """Open a job, or edit it: an edit repeats `opened_at`, a reopening has a newer one."""
    async with desk.transaction() as conn:
        return await save(desk, conn, response, event_of(JobOpened, body, {"job": job}))


@routes.put("/jobs/{job}/closing", responses=NEW)
async def close_job(job: AnId, body: ClosingBody, response: Response, desk: Writer) -> Saved:
    """Close a job, with or without a hire. Nobody is decided by that."""
    async with desk.transaction() as conn:
        if await sql.load_body(conn, desk.organization, JobOpened.topic, job) is None:
            raise JobNotFound("Open this job first.")
        return await save(desk, conn, response, event_of(JobClosed, body, {"job": job}))


@routes.get("/jobs/{job}")
async def read_job(job: AnId, desk: JobReader) -> dict[str, Any]:
    """A job, whether it is open, and how it was closed."""
    async with desk.transaction() as conn:
        body = await sql.load_body(conn, desk.organization, JobOpened.topic, job)
        if body is None:
            raise JobNotFound("There is no such job.")
        await refuse_other_jobs(conn, desk, job)
        state, closing = await sql.load_state_of_job(conn, desk.organization, job)
    return {**body, "state": state, "closing": closing}


@routes.get("/jobs")
async def list_jobs(
    desk: JobReader, job: str | None = None, state: str | None = None, cursor: Cursor = "", limit: Limit = 50
) -> Listed:
    """Jobs by id; `state` is open or closed."""
    async with desk.transaction() as conn:
        page = await sql.list_jobs(conn, desk.organization, wanted(desk, cursor, limit, job=job, state=state))
    return listed(page, limit, "job")
