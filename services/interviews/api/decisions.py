"""Deciding everyone who is still undecided about a closed job, as one explicit call."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import ConfigDict, Field

from services.interviews.api.answers import IN_TIME, saying
from services.interviews.api.callers import FREE_DECIDERS, AnId, Decider, refuse_other_jobs
from services.interviews.domain.applications import Application, ApplicationState
from services.interviews.domain.jobs import JobState
from services.interviews.sql.lists import CallerScope, ListSearch, list_applications, load_decisions
from services.interviews.sql.lookups import find_job
from shared.contracts import (
    ApplicationDecided,
    ApplicationDecisionReversed,
    Id,
    Instant,
    Notice,
    Outcome,
    Reason,
    Value,
)
from shared.kit.db import Connection
from shared.kit.people import lock_organizations
from shared.kit.turn import Turn
from shared.web.answers import AnotherNumber, JobNotFound
from shared.web.bodies import Routes, event_of
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened
from shared.web.problems import Conflict

routes = Routes(tags=["applications"])

AT_MOST = 10_000
EVERYONE = CallerScope(True, [], None)


class JobOpen(Conflict):
    """Whoever applied for an open job is decided one by one."""

    code = "job-open"


class Decisions(Value):
    """The same decision for everyone who is undecided. `expected` is how many: type the number you were shown."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"decided_at": "2026-11-13T15:00:00Z", "outcome": "not_selected", "expected": 7}]
        }
    )
    decided_at: Instant | None = IN_TIME
    expected: int = Field(ge=0, le=AT_MOST)
    outcome: Outcome = Outcome.NOT_SELECTED
    decided_by: Id | None = None
    reason: Reason | None = None
    would_reconsider: bool | None = None
    reconsider_after: Instant | None = None
    notice: Notice | None = None


class Decided(Value):
    """Whom it was about: those who are decided now, or would be."""

    decided: int
    applications: list[Id]


class Undecided(Value):
    """Somebody who waits for a decision."""

    application: Id
    candidate: Id
    submitted_at: datetime | None


class WhoWaits(Page[Undecided]):
    """A page of everyone who waits for a decision about one job; `count` is how many there are in all."""

    count: int


@routes.get("/jobs/{job}/decisions")
async def read_undecided(job: AnId, caller: Decider, cursor: Cursor = None, limit: Limit = 50) -> WhoWaits:
    """Who is undecided about a job, at most 10,000. What `PUT` would decide."""
    application, candidate = opened(cursor, 2)
    async with caller.turn() as turn:
        await refuse_other_jobs(turn.conn, caller, job, FREE_DECIDERS)
        if await find_job(turn.conn, caller.organization, job) is None:
            raise JobNotFound("There is no job of this id.")
        waiting = await _find(turn.conn, caller, job)
        page = [a for a in waiting if (a.application, a.candidate) > (application, candidate)][:limit]
        await caller.note_reading(turn, [a.candidate for a in page])
    caller.show_digest(_who_waits(waiting))
    more = following(page, limit, lambda a: [a.application, a.candidate])
    return WhoWaits(count=len(waiting), items=_who_waits(page).items, cursor=more)


@routes.put("/jobs/{job}/decisions")
async def decide_everyone(job: AnId, body: Decisions, caller: Decider) -> Decided:
    """Decide everyone who is undecided about a closed job, all or nobody.

    Closing never decides for people; this does, when a person says so. 409 when the job is open, or when `expected`
    is not how many there are. Said again, nobody is left to decide.
    """
    async with caller.turn() as turn:
        await refuse_other_jobs(turn.conn, caller, job, FREE_DECIDERS)
        known = await find_job(turn.conn, caller.organization, job)
        if known is None:
            raise JobNotFound("There is no job of this id.")
        if known.state is JobState.OPEN:
            raise JobOpen("This job is open: close it first, or decide one application after the other.")
        await lock_organizations(turn.conn, {caller.organization: True})  # nobody applies or is decided meanwhile
        waiting = await _find(turn.conn, caller, job)
        caller.check_digest(_who_waits(waiting))
        if len(waiting) != body.expected:
            raise AnotherNumber(f"{len(waiting)} people are undecided, not {body.expected}: look again, then say it.")
        if waiting:
            await caller.record(turn, *await _decisions(turn, caller, waiting, job, body))
        caller.show_digest(_who_waits(await _find(turn.conn, caller, job)))
    return Decided(decided=len(waiting), applications=[a.application for a in waiting])


def _who_waits(waiting: list[Application]) -> WhoWaits:
    shown = [Undecided(application=a.application, candidate=a.candidate, submitted_at=a.submitted_at) for a in waiting]
    return WhoWaits(count=len(shown), items=shown)


async def _find(conn: Connection, caller: Caller, job: str) -> list[Application]:
    wanted = ListSearch(job=job, state=ApplicationState.UNDECIDED, limit=AT_MOST)
    return await caller.visible(conn, await list_applications(conn, caller.organization, wanted, EVERYONE))


async def _decisions(
    turn: Turn, caller: Caller, waiting: Sequence[Application], job: str, body: Decisions
) -> list[ApplicationDecided]:
    """Each behind what took back the one before."""
    named, topic = [a.application for a in waiting], ApplicationDecisionReversed.topic
    found = await load_decisions(turn.conn, caller.organization, named, topic)
    reversals = {a: ApplicationDecisionReversed.model_validate_json(said).reversed_at for a, said in found.items()}
    return [
        event_of(
            ApplicationDecided, body, a.application,
            candidate=a.candidate, job=job, decided_at=saying(turn.now, reversals.get(a.application)),
        )
        for a in waiting
    ]  # fmt: skip
