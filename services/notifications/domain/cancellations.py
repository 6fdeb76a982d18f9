"""After an interview that stands in somebody's calendar is off, and no apology says so: it leaves the calendar."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.applications import ApplicationRecord, CalledOff
from services.notifications.domain.letters import DerivedLetter, Variant, kept_of, left_at
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.preparation import CALLED_OFF, start_told, tellings
from services.notifications.domain.records import RecipientRecord
from shared.contracts import Cause, Outcome


class OffInterview(NamedTuple):
    """An interview that does not take place, by what is said at `said_at`."""

    interview: str
    said_at: datetime
    cause: Cause


class UntoldInterview(NamedTuple):
    """One that is still in its reader's calendar: when, and how often that was told."""

    off: OffInterview
    starts_at: datetime
    tellings: int


def cancellations(record: RecipientRecord) -> Iterator[DerivedLetter]:
    """Those that were sent, and for each application the one that is next. History takes nothing out."""
    for application in () if record.is_restricted else record.applications:
        if off := _off(record, application):
            yield from _cancellations(record, application, off)


def untold(record: RecipientRecord, application: ApplicationRecord) -> list[UntoldInterview]:
    """The interviews of an application that are off, and still in their reader's calendar; in their order."""
    told = tellings(record)
    found = [
        UntoldInterview(off, start_told(times[-1]), len(times))
        for off in _off(record, application)
        if (times := told.get(off.interview)) and times[-1] != CALLED_OFF
    ]
    return sorted((x for x in found if x.starts_at > x.off.said_at), key=lambda x: (x.starts_at, x.off.interview))


def has_withdrawn(application: ApplicationRecord) -> bool:
    """They withdrew: nothing that was set takes place."""
    return application.standing is not None and application.standing.outcome is Outcome.WITHDRAWN


def _off(record: RecipientRecord, application: ApplicationRecord) -> list[OffInterview]:
    """What they called off; what we did where no apology is to come; of whoever left, all of it."""
    ours = (x for x in application.called_off if application.standing or _has_apology(record, x))
    slots = [*application.given_up, *ours]
    found = [OffInterview(x.interview, x.said_at, x.cause) for x in slots if not (x.moved_to or x.is_historical)]
    decision = application.standing
    if decision and decision.outcome in (Outcome.WITHDRAWN, Outcome.OFFER_DECLINED) and not decision.is_historical:
        cause = Cause("application-decided", application.application)
        of_it = (s.interview for s in record.slots if s.application == application.application)
        found += [OffInterview(interview, decision.decided_at, cause) for interview in of_it]
    return found


def _has_apology(record: RecipientRecord, slot: CalledOff) -> bool:
    """It has left: there is one for each slot, also where an interview comes back to it."""
    about = (LetterKind.APOLOGY, slot.interview, slot.slot)
    return any((k.kind, k.about, k.cause_at) == about and (k.sent_at or k.silenced_at) for k in record.kept)


def _cancellations(
    record: RecipientRecord, application: ApplicationRecord, off: Sequence[OffInterview]
) -> Iterator[DerivedLetter]:
    step, about = 1, application.application
    newest = max(off, key=lambda x: (x.said_at, x.interview))
    while left_at(record, LetterKind.CANCELLATION, about, step):
        kept = kept_of(record, LetterKind.CANCELLATION, about, step)
        letter = _letter(record, application, newest, step)
        yield letter._replace(cause_at=(kept and kept.cause_at) or letter.cause_at, told=kept and kept.told)
        step += 1
    if still_in := untold(record, application):
        newest = max((x.off for x in still_in), key=lambda x: (x.said_at, x.interview))
        letter = _letter(record, application, newest, step)
        told = {x.off.interview: CALLED_OFF for x in still_in}
        yield letter._replace(stale_at=max(x.starts_at for x in still_in), told=told)


def _letter(record: RecipientRecord, application: ApplicationRecord, newest: OffInterview, step: int) -> DerivedLetter:
    return DerivedLetter(
        organization=record.organization.organization,
        kind=LetterKind.CANCELLATION,
        about=application.application,
        recipient=application.candidate,
        step=step,
        variant=Variant.CANCELLATION,
        application=application.application,
        job=application.job,
        cause=newest.cause,
        cause_at=newest.said_at,
        send_at=newest.said_at,
        stale_at=newest.said_at,
    )
