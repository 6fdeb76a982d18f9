"""After an interview that we called off or missed: we are sorry, and when it is instead, or until when they hear."""

from collections.abc import Iterator

from services.notifications.domain.applications import ApplicationRecord, CalledOff
from services.notifications.domain.letters import DerivedLetter, Variant, blocked, kept_of, left_at
from services.notifications.domain.occasions import STALE
from services.notifications.domain.policy import LetterKind, LetterRefusal, Withheld
from services.notifications.domain.records import RecipientRecord


def apologies(record: RecipientRecord) -> Iterator[DerivedLetter]:
    """Once for each slot: those that were sent, and for each interview the one that is next. Not of history."""
    for application in () if record.is_restricted else record.applications:
        for slot in application.called_off:
            if not slot.is_historical:
                yield from _apologies(record, application, slot)


def _apologies(record: RecipientRecord, application: ApplicationRecord, slot: CalledOff) -> Iterator[DerivedLetter]:
    step, told = 1, None
    while left_at(record, LetterKind.APOLOGY, slot.interview, step):
        kept = kept_of(record, LetterKind.APOLOGY, slot.interview, step)
        told = (kept and kept.cause_at) or slot.slot
        yield _letter(record, application, slot, step)._replace(cause_at=told)
        step += 1
    if told != slot.slot:
        letter = _letter(record, application, slot, step)
        yield blocked(letter, LetterRefusal(Withheld.DECIDED)) if application.standing else letter


def _letter(record: RecipientRecord, application: ApplicationRecord, slot: CalledOff, step: int) -> DerivedLetter:
    """It is too late once the new slot has come."""
    too_late = slot.said_at + STALE
    return DerivedLetter(
        organization=record.organization.organization,
        kind=LetterKind.APOLOGY,
        about=slot.interview,
        recipient=application.candidate,
        step=step,
        variant=Variant.APOLOGY,
        application=application.application,
        job=application.job,
        cause=slot.cause,
        cause_at=slot.slot,
        send_at=slot.said_at,
        stale_at=min(too_late, slot.moved_to) if slot.moved_to else too_late,
    )
