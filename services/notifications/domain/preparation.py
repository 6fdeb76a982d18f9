"""Before an interview: what to expect. Once for each slot, so that a time that was told is never left wrong."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.notifications.domain.interviews import StandingInterview
from services.notifications.domain.letters import DerivedLetter, Variant, kept_of, left_at
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.records import RecipientRecord

BEFORE = timedelta(days=3)


def preparations(record: RecipientRecord, now: datetime) -> Iterator[DerivedLetter]:
    """Those that were sent, and for each interview to come the one that is next. History prepares nobody."""
    decided = {a.application for a in record.applications if a.standing}
    for slot in () if record.is_restricted else record.slots:
        if slot.starts_at is None or slot.is_historical:
            continue
        step, told_at = 1, None
        while left_at(record, LetterKind.PREPARATION, slot.interview, step):
            kept = kept_of(record, LetterKind.PREPARATION, slot.interview, step)
            told_at = kept.cause_at if kept else slot.starts_at
            yield _letter(record, slot, step, told_at or slot.starts_at)
            step += 1
        if told_at != slot.starts_at and now < slot.starts_at and slot.application not in decided:
            yield _letter(record, slot, step, slot.starts_at)


def _letter(record: RecipientRecord, slot: StandingInterview, step: int, starts_at: datetime) -> DerivedLetter:
    """A second one, for a slot that moved, leaves at once."""
    return DerivedLetter(
        organization=record.organization.organization,
        kind=LetterKind.PREPARATION,
        about=slot.interview,
        recipient=slot.candidate,
        step=step,
        variant=Variant.PREPARATION,
        application=slot.application,
        job=slot.job,
        cause=slot.cause,
        cause_at=starts_at,
        send_at=max(starts_at - BEFORE, slot.said_at or starts_at - BEFORE),
        stale_at=starts_at,
    )
