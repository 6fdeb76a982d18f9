"""Tasks: what a person must look at, done and open again."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import Field

from services.notifications.api.callers import ById, JobReader, TaskNotFound, Writer, find_own_jobs
from services.notifications.domain.letters import State
from services.notifications.domain.requests import REQUESTS
from services.notifications.domain.tasks import TaskKind
from services.notifications.sql import tasks
from services.notifications.sql.letters import load_letter
from services.notifications.sql.tasks import ShownTask, TaskSearch, find_end, find_task, load_tasks
from shared.contracts import Id, RequestAnswered, Saying, Text, Value
from shared.kit.people import hold_people
from shared.kit.turn import Turn
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.cursors import Cursor, Limit, Page, following, opened_at
from shared.web.problems import Conflict

routes = Routes(tags=["work"])

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
        await tasks.finish_task(turn.conn, caller.organization, known, caller.user, turn.now)

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
        await tasks.reopen_task(turn.conn, caller.organization, known)

    return await _change(task, caller, reopen)


async def _end(turn: Turn, caller: Caller, known: ShownTask, reason: str | None) -> None:
    if reason is None:
        raise NeedsAnAnswer("Write the answer and release its letter; or give the reason why nobody does.")
    letter = known.letter and await load_letter(turn.conn, caller.organization, known.letter)
    if letter and letter.state == State.SENDING:
        raise AlreadyAnswered("The answer is on its way.")
    before = await find_end(turn.conn, caller.organization, known)
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
    end = await find_end(turn.conn, caller.organization, known)
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
        whom = [known.candidate] if known.candidate else []
        people = await hold_people(turn.conn, caller.organization, *whom)
        await caller.refuse_restricted(turn.conn, whom)
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


def _shown(task: ShownTask) -> Task:
    shown = task._asdict() | {"candidate": task.candidate or None}
    return Task(task=f"{task.kind}:{task.about}", **shown)
