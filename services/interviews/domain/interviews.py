"""What became of an interview: the instants inside the records decide, never their order."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from shared.contracts import Basis, Cause, InterviewCompleted, Interviewer, InterviewScheduled, Response, Saying

ASSUMED_AFTER = timedelta(hours=24)


class InterviewState(StrEnum):
    """What became of an interview."""

    SCHEDULED = "scheduled"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    MISSED = "missed"


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
