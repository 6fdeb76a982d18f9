"""What became of interviews, applications and jobs: the instants inside the records decide, never their order."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from shared.contracts import (
    Basis,
    Cause,
    InterviewCompleted,
    Interviewer,
    InterviewScheduled,
    Response,
    Saying,
)
from shared.kit.business_days import Calendar

ASSUMED_AFTER = timedelta(hours=24)


class InterviewState(StrEnum):
    """What became of an interview."""

    SCHEDULED = "scheduled"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    MISSED = "missed"


class ApplicationState(StrEnum):
    """Whether a decision stands."""

    UNDECIDED = "undecided"
    DECIDED = "decided"


class JobState(StrEnum):
    """Whether people can still be hired for a job."""

    OPEN = "open"
    CLOSED = "closed"


class FeedbackState(StrEnum):
    """Whether a feedback stands."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


class HeardInterview(NamedTuple):
    """All that was said of one interview of one person; None where nothing was said.

    `candidate` is the id the facts use, `person` the one that stands for all of somebody's ids. The `*_slot`s are the
    `starts_at` that a fact names. `judged_by` are the interviewers whose feedback stands.
    """

    organization: str
    person: str
    interview: str
    candidate: str
    application: str
    job: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    completed_at: datetime | None
    is_assumed: bool
    assumed_slot: datetime | None
    cancelled_slot: datetime | None
    cancelled_at: datetime | None
    missed_slot: datetime | None
    missed_at: datetime | None
    judged_by: frozenset[str]
    interviewers: tuple[Interviewer, ...]


class Interview(NamedTuple):
    """What became of one interview. Those in `owed_by` have not given the feedback they owe since `ended_at`."""

    organization: str
    candidate: str
    interview: str
    application: str
    job: str | None
    state: InterviewState
    basis: Basis | None
    starts_at: datetime | None
    ended_at: datetime | None
    interviewers: tuple[str, ...]
    owed_by: tuple[str, ...]
    due_at: datetime | None

    @property
    def key(self) -> tuple[str, ...]:
        """What names it."""
        return self.organization, self.candidate, self.interview


class HeardApplication(NamedTuple):
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


class HeardJob(NamedTuple):
    """All that was said of one job. A title of None: it was closed before we heard of it."""

    organization: str
    job: str
    title: str | None
    opened_at: datetime | None
    closed_at: datetime | None
    managers: tuple[str, ...]


class Job(NamedTuple):
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


State = TypeVar("State", Interview, Application, Job)


class Differences(NamedTuple, Generic[State]):
    """What has to be written so that what is kept is what holds."""

    changed: list[State]
    gone: list[State]


def differences(kept: Iterable[State], holds: Iterable[State]) -> Differences[State]:
    """Compare what is kept with what holds now."""
    before = {state.key: state for state in kept}
    now = {state.key: state for state in holds}
    changed = [state for key, state in now.items() if before.get(key) != state]
    return Differences(changed, [state for key, state in before.items() if key not in now])


def job_state(heard: HeardJob) -> Job:
    """Open iff it was opened later than it was closed."""
    is_open = heard.opened_at is not None and (heard.closed_at is None or heard.opened_at > heard.closed_at)
    state = JobState.OPEN if is_open else JobState.CLOSED
    return Job(heard.organization, heard.job, heard.title, state, heard.opened_at, heard.managers)


def application_state(heard: HeardApplication) -> Application:
    """Decided iff the decision is later than its reversal; a tie goes to the reversal."""
    decided, undone = heard.decided_at, heard.reversed_at
    stands = decided is not None and (undone is None or decided > undone)
    state = ApplicationState.DECIDED if stands else ApplicationState.UNDECIDED
    organization, person, application, job, *_ = heard
    outcome = heard.outcome if stands else None
    return Application(organization, person, application, job, state, outcome, heard.submitted_at)


def interview_state(heard: HeardInterview, now: datetime) -> Interview:
    """What became of one interview at this time."""
    state, basis = _became(heard, now)
    ended_at = _ended_at(heard) if state is InterviewState.COMPLETED else None
    return Interview(
        heard.organization,
        heard.person,
        heard.interview,
        heard.application,
        heard.job,
        state,
        basis,
        slot_of(heard),
        ended_at,
        tuple(sorted({i.user for i in heard.interviewers})),
        tuple(_owe(heard)) if ended_at else (),
        _due_at(heard),
    )


def slot_of(heard: HeardInterview) -> datetime | None:
    """The start the newest schedule names; without one, that of the newest cancellation or absence."""
    newest = max(_ends(heard), default=None)
    return heard.starts_at or (newest.slot if newest else heard.assumed_slot)


def assumptions(heard: Iterable[HeardInterview], now: datetime) -> Iterator[Saying]:
    """What the clock says of interviews that ended a day ago, and of which nobody said what became of them."""
    for interview in heard:
        due_at = _due_at(interview)
        if due_at is not None and due_at <= now:
            yield _assumed(interview)


def feedback_due_at(ended_at: datetime, within: int, calendar: Calendar) -> datetime:
    """When feedback about an interview that ended then becomes overdue: 18:00, so many business days later."""
    return calendar.add(ended_at, within)


class _End(NamedTuple):
    at: datetime
    is_cancelled: bool
    slot: datetime | None


def _ends(heard: HeardInterview) -> Iterator[_End]:
    if heard.cancelled_at:
        yield _End(heard.cancelled_at, True, heard.cancelled_slot)
    if heard.missed_at:
        yield _End(heard.missed_at, False, heard.missed_slot)


def _said(heard: HeardInterview) -> _End | None:
    """The newest cancellation or absence of the slot; a tie goes to the cancellation."""
    slot = slot_of(heard)
    return max((end for end in _ends(heard) if end.slot == slot), default=None)


def _is_said_completed(heard: HeardInterview) -> bool:
    said = _said(heard)
    return heard.completed_at is not None and (said is None or heard.completed_at > said.at)


def _became(heard: HeardInterview, now: datetime) -> tuple[InterviewState, Basis | None]:
    if _is_said_completed(heard):
        return InterviewState.COMPLETED, Basis.SAID
    if said := _said(heard):
        return (InterviewState.CANCELLED if said.is_cancelled else InterviewState.MISSED), None
    is_past = heard.ends_at is not None and now >= heard.ends_at + ASSUMED_AFTER
    if heard.judged_by or is_past or _is_assumed(heard):
        return InterviewState.COMPLETED, Basis.ASSUMED
    return InterviewState.SCHEDULED, None


def _is_assumed(heard: HeardInterview) -> bool:
    """An assumption about another slot is none."""
    return heard.is_assumed and heard.assumed_slot == slot_of(heard)


def _due_at(heard: HeardInterview) -> datetime | None:
    """When the clock assumes that it took place; None when that is said or assumed already."""
    if heard.ends_at is None or _is_said_completed(heard) or _said(heard) or _is_assumed(heard):
        return None
    return heard.ends_at + ASSUMED_AFTER


def _ended_at(heard: HeardInterview) -> datetime | None:
    return heard.ends_at or heard.completed_at or heard.assumed_slot


def _owe(heard: HeardInterview) -> list[str]:
    asked = {i.user for i in heard.interviewers if i.feedback_required and i.response is not Response.DECLINED}
    return sorted(asked - heard.judged_by)


def _assumed(heard: HeardInterview) -> Saying:
    event = InterviewCompleted(
        interview=heard.interview,
        application=heard.application,
        candidate=heard.candidate,
        job=heard.job,
        completed_at=heard.ends_at,
        starts_at=heard.starts_at,
        basis=Basis.ASSUMED,
    )
    return Saying(heard.organization, event, Cause(InterviewScheduled.topic, heard.interview))
