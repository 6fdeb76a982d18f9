"""Where a job stands."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from shared.contracts import family_of, reading
from shared.contracts.writing import alike


class JobState(StrEnum):
    """Whether people can still be hired for a job."""

    OPEN = "open"
    CLOSED = "closed"


class ToldJob(NamedTuple):
    """All that was said of one job. A title of None: it was closed before we heard of it."""

    organization: str
    job: str
    title: str | None
    opened_at: datetime | None
    closed_at: datetime | None
    managers: tuple[str, ...]
    family: str | None = None
    department: str | None = None
    cycle: str | None = None
    team: tuple[str, ...] = ()


class JobStatus(NamedTuple):
    """Where one job stands, what it is listed by, who manages its hiring, and who else works on it."""

    organization: str
    job: str
    title: str | None
    state: JobState
    opened_at: datetime | None
    managers: tuple[str, ...]
    family: str
    cycle: str | None
    team: tuple[str, ...]
    spelled: str  # the title, in the form that its spellings share

    @property
    def key(self) -> tuple[str, ...]:
        """What names it."""
        return self.organization, self.job


def job_state(heard: ToldJob) -> JobStatus:
    """Open iff it was opened later than it was closed."""
    state = JobState.OPEN if reading.stands(heard.opened_at, heard.closed_at) else JobState.CLOSED
    return JobStatus(
        organization=heard.organization,
        job=heard.job,
        title=heard.title,
        state=state,
        opened_at=heard.opened_at,
        managers=heard.managers,
        family=family_of(heard.family, heard.department),
        cycle=heard.cycle,
        team=heard.team,
        spelled=alike(heard.title or ""),
    )
