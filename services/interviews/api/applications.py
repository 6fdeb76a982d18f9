"""Applications: submitted, decided, and a decision taken back."""

from datetime import datetime

from fastapi import Response
from pydantic import ConfigDict

from services.interviews.api.answers import IN_TIME, NEW, ById, save, saying, unchanged, undoing
from services.interviews.api.callers import (
    FREE_DECIDERS,
    IN_ADDRESS,
    KNOWN,
    AnId,
    Decider,
    JobReader,
    Writer,
    known_application,
    refuse_other_jobs,
    refuse_other_people,
    refuse_unknown_job,
    scope_of,
)
from services.interviews.domain.applications import Application, ApplicationState
from services.interviews.sql.lists import ListSearch, list_applications, load_decisions
from services.interviews.sql.lookups import find_instant, find_said, instant_of, load_facts
from shared.contracts import (
    ApplicationDecided,
    ApplicationDecisionReversed,
    ApplicationSubmitted,
    Id,
    Instant,
    Outcome,
    Value,
    reading,
)
from shared.kit.people import hold_people
from shared.web.answers import Saved
from shared.web.bodies import Routes, event_of
from shared.web.cursors import Cursor, Limit, Page, following, opened
from shared.web.problems import Conflict

routes = Routes(tags=["applications"])

TOPICS = (ApplicationSubmitted.topic, ApplicationDecided.topic, ApplicationDecisionReversed.topic)


class NotDecided(Conflict):
    """There is no decision to take back."""

    code = "not-decided"


class Submission(ApplicationSubmitted):
    """One person's candidacy for one job."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"candidate": "amara", "job": "su27-data", "submitted_at": "2026-10-20T08:00:00Z"}]
        }
    )
    application: Id = IN_ADDRESS


class Decision(ApplicationDecided):
    """How an application ended."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"decided_at": "2026-11-13T15:00:00Z", "outcome": "not_selected"}]}
    )
    application: Id = IN_ADDRESS
    candidate: Id = KNOWN
    decided_at: Instant | None = IN_TIME  # type: ignore[assignment]  # now, unless it is said


class Reversal(ApplicationDecisionReversed):
    """A decision no longer stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reversed_at": "2026-11-14T09:00:00Z"}]})
    application: Id = IN_ADDRESS
    candidate: Id = KNOWN
    reversed_at: Instant | None = IN_TIME  # type: ignore[assignment]  # now, unless it is said


class ListedApplication(Value):
    """Where an application stands; `outcome` is that of the decision that stands, `decision` the whole of it."""

    application: Id
    candidate: Id
    job: Id | None
    state: ApplicationState
    outcome: Outcome | None
    submitted_at: datetime | None
    decision: ApplicationDecided | None


class KnownApplication(ListedApplication):
    """An application with all that was said of it."""

    submitted: ApplicationSubmitted | None
    reversal: ApplicationDecisionReversed | None


@routes.put("/applications/{application}", responses=NEW)
async def submit_application(application: AnId, body: Submission, response: Response, caller: Writer) -> Saved:
    """Submit an application, or correct it. 409 when its job is unknown."""
    async with caller.turn() as turn:
        await refuse_unknown_job(turn.conn, caller, body.job)
        return await save(turn, caller, event_of(ApplicationSubmitted, body, application), response)


@routes.put("/applications/{application}/decision", responses=NEW)
async def decide_application(application: AnId, body: Decision, response: Response, caller: Decider) -> Saved:
    """Decide an application, or correct the decision. Hiring managers decide for their own jobs."""
    async with caller.turn() as turn:
        known = await known_application(turn.conn, caller, application)
        await refuse_other_jobs(turn.conn, caller, known.job, FREE_DECIDERS)
        await hold_people(turn.conn, caller.organization, known.candidate)
        decided = await find_said(turn.conn, caller.organization, application, ApplicationDecided)
        reversed_at = await find_instant(turn.conn, caller.organization, application, ApplicationDecisionReversed)
        event = event_of(
            ApplicationDecided, body, application,
            candidate=known.candidate, job=known.job, decided_at=saying(turn.now, reversed_at),
        )  # fmt: skip
        await refuse_other_people(turn.conn, caller.organization, event.candidate, known.candidate)
        stands = reading.stands(instant_of(decided), reversed_at)
        event = unchanged(event, decided, holds=stands and body.decided_at is None)
        return await save(turn, caller, event, response)


@routes.put("/applications/{application}/decision/reversal", responses=NEW)
async def reverse_decision(application: AnId, body: Reversal, response: Response, caller: Decider) -> Saved:
    """Take a decision back. 409 when there is none."""
    async with caller.turn() as turn:
        known = await known_application(turn.conn, caller, application)
        await refuse_other_jobs(turn.conn, caller, known.job, FREE_DECIDERS)
        await hold_people(turn.conn, caller.organization, known.candidate)
        decided_at = await find_instant(turn.conn, caller.organization, application, ApplicationDecided)
        reversal = await find_said(turn.conn, caller.organization, application, ApplicationDecisionReversed)
        event = event_of(
            ApplicationDecisionReversed, body, application,
            candidate=known.candidate, reversed_at=undoing(turn.now, decided_at),
        )  # fmt: skip
        await refuse_other_people(turn.conn, caller.organization, event.candidate, known.candidate)
        if decided_at is None:
            raise NotDecided("This application is not decided.")
        stands = reading.stands(decided_at, instant_of(reversal))
        event = unchanged(event, reversal, holds=not stands and body.reversed_at is None)
        return await save(turn, caller, event, response)


@routes.get("/applications/{application}")
async def read_application(application: AnId, caller: JobReader) -> KnownApplication:
    """An application, where it stands, and all that was said of it. Hiring managers read those of their own jobs."""
    async with caller.turn() as turn:
        known = await known_application(turn.conn, caller, application)
        await refuse_other_jobs(turn.conn, caller, known.job)
        facts = await load_facts(turn.conn, caller.organization, application, TOPICS)
        await caller.show_version(turn.conn, ApplicationSubmitted, application)
        await caller.note_reading(turn, [known.candidate])
    submitted, decision, reversal = (facts.get(topic) for topic in TOPICS)
    return KnownApplication(
        **dict(_listed(known, decision)),
        submitted=ApplicationSubmitted.model_validate_json(submitted) if submitted else None,
        reversal=ApplicationDecisionReversed.model_validate_json(reversal) if reversal else None,
    )


@routes.get("/applications")
async def read_applications(
    caller: JobReader,
    job: ById = None,
    candidate: ById = None,
    state: ApplicationState | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ListedApplication]:
    """Applications in the order of their ids. Hiring managers see those of their own jobs."""
    after, tie = opened(cursor, 2)
    async with caller.turn() as turn:
        wanted = ListSearch(job, candidate, state, (after, tie), limit)
        found = await list_applications(turn.conn, caller.organization, wanted, await scope_of(turn.conn, caller))
        await caller.note_reading(turn, [candidate])
        visible = await caller.visible(turn.conn, found)
        decided = [a.application for a in visible if a.outcome]
        decisions = await load_decisions(turn.conn, caller.organization, decided)
    cursor = following(found, limit, lambda a: [a.application, a.candidate])
    return Page(items=[_listed(a, decisions.get(a.application)) for a in visible], cursor=cursor)


def _listed(known: Application, decision: str | None) -> ListedApplication:
    return ListedApplication(
        application=known.application,
        candidate=known.candidate,
        job=known.job,
        state=known.state,
        outcome=Outcome(known.outcome) if known.outcome else None,
        submitted_at=known.submitted_at,
        decision=ApplicationDecided.model_validate_json(decision) if decision else None,
    )
