"""What happened to an interview: its state follows from the instants inside its facts (events, product rules)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from shared.contracts import Basis, Cause, InterviewCompleted, InterviewScheduled, Saying

ASSUMED_AFTER = timedelta(hours=24)  # nobody said otherwise a day after the end: it took place


class State(StrEnum):
    """What became of an interview."""

    SCHEDULED = "scheduled"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Heard(NamedTuple):
    """All that was said of one interview; an instant is None where nothing was said."""

    organization: str
    interview: str
    candidate: str
    application: str
    job: str | None
    scheduled_for: datetime | None = None
    ends_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_slot: datetime | None = None
    cancelled_at: datetime | None = None
    missed_slot: datetime | None = None
    missed_at: datetime | None = None
    feedback_at: datetime | None = None


class Interview(NamedTuple):
    """One interview as it stands. `due_at`: when its completion will be assumed."""

    organization: str
    interview: str
    candidate: str
    application: str
    job: str | None
    state: State
    basis: Basis | None
    starts_at: datetime | None
    ends_at: datetime | None
    completed_at: datetime | None
    due_at: datetime | None


def slot_of(heard: Heard) -> datetime | None:
    """When it is to start: by its newest schedule, else by the newest cancelled or missed."""
    if heard.scheduled_for:
        return heard.scheduled_for
    ended = [(at, slot) for at, slot in _ends(heard)]
    return max(ended)[1] if ended else None


def said_of(heard: Heard) -> tuple[datetime, State] | None:
    """The cancelled or missed of this slot with the greatest own instant; a tie is cancelled."""
    slot, found = slot_of(heard), []
    if heard.missed_at and heard.missed_slot == slot:
        found.append((heard.missed_at, False, State.MISSED))
    if heard.cancelled_at and heard.cancelled_slot == slot:
        found.append((heard.cancelled_at, True, State.CANCELLED))
    if not found:
        return None
    at, _, state = max(found, key=lambda end: end[:2])
    return at, state


def judge(heard: Heard, now: datetime) -> Interview:
    """What became of an interview, seen at `now`."""
    said = said_of(heard)
    if heard.completed_at and (said is None or heard.completed_at > said[0]):
        return _interview(heard, State.COMPLETED, basis=Basis.SAID, completed_at=heard.completed_at)
    if said:
        return _interview(heard, said[1])
    assumed_at = assumed_completion(heard, now)
    if assumed_at:
        return _interview(heard, State.COMPLETED, basis=Basis.ASSUMED, completed_at=assumed_at)
    return _interview(heard, State.SCHEDULED, due_at=heard.ends_at and heard.ends_at + ASSUMED_AFTER)


def assumed_completion(heard: Heard, now: datetime) -> datetime | None:
    """When it took place though nobody said so: feedback exists, or a day has passed since its end."""
    if heard.feedback_at:
        return min(heard.feedback_at, heard.ends_at or heard.feedback_at)
    if heard.ends_at and now >= heard.ends_at + ASSUMED_AFTER:
        return heard.ends_at
    return None


def judge_all(heard: Iterable[Heard], now: datetime) -> list[Interview]:
    """Every interview as it stands at `now`."""
    return [judge(h, now) for h in heard]


def assumptions(interviews: Iterable[Interview]) -> list[Saying]:
    """What is said of interviews whose completion is assumed; historical as their schedule is."""
    return [_assumption(i) for i in interviews if i.basis is Basis.ASSUMED and i.starts_at and i.completed_at]


def _assumption(interview: Interview) -> Saying:
    event = InterviewCompleted(
        interview=interview.interview,
        application=interview.application,
        candidate=interview.candidate,
        job=interview.job,
        completed_at=interview.completed_at,
        starts_at=interview.starts_at,
        basis=Basis.ASSUMED,
    )
    return Saying(interview.organization, event, Cause(InterviewScheduled.topic, interview.interview))


def _ends(heard: Heard) -> list[tuple[datetime, datetime]]:
    pairs = ((heard.cancelled_at, heard.cancelled_slot), (heard.missed_at, heard.missed_slot))
    return [(at, slot) for at, slot in pairs if at and slot]


def _interview(
    heard: Heard,
    state: State,
    *,
    basis: Basis | None = None,
    completed_at: datetime | None = None,
    due_at: datetime | None = None,
) -> Interview:
    about = (heard.organization, heard.interview, heard.candidate, heard.application, heard.job)
    return Interview(*about, state, basis, slot_of(heard), heard.ends_at, completed_at, due_at)
