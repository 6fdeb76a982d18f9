"""Jobs, and whoever of them waits for a decision."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.console.calls.route import Listed, Saved, Told, reading, writing
from shared.contracts import JobClosed, JobOpened, Reason


class NamedJob(Told):
    """A job, and where it stands."""

    job: str
    title: str | None = None
    state: str
    opened_at: datetime | None = None
    family: str | None = None
    cycle: str | None = None


class Job(NamedJob):
    """A job as lists show it."""

    applications: int
    undecided: int


class KnownJob(NamedJob):
    """A job with what was said of it."""

    opened: JobOpened | None = None
    closing: JobClosed | None = None


class JobInFull(Told):
    """A job's opening, word for word: also what this release does not know of; and how it ended."""

    opened: dict[str, Any] | None = None
    closing: JobClosed | None = None


class Undecided(Told):
    """Somebody who waits for a decision."""

    application: str
    candidate: str
    submitted_at: datetime | None = None


class WhoWaits(Listed[Undecided]):
    """Everyone who waits for a decision about one job."""

    count: int


class Decided(Told):
    """Whom a decision was about."""

    decided: int
    applications: tuple[str, ...]


class Decisions(BaseModel):
    """The same decision for everyone who is undecided, if they are so many."""

    decided_by: str
    expected: int
    outcome: str = "not_selected"
    reason: Reason | None = None
    would_reconsider: bool | None = None


JOBS = reading("interviews", "/jobs", Listed[Job], "ids", "limit", "cursor", "state", "family", "cycle", "text", "mine")
JOB = reading("interviews", "/jobs/{job}", KnownJob)
JOB_IN_FULL = reading("interviews", "/jobs/{job}", JobInFull)
OPEN_JOB = writing("interviews", "/jobs/{job}", Saved)
CLOSE_JOB = writing("interviews", "/jobs/{job}/closing", Saved)
UNDECIDED = reading("interviews", "/jobs/{job}/decisions", WhoWaits, "limit", "cursor")
DECIDE_ALL = writing("interviews", "/jobs/{job}/decisions", Decided)
