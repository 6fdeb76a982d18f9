"""Anything that may be said of people, and what the rules make of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from shared.contracts import (
    ApplicationDecisionReversed,
    CandidateMerged,
    CandidateResponded,
    Event,
    FeedbackWithdrawn,
    InterviewCancelled,
    InterviewMissed,
    MentorshipProposed,
    reading,
)
from shared.contracts.reading import SaidOfInterview
from tests.candidates.sentences import (
    applied,
    closed,
    completed,
    consented,
    decided,
    feedback,
    opened,
    registered,
    scheduled,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
INSTANTS = [datetime(2026, 11, 2, hour, tzinfo=UTC) for hour in (8, 9, 10)]  # so few that they meet
SLOTS = [NOW + timedelta(days=days) for days in (1, 2)]  # ahead: the clock of interviews assumes nothing yet
EXPIRIES = [NOW + timedelta(days=days) for days in (100, 200)]
AN_HOUR = timedelta(hours=1)
OWN, OTHER, STRANGER = "", "-b", "-x"  # whom a fact names: them, an id that may be merged into theirs, somebody else

Undone = tuple[datetime, str] | None
AtSlot = tuple[datetime, datetime | None] | None
Consented = tuple[bool, datetime, datetime | None] | None

instants = st.sampled_from(INSTANTS)
slots = st.sampled_from(SLOTS)
undone = st.none() | st.tuples(instants, st.sampled_from([OWN, OTHER, STRANGER]))
called_off = st.none() | st.tuples(instants, slots)
answers = st.none() | st.tuples(st.booleans(), instants, st.none() | st.sampled_from(EXPIRIES))


class Said(NamedTuple):
    """What is said of one person: when, and whatever else decides; None of what nobody says."""

    is_merged: bool
    submitted: datetime | None
    decided: tuple[datetime, str] | None
    reversed: Undone
    applied_again: datetime | None
    scheduled: datetime | None
    completed: datetime | None
    assumed: AtSlot
    cancelled: AtSlot
    missed: AtSlot
    feedback: datetime | None
    withdrawn: Undone
    consent: Consented
    other_consent: Consented
    unsubscribed: datetime | None
    opened: datetime | None
    closed: datetime | None
    versions: list[datetime]  # when the source last changed each record: it decides nothing here

    def of_theirs(self, undo: Undone) -> datetime | None:
        """When something was undone, if that names the same person."""
        return undo[0] if undo and (undo[1] == OWN or (undo[1] == OTHER and self.is_merged)) else None


SILENCE = Said(False, *[None] * 16, INSTANTS * 7)
PEOPLE = st.builds(
    Said,
    is_merged=st.booleans(),
    submitted=st.none() | instants,
    decided=st.none() | st.tuples(instants, st.sampled_from(["hired", "not_selected", "withdrawn"])),
    reversed=undone,
    applied_again=st.none() | instants,
    scheduled=st.none() | slots,
    completed=st.none() | instants,
    assumed=st.none() | st.tuples(instants, st.none() | slots),
    cancelled=called_off,
    missed=called_off,
    feedback=st.none() | instants,
    withdrawn=undone,
    consent=answers,
    other_consent=answers,
    unsubscribed=st.none() | instants,
    opened=st.none() | instants,
    closed=st.none() | instants,
    versions=st.lists(instants, min_size=20, max_size=20),
)


def facts(name: str, said: Said) -> Iterator[Event]:
    """What a platform says of one person, of a job of their own, and an interview for it."""
    yield registered(name)
    if said.is_merged:
        yield CandidateMerged(surviving=name, merged=(name + OTHER,), merged_at=INSTANTS[0])
    yield from _of_job(f"{name}-job", said)
    yield from _of_applications(name, said)
    yield from _of_interview(name, said)
    yield from _of_feedback(name, said)
    yield from _of_consents(name, said)


def _of_job(job: str, said: Said) -> Iterator[Event]:
    if said.opened:
        yield opened(job, opened_at=said.opened)
    if said.closed:
        yield closed(job, closed_at=said.closed)


def _of_applications(name: str, said: Said) -> Iterator[Event]:
    job = f"{name}-job"
    if said.submitted:
        yield applied(name, job, submitted_at=said.submitted)
    if said.decided:
        at, outcome = said.decided
        yield decided(name, outcome, job, decided_at=at, notice={"by": "platform", "sent_at": at})
    if said.reversed:
        at, whose = said.reversed
        yield ApplicationDecisionReversed(application=f"{name}-{job}", candidate=name + whose, reversed_at=at)
    if said.applied_again:
        yield applied(name, "again", submitted_at=said.applied_again)


def _of_interview(name: str, said: Said) -> Iterator[Event]:
    job = f"{name}-job"
    about = {"interview": f"{name}-{job}-i1", "application": f"{name}-{job}", "candidate": name, "by": "candidate"}
    if said.scheduled:
        yield scheduled(name, job=job, starts_at=said.scheduled, ends_at=said.scheduled + AN_HOUR)
    if said.completed:
        yield completed(name, job=job, completed_at=said.completed)
    if said.assumed:
        at, slot = said.assumed
        yield completed(name, job=job, completed_at=at, starts_at=slot, basis="assumed")
    if said.cancelled:
        at, slot = said.cancelled
        yield InterviewCancelled.model_validate({**about, "starts_at": slot, "cancelled_at": at})
    if said.missed:
        at, slot = said.missed
        yield InterviewMissed.model_validate({**about, "starts_at": slot, "missed_at": at})


def _of_feedback(name: str, said: Said) -> Iterator[Event]:
    shareable = {"language": "en", "strengths": [{"competency": "sql", "observed": "Clear."}]}
    if said.feedback:
        yield feedback(name, job=f"{name}-job", submitted_at=said.feedback, rated={"sql": 4}, shareable=shareable)
    if said.withdrawn:
        at, whose = said.withdrawn
        yield FeedbackWithdrawn(feedback=f"{name}-{name}-job-f1", candidate=name + whose, withdrawn_at=at)


def _of_consents(name: str, said: Said) -> Iterator[Event]:
    for purpose in ("talent_pool", "mentoring", "keep_in_touch"):
        for whose, answer in ((OWN, said.consent), (OTHER, said.other_consent)):
            if answer:
                granted, at, until = answer
                yield consented(name + whose, granted=granted, purpose=purpose, given_at=at, expires_at=until)
    if said.unsubscribed:
        yield CandidateResponded(
            response=f"{name}-r", candidate=name, responded_at=said.unsubscribed, kind="unsubscribed"
        )
    proposal = {"relation": f"{name}-m", "user": "ada", "goals": ["Draw it first."], "candidate": name}
    yield MentorshipProposed.model_validate({**proposal, "starts_on": "2026-11-20", "ends_on": "2027-02-20"})


def by_the_rules(said: Said) -> dict[str, Any]:
    """What is asked of every place, with the answer of the rules."""
    return {**_decision(said), **_interview(said), **_consent(said), **_job(said)}


def _decision(said: Said) -> dict[str, Any]:
    decided_at, outcome = said.decided or (None, None)
    reversed_at = said.of_theirs(said.reversed)
    is_decided = reading.stands(decided_at, reversed_at)
    hired_at = [decided_at] if decided_at and is_decided and outcome == "hired" else []
    is_undecided = reading.is_undecided(said.submitted, decided_at, reversed_at)
    return {
        "decision": outcome if is_decided else None,
        "is decided": is_decided,
        "was hired": bool(hired_at),
        "is hired": reading.is_hired(hired_at, [at for at in (said.submitted, said.applied_again) if at]),
        "has open application": is_undecided or said.applied_again is not None,
    }


def _interview(said: Said) -> dict[str, Any]:
    known = _said_of_interview(said)
    is_known = bool(said.feedback) or any(at for field, at in known._asdict().items() if not field.endswith("_slot"))
    is_scheduled = said.scheduled is not None and not known.is_called_off
    is_told = known.took_place and bool(said.completed or said.assumed)
    stands = known.judged_at is not None
    is_decided = _decision(said)["is decided"]
    is_known_application = bool(said.submitted or said.decided or known.took_place)
    return {
        "interview": (str(known.became[0]), known.became[1]) if is_known else None,
        "interview became": str(known.became[0]) if is_known else None,
        "took place": known.took_place,
        "is not called off": is_scheduled or is_told,
        "lies ahead": is_scheduled and not is_decided,
        "feedback stands": stands,
        "verdict counts": stands and is_decided,
        "verdict is of an interview": stands and known.took_place,
        "feedback is shared": stands and is_known_application and not known.is_called_off,
    }


def _said_of_interview(said: Said) -> SaidOfInterview:
    assumed, cancelled, missed = (found or (None, None) for found in (said.assumed, said.cancelled, said.missed))
    stands = reading.stands(said.feedback, said.of_theirs(said.withdrawn))
    return SaidOfInterview(
        said.scheduled,
        said.scheduled and said.scheduled + AN_HOUR,
        said.completed,
        *assumed,
        *cancelled,
        *missed,
        said.feedback if stands else None,
    )


def _consent(said: Said) -> dict[str, Any]:
    given = [answer for answer in (said.consent, said.other_consent if said.is_merged else None) if answer]
    newest = max(given, key=lambda answer: reading.consent_order(*answer), default=None)
    taken_back = [(False, said.unsubscribed, None)] if said.unsubscribed else []
    keeps = max([*given, *taken_back], key=lambda answer: reading.consent_order(*answer), default=None)
    return {
        "consent": newest and (*newest[:2], newest[2] if newest[0] else None),
        "agreed": newest[1:] if newest and newest[0] else False,
        "keeps in touch": bool(keeps and keeps[0]),
    }


def _job(said: Said) -> dict[str, Any]:
    is_open = reading.stands(said.opened, said.closed)
    return {"job is open": is_open, "job is closed": said.closed is not None and not is_open}
