"""Interviews: scheduled, and what came of them."""

from datetime import datetime
from typing import TypeVar

from fastapi import Response
from pydantic import ConfigDict

from services.interviews.api.answers import NEW, ById, save
from services.interviews.api.callers import (
    IN_ADDRESS,
    KNOWN,
    AnId,
    AnotherApplication,
    Anybody,
    NotYourInterview,
    Writer,
    known_interview,
    refuse_other_people,
    refuse_unknown_application,
    refuse_unknown_job,
    scope_of,
)
from services.interviews.api.listed_interviews import ListedInterview, listed
from services.interviews.domain.forms import asked_of, feedback_id, language_of
from services.interviews.domain.interviews import Interview
from services.interviews.sql import interview_lists
from services.interviews.sql.lists import ListSearch
from services.interviews.sql.lookups import load_facts
from shared.contracts import (
    Anchor,
    Basis,
    Competency,
    Event,
    Id,
    InterviewCancelled,
    InterviewCompleted,
    InterviewMissed,
    InterviewScheduled,
    JobOpened,
    Language,
    Name,
    OrganizationConfigured,
    Plan,
    Value,
)
from shared.contracts.reading import InterviewState
from shared.kit.db import Connection
from shared.web.answers import Saved
from shared.web.bodies import Routes, event_of
from shared.web.caller import Caller
from shared.web.problems import Unprocessable

routes = Routes(tags=["interviews"])
E = TypeVar("E", bound=Event)

TOPICS = (InterviewScheduled.topic, InterviewCompleted.topic, InterviewCancelled.topic, InterviewMissed.topic)


class SlotMissing(Unprocessable):
    """Nobody knows when this interview was to be, so the body must say which slot it means."""

    code = "slot-missing"


class NotForYouToAssume(Unprocessable):
    """Only the clock assumes; whoever speaks here says it."""

    code = "basis-not-said"


class Schedule(InterviewScheduled):
    """When an interview is to be, and with whom."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "application": "amara-su27",
                    "candidate": "amara",
                    "starts_at": "2026-11-04T14:00:00+01:00",
                    "ends_at": "2026-11-04T15:00:00+01:00",
                    "timezone": "Europe/Berlin",
                    "interviewers": [{"user": "ada"}, {"user": "ben", "feedback_required": False}],
                    "assesses": ["sql", "communication"],
                }
            ]
        }
    )
    interview: Id = IN_ADDRESS


class Completion(InterviewCompleted):
    """An interview took place."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"completed_at": "2026-11-04T14:05:00Z"}]})
    interview: Id = IN_ADDRESS
    application: Id = KNOWN
    candidate: Id = KNOWN


class Cancellation(InterviewCancelled):
    """An interview was called off. Without `starts_at` the slot we know is meant."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cancelled_at": "2026-11-03T09:00:00Z", "by": "candidate"}]}
    )
    interview: Id = IN_ADDRESS
    application: Id = KNOWN
    candidate: Id = KNOWN
    starts_at: Plan | None = None  # type: ignore[assignment]  # the slot that is known stands in


class Absence(InterviewMissed):
    """Somebody did not come. Without `starts_at` the slot we know is meant."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"missed_at": "2026-11-04T13:20:00Z", "by": "candidate"}]}
    )
    interview: Id = IN_ADDRESS
    application: Id = KNOWN
    candidate: Id = KNOWN
    starts_at: Plan | None = None  # type: ignore[assignment]  # the slot that is known stands in


class AskedCompetency(Value):
    """A competency that interviewers are asked about."""

    competency: Id
    name: Name
    looks_for: str | None
    anchors: tuple[Anchor, ...]


class KnownInterview(ListedInterview):
    """An interview with all that was said of it, and what its interviewers are asked: `asks`, in `language`.

    `feedback`: the id of what the caller says of it, by their link or here; null for who is no interviewer of it.
    """

    title: Name | None
    language: Language
    asks: list[AskedCompetency]
    feedback: Id | None
    scheduled: InterviewScheduled | None
    completion: InterviewCompleted | None
    cancellation: InterviewCancelled | None
    absence: InterviewMissed | None


class Counts(Value):
    """How many interviews are in each state."""

    scheduled: int = 0
    completed: int = 0
    cancelled: int = 0
    missed: int = 0


@routes.get("/interviews/counts")
async def count_interviews(
    caller: Anybody, job: ById = None, candidate: ById = None, state: InterviewState | None = None
) -> Counts:
    """How many interviews are in each state, of those the caller may see."""
    async with caller.turn() as turn:
        wanted = ListSearch(job, candidate, state)
        counts = await interview_lists.count_interviews(
            turn.conn, caller.organization, wanted, await scope_of(turn.conn, caller)
        )
        await caller.note_reading(turn, [candidate])
    return Counts(**counts)


@routes.put("/interviews/{interview}", responses=NEW)
async def schedule_interview(interview: AnId, body: Schedule, response: Response, caller: Writer) -> Saved:
    """Schedule an interview, or change when and with whom. 409 when its application or job is unknown."""
    async with caller.turn() as turn:
        await refuse_unknown_application(turn.conn, caller, body.application, body.candidate)
        await refuse_unknown_job(turn.conn, caller, body.job)
        return await save(turn, caller, event_of(InterviewScheduled, body, interview), response)


@routes.put("/interviews/{interview}/completion", responses=NEW)
async def complete_interview(interview: AnId, body: Completion, response: Response, caller: Writer) -> Saved:
    """Say that an interview took place."""
    if body.basis is not Basis.SAID:
        raise NotForYouToAssume("Leave `basis` out: only the clock assumes.")
    async with caller.turn() as turn:
        known = await known_interview(turn.conn, caller, interview)
        event = event_of(
            InterviewCompleted, body, interview,
            application=known.application, candidate=known.candidate, job=known.job,
        )  # fmt: skip
        await _refuse_others(turn.conn, caller, known, event.application, event.candidate)
        return await save(turn, caller, event, response)


@routes.put("/interviews/{interview}/cancellation", responses=NEW)
async def cancel_interview(interview: AnId, body: Cancellation, response: Response, caller: Writer) -> Saved:
    """Say that an interview was called off."""
    async with caller.turn() as turn:
        known = await known_interview(turn.conn, caller, interview)
        event = event_of(
            InterviewCancelled, body, interview,
            application=known.application, candidate=known.candidate, starts_at=_slot(body.starts_at, known),
        )  # fmt: skip
        await _refuse_others(turn.conn, caller, known, event.application, event.candidate)
        return await save(turn, caller, event, response)


@routes.put("/interviews/{interview}/absence", responses=NEW)
async def miss_interview(interview: AnId, body: Absence, response: Response, caller: Writer) -> Saved:
    """Say that somebody did not come."""
    async with caller.turn() as turn:
        known = await known_interview(turn.conn, caller, interview)
        event = event_of(
            InterviewMissed, body, interview,
            application=known.application, candidate=known.candidate, starts_at=_slot(body.starts_at, known),
        )  # fmt: skip
        await _refuse_others(turn.conn, caller, known, event.application, event.candidate)
        return await save(turn, caller, event, response)


@routes.get("/interviews/{interview}")
async def read_interview(interview: AnId, caller: Anybody) -> KnownInterview:
    """An interview, what became of it, and all that was said of it. Interviewers read their own."""
    async with caller.turn() as turn:
        known = await known_interview(turn.conn, caller, interview)
        await _refuse_unseen(turn.conn, caller, known)
        facts = await load_facts(turn.conn, caller.organization, interview, TOPICS)
        await caller.show_version(turn.conn, InterviewScheduled, interview)
        await caller.note_reading(turn, [known.candidate])
        assumed = await load_facts(turn.conn, caller.organization, f"{interview}/assumed", TOPICS)
        job = await _said(turn.conn, caller, known.job, JobOpened)
        settings = await _said(turn.conn, caller, caller.organization, OrganizationConfigured)
    scheduled, said, cancellation, absence = (facts.get(topic) for topic in TOPICS)
    completion = said or assumed.get(InterviewCompleted.topic)
    schedule = InterviewScheduled.model_validate_json(scheduled) if scheduled else None
    return KnownInterview(
        **listed(known).model_dump(),
        title=job.title if job else None,
        language=language_of(job, settings),
        asks=[_asked(c) for c in asked_of(schedule, job)] if schedule else [],
        feedback=feedback_id(interview, caller.user) if caller.user in known.interviewers else None,
        scheduled=schedule,
        completion=InterviewCompleted.model_validate_json(completion) if completion else None,
        cancellation=InterviewCancelled.model_validate_json(cancellation) if cancellation else None,
        absence=InterviewMissed.model_validate_json(absence) if absence else None,
    )


async def _said(conn: Connection, caller: Caller, fact: str | None, contract: type[E]) -> E | None:
    facts = await load_facts(conn, caller.organization, fact, [contract.topic]) if fact else {}
    return contract.model_validate_json(facts[contract.topic]) if facts else None


def _asked(competency: Competency) -> AskedCompetency:
    return AskedCompetency(
        competency=competency.competency,
        name=competency.name,
        looks_for=competency.looks_for,
        anchors=competency.anchors,
    )


def _slot(given: datetime | None, known: Interview) -> datetime:
    if slot := given or known.starts_at:
        return slot
    raise SlotMissing("Say `starts_at`: when was it to be?")


async def _refuse_others(conn: Connection, caller: Caller, known: Interview, application: str, candidate: str) -> None:
    if application != known.application:
        raise AnotherApplication("This interview belongs to another application.")
    await refuse_other_people(conn, caller.organization, candidate, known.candidate)


async def _refuse_unseen(conn: Connection, caller: Caller, known: Interview) -> None:
    scope = await scope_of(conn, caller)
    if not (scope.everything or known.job in scope.jobs or scope.user in known.interviewers):
        raise NotYourInterview("You are not an interviewer here.")
