"""Where a job stands."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from shared.contracts import reading


class JobState(StrEnum):
    """Whether people can still be hired for a job."""

    OPEN = "open"
    CLOSED = "closed"


class HeardJob(NamedTuple):
    """All that was said of one job. A title of None: it was closed before we heard of it."""

    organization: str
    job: str
    title: str | None
    opened_at: datetime | None
    closed_at: datetime | None
    managers: tuple[str, ...]


class JobStatus(NamedTuple):
    """Where one job stands, and who manages its hiring."""

    organization: str
    job: str
    title: str | None
    state: JobState
    opened_at: datetime | None
    managers: tuple[str, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """What names it."""
        return self.organization, self.job


def job_state(heard: HeardJob) -> JobStatus:
    """Open iff it was opened later than it was closed."""
    state = JobState.OPEN if reading.stands(heard.opened_at, heard.closed_at) else JobState.CLOSED
    return JobStatus(heard.organization, heard.job, heard.title, state, heard.opened_at, heard.managers)
