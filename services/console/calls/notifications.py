"""What the console asks of notifications."""

from datetime import datetime

from services.console.calls.route import Listed, Told, reading, writing


class Work(Told):
    """How much there is to do."""

    letters_to_approve: int
    waiting: int
    overdue: int
    tasks: int
    my_tasks: int


class Waiting(Told):
    """Somebody who waits, and on whom."""

    missing: str
    application: str | None = None
    letter: str | None = None
    candidate: str
    job: str | None = None
    owner: str | None = None
    since: datetime
    due_at: datetime | None = None
    overdue: bool


class Task(Told):
    """Something that a person has to do."""

    task: str
    kind: str
    about: str
    candidate: str | None = None
    job: str | None = None
    owner: str | None = None
    since: datetime
    due_at: datetime
    done_at: datetime | None = None


class JobApprovals(Told):
    """Letters of a job that wait for a person."""

    job: str
    ready: int
    to_look_at: int


class Braked(Told):
    """Whether the organisation sends anything."""

    paused: bool
    since: datetime | None = None


class Statement(Told):
    """One statement of the survey: the mean, and how many gave 1 to 5."""

    statement: str
    mean: float
    counts: tuple[int, ...]


class Survey(Told):
    """What candidates answered, in whole batches; `why` says why there is nothing yet."""

    shown: int
    why: str | None = None
    statements: tuple[Statement, ...] = ()
    recommend: float | None = None
    promoters: int | None = None
    detractors: int | None = None
    comments: tuple[str, ...] = ()


WORK = reading("notifications", "/work", Work)
WAITING = reading("notifications", "/waiting", Listed[Waiting], "job", "owner", "missing", "overdue", "limit", "cursor")
TASKS = reading("notifications", "/tasks", Listed[Task], "owner", "kind", "limit", "cursor")
APPROVALS = reading("notifications", "/approvals", Listed[JobApprovals], "limit", "cursor")
BRAKE = reading("notifications", "/outreach/pause", Braked)
SURVEY = reading("notifications", "/survey", Survey, "job", "cycle")
FINISH_TASK = writing("notifications", "/tasks/{task}/done", Task)
REOPEN_TASK = writing("notifications", "/tasks/{task}/reopening", Task)
