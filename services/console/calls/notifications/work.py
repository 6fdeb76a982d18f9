"""Who waits, what is to be done by hand, what people answered, and the brake."""

from datetime import datetime

from pydantic import BaseModel

from services.console.calls.route import Listed, Told, reading, writing


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
    asked: str | None = None


class OwnerTotal(Told):
    """How many wait for one owner; for nobody in particular where there is none."""

    owner: str | None = None
    waiting: int
    overdue: int


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
    words: str | None = None
    letter: str | None = None


class Response(Told):
    """What somebody answered, or asked for."""

    kind: str
    responded_at: datetime
    until: datetime | None = None
    text: str | None = None


class Braked(Told):
    """Whether the organisation sends anything."""

    paused: bool
    since: datetime | None = None


class Finished(BaseModel):
    """Why what a candidate asked for ends without a letter."""

    reason: str | None = None


class Brake(BaseModel):
    """Hold every letter back, or let them go."""

    paused: bool


WAITING = reading(
    "notifications", "/waiting", Listed[Waiting],
    "job", "owner", "missing", "asked", "overdue", "order", "limit", "cursor",
)  # fmt: skip
TOTALS = reading("notifications", "/waiting/totals", Listed[OwnerTotal], "limit", "cursor")
TASKS = reading("notifications", "/tasks", Listed[Task], "owner", "kind", "limit", "cursor")
FINISH_TASK = writing("notifications", "/tasks/{task}/done", Task)
REOPEN_TASK = writing("notifications", "/tasks/{task}/reopening", Task)
RESPONSES = reading("notifications", "/responses", Listed[Response], "candidate", "limit", "cursor")
BRAKE = reading("notifications", "/outreach/pause", Braked)
PULL_BRAKE = writing("notifications", "/outreach/pause", Braked)
