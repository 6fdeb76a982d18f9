"""What waits for people: tasks, everyone still without an answer, and the brake."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from services.notifications.api.callers import (
    Admin,
    Anybody,
    JobReader,
    Reader,
    TaskNotFound,
    Writer,
    find_own_jobs,
)
from services.notifications.domain.letters import State
from services.notifications.domain.requests import REQUESTS
from services.notifications.domain.tasks import TaskKind
from services.notifications.sql import work
from services.notifications.sql.counts import count_work
from services.notifications.sql.letters import load_letter
from services.notifications.sql.waiting import NOBODY, WaitOrder, WaitSearch, load_totals, load_waiting
from services.notifications.sql.work import ShownTask, TaskSearch, find_pause, find_task, load_tasks, pause, resume
from shared.contracts import Flag, Id, Missing, RequestAnswered, ResponseKind, Saying, Text, Value
from shared.kit.db import Connection
from shared.kit.people import lock_organizations, lock_people
from shared.kit.turn import Turn
from shared.web.answers import MOST_COUNTED, Count
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened, opened_at
from shared.web.problems import Conflict

routes = Routes(tags=["work"])

ById = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9._:\-]{1,64}$")]
TaskName = Annotated[str, Path(pattern=r"^[a-z_]{1,64}:[A-Za-z0-9._:\-]{1,64}$")]


class Task(Value):
    """Something a person must look at. `task` is its name: kind and what it is about."""

    task: str
    kind: TaskKind
    about: str
    candidate: Id | None = Field(description="Null where it is about nobody in particular.")
    job: Id | None
    owner: Id | None
    since: datetime
    due_at: datetime
    done_at: datetime | None
    done_by: Id | None
    words: Text | None = Field(default=None, description="What the candidate wrote to what they ask for.")
    letter: Id | None = Field(default=None, description="The letter that is to answer it.")


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


class TaskSettled(Conflict):
    """What asked for the task is gone."""

    code = "task-settled"


class NeedsAnAnswer(Conflict):
    """What somebody asked a person for ends by an answer that is sent, or for a reason."""

    code = "request-needs-an-answer"


class KeepsNoReason(Conflict):
    """Only a request of a candidate ends for a reason."""

    code = "task-keeps-no-reason"


class AlreadyAnswered(Conflict):
    """The candidate has a letter, or it is on its way: it is neither open again nor ended for a reason."""

    code = "request-answered"


class Finished(Value):
    """Why what a candidate asked for ends without a letter; it is kept."""

    reason: Text | None = None


NO_REASON = Finished()


class Brake(Value):
    """True holds every letter of the organisation back."""

    paused: Flag


class Braked(Brake):
    """How it stands."""

    since: datetime | None = None


class Work(Value):
    """How much waits: 1,000 of a kind are that many or more."""

    letters_to_approve: Count
    waiting: Count
    overdue: Count
    tasks: Count
    my_tasks: Count


@routes.get("/work")
async def read_work(caller: Anybody) -> Work:
    """Letters that wait for an approval, people who wait for an answer, and open tasks. Cheap to ask often.

    Hiring managers are told of their own jobs. `my_tasks` are those the caller owns.
    """
    async with caller.turn() as turn:
        jobs = await find_own_jobs(turn.conn, caller)
        found = await count_work(turn.conn, caller.organization, jobs, caller.user, turn.now, MOST_COUNTED)
    return Work(**found._asdict())


@routes.get("/tasks")
async def read_tasks(
    caller: JobReader, owner: ById = None, kind: TaskKind | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[Task]:
    """Open tasks, the most urgent first. Hiring managers see those about their own jobs."""
    at, (after_kind, about) = opened_at(cursor, 2)
    async with caller.turn() as turn:
        jobs = await find_own_jobs(turn.conn, caller)
        wanted = TaskSearch(owner, kind, jobs, (at, after_kind, about), limit)
        found = await load_tasks(turn.conn, caller.organization, wanted)
        visible = await caller.visible(turn.conn, found)
        await caller.note_reading(turn, [t.candidate for t in visible if t.words])
    more = following(found, limit, lambda t: [t.due_at.isoformat(), t.kind, t.about])
    return Page(items=[_shown(t) for t in visible], cursor=more)


@routes.put("/tasks/{task}/done")
async def finish_task(task: TaskName, caller: Writer, finished: Finished = NO_REASON) -> Task:
    """Somebody has dealt with it. Done is done: again changes nothing.

    What a candidate asked a person for (`feedback_requested`, `review_requested`, `disputed`) is done once its letter
    has left; without one it ends for a `reason`, which is kept.
    """

    async def finish(turn: Turn, known: ShownTask) -> None:
        if known.kind in REQUESTS and known.done_at is None:
            await _end(turn, caller, known, finished.reason)
        elif finished.reason and known.kind not in REQUESTS:
            raise KeepsNoReason("Only what a candidate asked for ends for a reason.")
        await work.finish_task(turn.conn, caller.organization, known, caller.user, turn.now)

    return await _change(task, caller, finish)


@routes.put("/tasks/{task}/reopening")
async def reopen_task(task: TaskName, caller: Writer) -> Task:
    """It was not dealt with after all: it is open again. 409 when by now nothing asks for it any more.

    What a candidate asked for, and what ended for a reason, is owed from now on, as if they asked now; what a letter
    answered stays so.
    """

    async def reopen(turn: Turn, known: ShownTask) -> None:
        if known.kind in REQUESTS:
            await _take_up(turn, caller, known)
        await work.reopen_task(turn.conn, caller.organization, known)

    return await _change(task, caller, reopen)


async def _end(turn: Turn, caller: Caller, known: ShownTask, reason: str | None) -> None:
    if reason is None:
        raise NeedsAnAnswer("Write the answer and release its letter; or give the reason why nobody does.")
    letter = known.letter and await load_letter(turn.conn, caller.organization, known.letter)
    if letter and letter.state == State.SENDING:
        raise AlreadyAnswered("The answer is on its way.")
    before = await work.find_end(turn.conn, caller.organization, known)
    event = RequestAnswered(
        response=known.about,
        candidate=known.candidate,
        answered_at=turn.now,
        by=caller.user,
        reason=reason,
        reopened_at=before and before.reopened_at,
    )
    await turn.say([Saying(caller.organization, event)])


async def _take_up(turn: Turn, caller: Caller, known: ShownTask) -> None:
    """Raises AlreadyAnswered where a letter has left."""
    end = await work.find_end(turn.conn, caller.organization, known)
    if end is None or known.done_at is None:
        return
    if end.letter and end.answered_at >= known.since:
        raise AlreadyAnswered("The candidate has the answer.")
    if end.answered_at >= known.since:
        event = end.model_copy(update={"reopened_at": turn.now, "by": caller.user})
        await turn.say([Saying(caller.organization, event)])


async def _change(task: str, caller: Caller, change: Callable[[Turn, ShownTask], Awaitable[None]]) -> Task:
    kind, _, about = task.partition(":")
    async with caller.turn() as turn:
        known = await find_task(turn.conn, caller.organization, kind, about)
        if known is None:
            raise TaskNotFound("There is no task of this name.")
        await lock_organizations(turn.conn, {caller.organization: False})
        people = await lock_people(turn.conn, [(caller.organization, c) for c in (known.candidate,) if c])
        await caller.refuse_restricted(turn.conn, [c for c in (known.candidate,) if c])
        known = await find_task(turn.conn, caller.organization, kind, about) or known  # as nobody else changes it
        caller.check_digest(_shown(known))
        await change(turn, known)
        await caller.runtime.router.derive(turn, people)
        changed = await find_task(turn.conn, caller.organization, kind, about)
        if changed is None:
            raise TaskSettled("Nothing asks for this any more.")
    shown = _shown(changed)
    caller.show_digest(shown)
    return shown


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


@routes.get("/outreach/pause")
async def read_pause(caller: Reader) -> Braked:
    """Whether every letter of the organisation is held back, and since when."""
    async with caller.turn() as turn:
        braked = await _braked(turn.conn, caller)
    caller.show_digest(braked)
    return braked


@routes.put("/outreach/pause")
async def pause_outreach(brake: Brake, caller: Admin) -> Braked:
    """Hold every letter back from now on, or let them go again. Letters already at the mail server are gone."""
    async with caller.turn() as turn:
        await lock_organizations(turn.conn, {caller.organization: True})
        caller.check_digest(await _braked(turn.conn, caller))
        if brake.paused:
            await pause(turn.conn, caller.organization, caller.user, turn.now)
        else:
            await resume(turn.conn, caller.organization)
        braked = await _braked(turn.conn, caller)
    caller.show_digest(braked)
    return braked


async def _braked(conn: Connection, caller: Caller) -> Braked:
    since = await find_pause(conn, caller.organization)
    return Braked(paused=since is not None, since=since)


def _shown(task: ShownTask) -> Task:
    shown = task._asdict() | {"candidate": task.candidate or None}
    return Task(task=f"{task.kind}:{task.about}", **shown)
