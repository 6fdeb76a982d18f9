"""What became of an interview, who owes feedback on it, and what the clock assumes of it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.contracts import Basis, Cause, InterviewCompleted, Interviewer, InterviewScheduled, Response, Saying
from shared.contracts.reading import InterviewState, SaidOfInterview

ASSUMED_AFTER = timedelta(hours=24)


class ToldInterview(NamedTuple):
    """All that was said of one interview of one person.

    `candidate` is the id the facts use, `person` the one that stands for all of somebody's ids. `judged_by` are the
    interviewers whose feedback stands.
    """

    organization: str
    person: str
    interview: str
    candidate: str
    application: str
    job: str | None
    said: SaidOfInterview
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


def interview_state(heard: ToldInterview, now: datetime) -> Interview:
    """What became of one interview at this time."""
    state, basis = _became(heard.said, now)
    ended_at = heard.said.ended_at if state is InterviewState.COMPLETED else None
    return Interview(
        heard.organization,
        heard.person,
        heard.interview,
        heard.application,
        heard.job,
        state,
        basis,
        heard.said.slot,
        ended_at,
        tuple(sorted({i.user for i in heard.interviewers})),
        tuple(_owe(heard)) if ended_at else (),
        _due_at(heard.said),
    )


def assumptions(heard: Iterable[ToldInterview], now: datetime) -> Iterator[Saying]:
    """What the clock says of interviews that ended a day ago, and of which nobody said what became of them."""
    for interview in heard:
        due_at = _due_at(interview.said)
        if due_at is not None and due_at <= now:
            yield _assumed(interview)


def _became(said: SaidOfInterview, now: datetime) -> tuple[InterviewState, Basis | None]:
    """A day after its end it counts as assumed, a moment before the clock says so."""
    due_at = _due_at(said)
    return (InterviewState.COMPLETED, Basis.ASSUMED) if due_at and due_at <= now else said.became


def _due_at(said: SaidOfInterview) -> datetime | None:
    """When the clock assumes that it took place; None when that is said or assumed already, or was called off."""
    state, basis = said.became
    is_unsaid = state is InterviewState.SCHEDULED or (basis is Basis.ASSUMED and not said.is_assumed)
    return said.ends_at + ASSUMED_AFTER if said.ends_at and is_unsaid else None


def _owe(heard: ToldInterview) -> list[str]:
    asked = {i.user for i in heard.interviewers if i.feedback_required and i.response is not Response.DECLINED}
    return sorted(asked - heard.judged_by)


def _assumed(heard: ToldInterview) -> Saying:
    event = InterviewCompleted(
        interview=heard.interview,
        application=heard.application,
        candidate=heard.candidate,
        job=heard.job,
        completed_at=heard.said.ends_at,
        starts_at=heard.said.starts_at,
        basis=Basis.ASSUMED,
    )
    return Saying(heard.organization, event, Cause(InterviewScheduled.topic, heard.interview))
