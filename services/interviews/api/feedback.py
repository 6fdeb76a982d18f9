"""Feedback: submitted, corrected, withdrawn."""

from typing import TYPE_CHECKING, Any, TypeAlias

from fastapi import APIRouter, Response

from services.interviews import sql
from services.interviews.api.bodies import body_of, event_of
from services.interviews.api.callers import (
    NEW,
    AnId,
    AnyReader,
    Cursor,
    FeedbackNotFound,
    FeedbackWriter,
    Limit,
    Listed,
    NotYours,
    Saved,
    listed,
    refuse_other_jobs,
    save,
    wanted,
)
from shared.contracts import ApplicationSubmitted, FeedbackSubmitted, FeedbackWithdrawn
from shared.kit.access import Role
from shared.kit.db import Connection
from shared.kit.desk import Desk

routes = APIRouter(tags=["feedback"])

if TYPE_CHECKING:
    FeedbackBody: TypeAlias = Any
    WithdrawalBody: TypeAlias = Any
else:
    FeedbackBody = body_of(FeedbackSubmitted, "feedback", "candidate")
    WithdrawalBody = body_of(FeedbackWithdrawn, "feedback", "candidate")


def refuse_other_interviewers(desk: Desk, interviewer: str) -> None:
    """Raise NotYours when somebody who is only an interviewer acts for another one."""
    if desk.roles == {Role.INTERVIEWER} and desk.user != interviewer:
        raise NotYours("Interviewers read and write their own feedback only.")


@routes.put("/feedback/{feedback}", responses=NEW)
async def submit_feedback(feedback: AnId, body: FeedbackBody, response: Response, desk: FeedbackWriter) -> Saved:
    """Submit a feedback, or correct it. The person is the application's, where that is known."""
    refuse_other_interviewers(desk, body.interviewer)
    async with desk.transaction() as conn:
        known = await sql.load_body(conn, desk.organization, FeedbackSubmitted.topic, feedback)
        if known:
            refuse_other_interviewers(desk, known["interviewer"])
        application = await sql.load_body(conn, desk.organization, ApplicationSubmitted.topic, body.application)
        facts = {"candidate": application["candidate"]} if application else {}
        return await save(desk, conn, response, event_of(FeedbackSubmitted, body, {"feedback": feedback}, facts))


@routes.put("/feedback/{feedback}/withdrawal", responses=NEW)
async def withdraw_feedback(feedback: AnId, body: WithdrawalBody, response: Response, desk: FeedbackWriter) -> Saved:
    """Withdraw a feedback: it no longer counts."""
    async with desk.transaction() as conn:
        known = await _known(conn, desk, feedback)
        refuse_other_interviewers(desk, known["interviewer"])
        facts = {"candidate": known["candidate"]}
        return await save(desk, conn, response, event_of(FeedbackWithdrawn, body, {"feedback": feedback}, facts))


@routes.get("/feedback/{feedback}")
async def read_feedback(feedback: AnId, desk: AnyReader) -> dict[str, Any]:
    """One feedback, and whether it stands."""
    async with desk.transaction() as conn:
        known = await _known(conn, desk, feedback)
        if desk.roles == {Role.INTERVIEWER}:
            refuse_other_interviewers(desk, known["interviewer"])
        else:
            application = await sql.load_body(conn, desk.organization, ApplicationSubmitted.topic, known["application"])
            await refuse_other_jobs(conn, desk, application["job"] if application else None)
        state = await sql.load_state_of_feedback(conn, desk.organization, feedback)
    return {**known, "state": state}


@routes.get("/feedback")
async def list_feedback(
    desk: AnyReader,
    job: str | None = None,
    candidate: str | None = None,
    state: str | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Listed:
    """Feedback by id; `state` is submitted or withdrawn; an interviewer sees their own."""
    filters = {"job": job, "candidate": candidate, "state": state}
    async with desk.transaction() as conn:
        page = await sql.list_feedback(conn, desk.organization, wanted(desk, cursor, limit, **filters))
    return listed(page, limit, "feedback")


async def _known(conn: Connection, desk: Desk, feedback: str) -> dict[str, Any]:
    body = await sql.load_body(conn, desk.organization, FeedbackSubmitted.topic, feedback)
    if body is None:
        raise FeedbackNotFound("There is no such feedback.")
    return body
