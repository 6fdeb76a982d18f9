"""Who still owes feedback, and since when."""

from datetime import datetime

from services.interviews.api.answers import ById
from services.interviews.api.callers import Anybody, scope_of
from services.interviews.domain.feedback import feedback_due_at
from services.interviews.sql.lists import OwedAfter, OwedBy, OwedFeedback, list_owed
from services.interviews.sql.lookups import load_facts
from shared.business_days import Calendar
from shared.contracts import Id, OrganizationConfigured, Value
from shared.kit.db import Connection
from shared.kit.turn import Turn
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened_at

routes = Routes(tags=["feedback"])

UNCONFIGURED = OrganizationConfigured(name="-")


class Owing(Value):
    """An interviewer who owes feedback since the interview ended, and is to give it by `due_at`. `title`: the job's."""

    interviewer: Id
    interview: Id
    candidate: Id
    application: Id
    job: Id | None
    title: str | None
    since: datetime
    due_at: datetime
    is_overdue: bool


@routes.get("/feedback-owed")
async def read_owed(
    caller: Anybody, interviewer: ById = None, job: ById = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[Owing]:
    """Who owes feedback on a completed interview, of one interviewer or about one job; the oldest first.

    Interviewers see what they owe themselves, hiring managers what is owed about their own jobs.
    """
    async with caller.turn() as turn:
        owing, owed = await _read_owing(turn, caller, OwedBy(interviewer, job), cursor, limit)
    return Page(items=owing, cursor=following(owed, limit, _place))


@routes.get("/feedback-overdue")
async def read_overdue(
    caller: Anybody, interviewer: ById = None, job: ById = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[Owing]:
    """Of those, who owes it beyond the organisation's `feedback_within`."""
    async with caller.turn() as turn:
        owing, owed = await _read_owing(turn, caller, OwedBy(interviewer, job), cursor, limit)
    overdue = [item for item in owing if item.is_overdue]
    return Page(items=overdue, cursor=following(owed, limit, _place) if len(overdue) == len(owing) else None)


async def _read_owing(
    turn: Turn, caller: Caller, wanted: OwedBy, cursor: str | None, limit: int
) -> tuple[list[Owing], list[OwedFeedback]]:
    wishes, scope = await _wishes(turn.conn, caller), await scope_of(turn.conn, caller)
    owed = await list_owed(turn.conn, caller.organization, wanted, _after(cursor), limit, scope)
    visible = await caller.visible(turn.conn, owed)
    calendar = Calendar(wishes.country, wishes.subdivision, wishes.timezone)
    due = [feedback_due_at(o.ended_at, wishes.feedback_within, calendar) for o in visible]
    return [_owing(o, at, turn.now) for o, at in zip(visible, due, strict=True)], owed


async def _wishes(conn: Connection, caller: Caller) -> OrganizationConfigured:
    topic = OrganizationConfigured.topic
    facts = await load_facts(conn, caller.organization, caller.organization, [topic])
    return OrganizationConfigured.model_validate_json(facts[topic]) if facts else UNCONFIGURED


def _owing(owed: OwedFeedback, due_at: datetime, now: datetime) -> Owing:
    return Owing(
        interviewer=owed.interviewer,
        interview=owed.interview,
        candidate=owed.candidate,
        application=owed.application,
        job=owed.job,
        title=owed.title,
        since=owed.ended_at,
        due_at=due_at,
        is_overdue=due_at <= now,
    )


def _place(owed: OwedFeedback) -> list[str]:
    return [owed.ended_at.isoformat(), owed.interview, owed.interviewer, owed.candidate]


def _after(cursor: str | None) -> OwedAfter:
    since, rest = opened_at(cursor, 3)
    return OwedAfter(since, *rest)
