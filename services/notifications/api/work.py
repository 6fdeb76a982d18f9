"""What waits for people: tasks, everyone still without an answer, and the brake."""

from datetime import datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from services.notifications.api.callers import Admin, Reader, TaskNotFound, Writer
from services.notifications.domain.tasks import TaskKind
from services.notifications.sql import work
from services.notifications.sql.work import ShownTask, find_pause, find_task, load_tasks, load_waiting, pause, resume
from shared.contracts import Flag, Id, Missing, Value
from shared.kit.db import Connection
from shared.kit.people import lock_organizations, lock_people
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened_at

routes = Routes(tags=["work"])

ById = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9._:\-]{1,64}$")]
TaskName = Annotated[str, Path(pattern=r"^[a-z_]{1,64}:[A-Za-z0-9._:\-]{1,64}$")]


class Task(Value):
    """Something a person must look at. `task` is its name: kind and what it is about."""

    task: str
    kind: TaskKind
    about: str
    candidate: Id | None = Field(description="Null where it is about nobody in particular.")
    owner: Id | None
    since: datetime
    due_at: datetime
    done_at: datetime | None
    done_by: Id | None


class Waiting(Value):
    """Somebody who waits: for a decision, for a colleague's feedback or approval, or for the mail itself."""

    missing: Missing
    application: Id | None
    letter: Id | None
    candidate: Id
    job: Id | None
    owner: Id | None
    since: datetime
    due_at: datetime | None = Field(description="Until when it was promised.")
    overdue: bool


class Brake(Value):
    """True holds every letter of the organisation back."""

    paused: Flag


class Braked(Brake):
    """How it stands."""

    since: datetime | None = None


@routes.get("/tasks")
async def read_tasks(caller: Reader, cursor: Cursor = None, limit: Limit = 50) -> Page[Task]:
    """Open tasks, the most urgent first."""
    at, (kind, about) = opened_at(cursor, 2)
    async with caller.turn() as turn:
        found = await load_tasks(turn.conn, caller.organization, (at, kind, about), limit)
        visible = await caller.visible(turn.conn, found)
    more = following(found, limit, lambda t: [t.due_at.isoformat(), t.kind, t.about])
    return Page(items=[_shown(t) for t in visible], cursor=more)


@routes.put("/tasks/{task}/done")
async def finish_task(task: TaskName, caller: Writer) -> Task:
    """Somebody has dealt with it. Done is done: again changes nothing."""
    kind, _, about = task.partition(":")
    async with caller.turn() as turn:
        known = await find_task(turn.conn, caller.organization, kind, about)
        if known is None:
            raise TaskNotFound("There is no task of this name.")
        await lock_organizations(turn.conn, {caller.organization: False})
        people = await lock_people(turn.conn, [(caller.organization, c) for c in (known.candidate,) if c])
        await caller.refuse_restricted(turn.conn, [c for c in (known.candidate,) if c])
        caller.check_digest(_shown(await find_task(turn.conn, caller.organization, kind, about) or known))
        await work.finish_task(turn.conn, caller.organization, known, caller.user, turn.now)
        await caller.runtime.router.derive(turn, people)
        done = await find_task(turn.conn, caller.organization, kind, about)
    shown = _shown(done or known)
    caller.show_digest(shown)
    return shown


@routes.get("/waiting")
async def read_waiting(
    caller: Reader, job: ById = None, owner: ById = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[Waiting]:
    """Everyone who was promised a decision or an answer, also of closed jobs, and on whom they wait.

    The longest first.
    """
    at, (name,) = opened_at(cursor, 1)
    async with caller.turn() as turn:
        found = await load_waiting(turn.conn, caller.organization, (job, owner), (at, name), limit)
        visible = await caller.visible(turn.conn, found)
    more = following(found, limit, lambda w: [w.since.isoformat(), w.application])
    return Page(
        items=[Waiting(**w._asdict(), overdue=w.due_at is not None and w.due_at <= turn.now) for w in visible],
        cursor=more,
    )


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
