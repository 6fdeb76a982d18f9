"""Everyone still without an answer."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from services.notifications.api.callers import ById, JobReader, find_own_jobs
from services.notifications.sql.waiting import NOBODY, WaitOrder, WaitSearch, load_totals, load_waiting
from shared.contracts import Id, Missing, ResponseKind, Value
from shared.web.bodies import Routes
from shared.web.cursors import Cursor, Limit, Page, following, opened, opened_at

routes = Routes(tags=["work"])


class Waiting(Value):
    """Somebody who waits: for a decision, for a colleague's feedback or approval, or for the mail itself.

    With `response`: for what they asked a person for, which is `asked`.
    """

    missing: Missing
    application: Id | None
    letter: Id | None
    candidate: Id
    job: Id | None
    owner: Id | None
    since: datetime
    due_at: datetime | None = Field(description="Until when it was promised.")
    overdue: bool
    response: Id | None = None
    asked: ResponseKind | None = None


class OwnerTotal(Value):
    """How many wait for one owner, and how many of them for longer than was promised."""

    owner: Id | None
    waiting: int
    overdue: int


@routes.get("/waiting")
async def read_waiting(
    caller: JobReader,
    job: ById = None,
    owner: ById = None,
    missing: Missing | None = None,
    asked: Annotated[
        bool | None, Query(description="Only what candidates asked a person for, or only the rest.")
    ] = None,
    overdue: bool = False,
    order: WaitOrder = WaitOrder.SINCE,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Waiting]:
    """Everyone who was promised a decision or an answer, also of closed jobs, or asked a person for something.

    Who waits the longest first, and on whom; with `order=due` whoever is overdue the longest, then whose promise ends
    next, last who was promised no day. A cursor belongs to its order. Hiring managers see those of their own jobs.
    """
    at, (name,) = opened_at(cursor, 1)
    async with caller.turn() as turn:
        jobs, overdue_at = await find_own_jobs(turn.conn, caller), turn.now if overdue else None
        wanted = WaitSearch(job, owner, missing, asked, jobs, overdue_at, order, (at, name), limit)
        found = await load_waiting(turn.conn, caller.organization, wanted)
        visible = await caller.visible(turn.conn, found)
    more = following(found, limit, lambda w: [str(part) for part in wanted.place_of(w)])
    return Page(
        items=[Waiting(**w._asdict(), overdue=w.due_at is not None and w.due_at <= turn.now) for w in visible],
        cursor=more,
    )


@routes.get("/waiting/totals")
async def read_totals(caller: JobReader, cursor: Cursor = None, limit: Limit = 50) -> Page[OwnerTotal]:
    """How many wait for whom, in the order of owners, last for nobody in particular.

    Hiring managers see their own jobs'.
    """
    after = opened(cursor, 1)[0]
    async with caller.turn() as turn:
        jobs = await find_own_jobs(turn.conn, caller)
        found = await load_totals(turn.conn, caller.organization, jobs, turn.now, after, limit)
    return Page(
        items=[OwnerTotal(**total._asdict()) for total in found],
        cursor=following(found, limit, lambda total: [total.owner or NOBODY]),
    )
