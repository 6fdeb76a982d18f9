"""Where an application stands."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from shared.contracts import reading


class ApplicationState(StrEnum):
    """Whether a decision stands."""

    UNDECIDED = "undecided"
    DECIDED = "decided"


class ToldApplication(NamedTuple):
    """All that was said of one application of one person."""

    organization: str
    person: str
    application: str
    job: str | None
    submitted_at: datetime | None
    decided_at: datetime | None
    reversed_at: datetime | None
    outcome: str | None


class Application(NamedTuple):
    """Where one application stands; `outcome` is that of the standing decision."""

    organization: str
    candidate: str
    application: str
    job: str | None
    state: ApplicationState
    outcome: str | None
    submitted_at: datetime | None

    @property
    def key(self) -> tuple[str, ...]:
        """What names it."""
        return self.organization, self.candidate, self.application


def application_state(heard: ToldApplication) -> Application:
    """Decided iff a decision stands."""
    stands = reading.stands(heard.decided_at, heard.reversed_at)
    state = ApplicationState.DECIDED if stands else ApplicationState.UNDECIDED
    organization, person, application, job, *_ = heard
    outcome = heard.outcome if stands else None
    return Application(organization, person, application, job, state, outcome, heard.submitted_at)
