"""Applications: submitted, decided, and decisions taken back."""

from typing import TYPE_CHECKING, Any, TypeAlias

from fastapi import APIRouter, Response

from services.interviews import sql
from services.interviews.api.bodies import body_of, event_of
from services.interviews.api.callers import (
    NEW,
    AnId,
    ApplicationNotFound,
    Cursor,
    Decider,
    JobReader,
    Limit,
    Listed,
    NotDecided,
    Saved,
    Writer,
    listed,
    refuse_other_jobs,
    save,
    wanted,
)
from shared.contracts import ApplicationDecided, ApplicationDecisionReversed, ApplicationSubmitted
from shared.kit.db import Connection
from shared.kit.desk import Desk

routes = APIRouter(tags=["applications"])

if TYPE_CHECKING:
    ApplicationBody: TypeAlias = Any
    DecisionBody: TypeAlias = Any
    ReversalBody: TypeAlias = Any
else:
    ApplicationBody = body_of(ApplicationSubmitted, "application")
    DecisionBody = body_of(ApplicationDecided, "application", "candidate")
    ReversalBody = body_of(ApplicationDecisionReversed, "application", "candidate")


async def known(conn: Connection, desk: Desk, application: str) -> dict[str, Any]:
    """The application's body. Raises ApplicationNotFound."""
    body = await sql.load_body(conn, desk.organization, ApplicationSubmitted.topic, application)
    if body is None:
        raise ApplicationNotFound("There is no such application.")
    return body


@routes.put("/applications/{application}", responses=NEW)
async def submit_application(application: AnId, body: ApplicationBody, response: Response, desk: Writer) -> Saved:
    """Record one person's candidacy. Its job may still be unknown."""
    async with desk.transaction() as conn:
        return await save(desk, conn, response, event_of(ApplicationSubmitted, body, {"application": application}))


@routes.put("/applications/{application}/decision", responses=NEW)
async def decide_application(application: AnId, body: DecisionBody, response: Response, desk: Decider) -> Saved:
    """Decide how an application ended."""
    async with desk.transaction() as conn:
        about = await known(conn, desk, application)
        await refuse_other_jobs(conn, desk, about["job"])
        facts = {"candidate": about["candidate"], "job": about["job"]}
        event = event_of(ApplicationDecided, body, {"application": application}, facts)
        return await save(desk, conn, response, event)


@routes.put("/applications/{application}/decision/reversal", responses=NEW)
async def reverse_decision(application: AnId, body: ReversalBody, response: Response, desk: Decider) -> Saved:
    """Take a decision back."""
    async with desk.transaction() as conn:
        about = await known(conn, desk, application)
        await refuse_other_jobs(conn, desk, about["job"])
        _, decision = await sql.load_state_of_application(conn, desk.organization, application)
        if decision is None:
            raise NotDecided("This application was never decided.")
        facts = {"candidate": about["candidate"]}
        event = event_of(ApplicationDecisionReversed, body, {"application": application}, facts)
        return await save(desk, conn, response, event)


@routes.get("/applications/{application}")
async def read_application(application: AnId, desk: JobReader) -> dict[str, Any]:
    """An application, and how it stands: `undecided` or the outcome."""
    async with desk.transaction() as conn:
        body = await known(conn, desk, application)
        await refuse_other_jobs(conn, desk, body["job"])
        state, decision = await sql.load_state_of_application(conn, desk.organization, application)
    return {**body, "state": state, "decision": decision}


@routes.get("/applications")
async def list_applications(
    desk: JobReader,
    job: str | None = None,
    candidate: str | None = None,
    state: str | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Listed:
    """Applications by id; `state` is undecided, hired, not_selected, withdrawn or offer_declined."""
    filters = {"job": job, "candidate": candidate, "state": state}
    async with desk.transaction() as conn:
        page = await sql.list_applications(conn, desk.organization, wanted(desk, cursor, limit, **filters))
    return listed(page, limit, "application")
