"""The interviews of one application as its candidate is told of them, and from when on they wait for a decision."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from services.candidates.domain.page_facts import PageFacts
from shared.contracts import (
    CancelledBy,
    InterviewCancelled,
    InterviewCompleted,
    InterviewMissed,
    InterviewScheduled,
    MissedBy,
)
from shared.contracts.reading import InterviewState, SaidOfInterview


class Meeting(NamedTuple):
    """An interview that lies ahead, or took place."""

    starts_at: datetime
    ends_at: datetime
    stage: str | None
    location: str | None = None
    meeting_url: str | None = None


def meetings_of(told: PageFacts, application: str) -> list[Meeting]:
    """The interviews that are to take place or did: neither cancelled nor missed."""
    return sorted(
        Meeting(e.starts_at, e.ends_at, e.stage.name if e.stage else None, e.location, e.meeting_url)
        for e in _scheduled(told, application)
        if not _said(told, e).is_called_off
    )


def has_met(told: PageFacts, application: str, now: datetime) -> bool:
    """An interview took place."""
    return any(_held(told, application, now))


def waiting_since(told: PageFacts, application: str, now: datetime, taken_back_at: datetime | None) -> datetime | None:
    """From when on a decision is owed (rule 7), as letters reckon it: the last interview, or a decision taken back.

    History is owed nothing.
    """
    held = [at for at, is_history in _held(told, application, now) if not is_history]
    last = max([*held, *_called_off_by_us(told, application)], default=None)
    return max(last, taken_back_at or last) if last else None


def _held(told: PageFacts, application: str, now: datetime) -> Iterator[tuple[datetime, bool]]:
    """When interviews took place, by what was said of them, else by their plan; and whether that is history."""
    planned = {e.interview for e in _scheduled(told, application)}
    for e in _scheduled(told, application):
        done = told.find(InterviewCompleted, e.interview)
        if e.ends_at <= now and not _said(told, e).is_called_off:
            yield (done.completed_at, told.is_history(done)) if done else (e.ends_at, told.is_history(e))
    for said in told.all(InterviewCompleted):
        if said.application == application and said.interview not in planned:
            yield said.completed_at, told.is_history(said)


def _called_off_by_us(told: PageFacts, application: str) -> Iterator[datetime]:
    """From when on an answer is due for interviews that the organisation called off, or to which nobody of it came."""
    for e in _scheduled(told, application):
        state, _ = _said(told, e).became
        cancelled, missed = told.find(InterviewCancelled, e.interview), told.find(InterviewMissed, e.interview)
        if state is InterviewState.CANCELLED and cancelled and cancelled.by is CancelledBy.ORGANIZATION:
            since, is_history = max(cancelled.starts_at, cancelled.cancelled_at), told.is_history(cancelled)
        elif state is InterviewState.MISSED and missed and missed.by is MissedBy.INTERVIEWER:
            since, is_history = max(missed.starts_at, missed.missed_at), told.is_history(missed)
        else:
            continue
        if not is_history:
            yield since


def _scheduled(told: PageFacts, application: str) -> Iterator[InterviewScheduled]:
    return (e for e in told.all(InterviewScheduled) if e.application == application)


def _said(told: PageFacts, schedule: InterviewScheduled) -> SaidOfInterview:
    """What was said of an interview, but for what is assumed of it."""
    completed = told.find(InterviewCompleted, schedule.interview)
    cancelled = told.find(InterviewCancelled, schedule.interview)
    missed = told.find(InterviewMissed, schedule.interview)
    return SaidOfInterview(
        starts_at=schedule.starts_at,
        completed_at=completed.completed_at if completed else None,
        cancelled_at=cancelled.cancelled_at if cancelled else None,
        cancelled_slot=cancelled.starts_at if cancelled else None,
        missed_at=missed.missed_at if missed else None,
        missed_slot=missed.starts_at if missed else None,
    )
