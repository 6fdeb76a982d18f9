"""What interviewers write for themselves: notes of an interview and drafts of feedback. Nobody else reads them."""

from typing import Annotated

from fastapi import Depends, Response
from pydantic import ConfigDict

from services.interviews.api.answers import NEW, save
from services.interviews.api.callers import (
    IN_ADDRESS,
    KNOWN,
    AnId,
    FeedbackNotFound,
    NotYourInterview,
    known_interview,
    refuse_outsiders,
    refuse_unknown_application,
)
from services.interviews.domain.private import FeedbackDrafted, InterviewNoted
from services.interviews.sql.lookups import load_facts
from shared.contracts import FeedbackSubmitted, Id
from shared.kit.db import Connection
from shared.web.access import signed_in
from shared.web.answers import Saved
from shared.web.bodies import Routes, event_of
from shared.web.caller import Caller
from shared.web.problems import NotFound
from shared.web.roles import Role

routes = Routes(tags=["notes"])

Author = Annotated[Caller, Depends(signed_in(Role.INTERVIEWER, Role.HIRING_MANAGER, Role.RECRUITER))]


class NoteNotFound(NotFound):
    """The caller has noted nothing here."""

    code = "note-not-found"


class Note(InterviewNoted):
    """Private notes of an interview. They never leave this service, and nobody but their author reads them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"noted_at": "2026-11-04T14:20:00Z", "text": "Asked about window functions."}]}
    )
    interview: Id = IN_ADDRESS
    candidate: Id = KNOWN
    author: Id = KNOWN


class Draft(FeedbackDrafted):
    """A feedback that is not submitted yet. Nobody but its interviewer reads it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "application": "amara-su27",
                    "candidate": "amara",
                    "drafted_at": "2026-11-04T15:10:00Z",
                    "overall": "yes",
                }
            ]
        }
    )
    feedback: Id = IN_ADDRESS
    interviewer: Id = KNOWN


@routes.put("/interviews/{interview}/note", responses=NEW)
async def write_note(interview: AnId, body: Note, response: Response, caller: Author) -> Saved:
    """Keep the caller's own notes of an interview they hold. Said again, they replace the earlier ones."""
    async with caller.turn() as turn:
        known = await known_interview(turn.conn, caller, interview)
        if caller.user not in known.interviewers:
            raise NotYourInterview("You are not an interviewer here.")
        await caller.refuse_restricted(turn.conn, [known.candidate])
        event = event_of(InterviewNoted, body, interview, candidate=known.candidate, author=caller.user)
        return await save(turn, caller, event.model_copy(update={"author": caller.user}), response, publish=False)


@routes.get("/interviews/{interview}/note")
async def read_note(interview: AnId, caller: Author) -> InterviewNoted:
    """The caller's own notes of an interview."""
    async with caller.turn() as turn:
        known = await known_interview(turn.conn, caller, interview)
        fact = f"{interview}/{caller.user}"
        facts = await load_facts(turn.conn, caller.organization, fact, [InterviewNoted.topic])
        if not facts:
            raise NoteNotFound("You have noted nothing here.")
        await caller.show_version(turn.conn, InterviewNoted, fact)
        await caller.note_reading(turn, [known.candidate])
    return InterviewNoted.model_validate_json(facts[InterviewNoted.topic])


@routes.put("/feedback/{feedback}/draft", responses=NEW)
async def draft_feedback(feedback: AnId, body: Draft, response: Response, caller: Author) -> Saved:
    """Keep the caller's own feedback while it is being written. Submitting it is another call, for the same people."""
    async with caller.turn() as turn:
        application = await refuse_unknown_application(turn.conn, caller, body.application, body.candidate)
        await refuse_outsiders(turn.conn, caller, application, body.interview)
        await _refuse_others(turn.conn, caller, feedback)
        await caller.refuse_restricted(turn.conn, [body.candidate])
        event = event_of(FeedbackDrafted, body, feedback, interviewer=caller.user)
        return await save(turn, caller, event.model_copy(update={"interviewer": caller.user}), response, publish=False)


@routes.get("/feedback/{feedback}/draft")
async def read_draft(feedback: AnId, caller: Author) -> FeedbackDrafted:
    """The caller's own draft. 404 when there is none, or when the feedback was submitted since."""
    async with caller.turn() as turn:
        draft, submitted = await _load(turn.conn, caller, feedback)
        if (
            draft is None
            or draft.interviewer != caller.user
            or (submitted and submitted.submitted_at >= draft.drafted_at)
        ):
            raise FeedbackNotFound("You have no draft of this id.")
        await caller.show_version(turn.conn, FeedbackDrafted, feedback)
        await caller.note_reading(turn, [draft.candidate])
    return draft


async def _refuse_others(conn: Connection, caller: Caller, feedback: str) -> None:
    """Raise NotYourInterview when this id is somebody else's draft or feedback."""
    if any(known and known.interviewer != caller.user for known in await _load(conn, caller, feedback)):
        raise NotYourInterview("This feedback is somebody else's: take another id.")


async def _load(
    conn: Connection, caller: Caller, feedback: str
) -> tuple[FeedbackDrafted | None, FeedbackSubmitted | None]:
    topics = [FeedbackDrafted.topic, FeedbackSubmitted.topic]
    facts = await load_facts(conn, caller.organization, feedback, topics)
    draft, submitted = (facts.get(topic) for topic in topics)
    return (
        FeedbackDrafted.model_validate_json(draft) if draft else None,
        FeedbackSubmitted.model_validate_json(submitted) if submitted else None,
    )
