"""Facts of one person as they are read, what stands of them, and which of their interviews took place."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from services.notifications.domain.applications import CalledOff, Completed
from shared.contracts import Basis, CancelledBy, Cause, MissedBy, reading
from shared.contracts.reading import InterviewState, SaidOfInterview

Body = dict[str, Any]


class PersonFact(NamedTuple):
    """One fact of one person."""

    topic: str
    fact: str
    candidate: str
    job: str | None
    time: datetime
    is_historical: bool
    known_at: datetime | None
    body: Body


Facts = dict[str, list[PersonFact]]


class InterviewFacts(NamedTuple):
    """What was said of one interview, fact by fact; `feedback` is the newest that stands."""

    interview: str
    scheduled: PersonFact | None = None
    completed: PersonFact | None = None
    assumed: PersonFact | None = None
    cancelled: PersonFact | None = None
    missed: PersonFact | None = None
    feedback: PersonFact | None = None

    @property
    def said(self) -> SaidOfInterview:
        """The instants inside."""
        return SaidOfInterview(
            starts_at=_instant(self.scheduled, "starts_at"),
            ends_at=_instant(self.scheduled, "ends_at"),
            completed_at=_instant(self.completed, "completed_at"),
            assumed_at=_instant(self.assumed, "completed_at"),
            assumed_slot=_instant(self.assumed, "starts_at"),
            cancelled_at=_instant(self.cancelled, "cancelled_at"),
            cancelled_slot=_instant(self.cancelled, "starts_at"),
            missed_at=_instant(self.missed, "missed_at"),
            missed_slot=_instant(self.missed, "starts_at"),
            judged_at=_instant(self.feedback, "submitted_at"),
        )

    @property
    def completion(self) -> PersonFact | None:
        """The fact that says that it took place, if one does that is no feedback."""
        state, basis = self.said.became
        if state is not InterviewState.COMPLETED:
            return None
        return self.completed if basis is Basis.SAID else self.assumed if self.said.is_assumed else None


def interviews(facts: Facts) -> list[InterviewFacts]:
    """What was said of each interview, in the order of their ids."""
    found: dict[str, dict[str, PersonFact]] = defaultdict(dict)
    for k, field in _of_interviews(facts):
        found[k.body["interview"]][field] = k
    return [InterviewFacts(interview, **known) for interview, known in sorted(found.items())]


def _of_interviews(facts: Facts) -> Iterator[tuple[PersonFact, str]]:
    for field in ("scheduled", "cancelled", "missed"):
        yield from ((k, field) for k in facts.get(f"interview-{field}", ()))
    for k in facts.get("interview-completed", ()):
        yield k, "assumed" if k.body.get("basis") == Basis.ASSUMED else "completed"
    for k in sorted(standing_feedback(facts), key=lambda k: instant(k.body["submitted_at"])):
        if k.body.get("interview"):
            yield k, "feedback"


def standing_feedback(facts: Facts) -> list[PersonFact]:
    """Feedback that was not withdrawn."""
    withdrawn = {k.fact: instant(k.body["withdrawn_at"]) for k in facts.get("feedback-withdrawn", ())}
    return [
        k
        for k in facts.get("feedback-submitted", ())
        if reading.stands(instant(k.body["submitted_at"]), withdrawn.get(k.fact))
    ]


def completions(facts: Facts) -> list[tuple[str, str, str | None, Completed]]:
    """Interviews that took place: (application, candidate, job, interview)."""
    return [_completed(known, told) for known in interviews(facts) if (told := known.completion or _judged(known))]


def _judged(known: InterviewFacts) -> PersonFact | None:
    """The feedback by which alone it took place."""
    return known.feedback if known.said.took_place else None


def _completed(known: InterviewFacts, told: PersonFact) -> tuple[str, str, str | None, Completed]:
    """What says so tells when, but for feedback: that is written when it is."""
    at = maybe(told.body.get("completed_at")) or known.said.ended_at or told.time
    done = Completed(
        known.interview, at, Cause(told.topic, told.fact), told.is_historical, is_told=known.completion is not None
    )
    return told.body["application"], told.candidate, told.job, done


def called_off_by_us(facts: Facts) -> list[tuple[str, str, str | None, CalledOff]]:
    """Slots that the organisation called off or missed: (application, candidate, job, slot)."""
    return [_called_off(known, told) for known in interviews(facts) if (told := _calling_off(known))]


def called_off_by_them(facts: Facts) -> list[tuple[str, str, str | None, CalledOff]]:
    """Slots that the candidate called off: (application, candidate, job, slot)."""
    return [
        _called_off(known, known.cancelled)
        for known in interviews(facts)
        if known.said.became[0] is InterviewState.CANCELLED
        and known.cancelled
        and known.cancelled.body["by"] == CancelledBy.CANDIDATE
    ]


def _calling_off(known: InterviewFacts) -> PersonFact | None:
    """The fact that says so, of this slot, or of one that the interview was moved from; not once it took place."""
    state, _ = known.said.became
    cancelled = known.cancelled if known.cancelled and known.cancelled.body["by"] == CancelledBy.ORGANIZATION else None
    missed = known.missed if known.missed and known.missed.body["by"] == MissedBy.INTERVIEWER else None
    match state:
        case InterviewState.CANCELLED:
            return cancelled
        case InterviewState.MISSED:
            return missed
        case InterviewState.SCHEDULED:
            return max((k for k in (cancelled, missed) if k), key=lambda k: k.body["starts_at"], default=None)
    return None


def _called_off(known: InterviewFacts, told: PersonFact) -> tuple[str, str, str | None, CalledOff]:
    is_moved = known.said.became[0] is InterviewState.SCHEDULED
    slot = CalledOff(
        known.interview,
        instant(told.body["starts_at"]),
        instant(told.body.get("cancelled_at") or told.body["missed_at"]),
        Cause(told.topic, told.fact),
        is_missed=told is known.missed,
        is_historical=told.is_historical,
        moved_to=known.said.slot if is_moved else None,
    )
    return told.body["application"], told.candidate, told.job or (known.scheduled and known.scheduled.job), slot


def _instant(k: PersonFact | None, field: str) -> datetime | None:
    return maybe(k.body.get(field)) if k else None


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def maybe(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
