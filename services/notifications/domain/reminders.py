"""Rule 6: whoever owes feedback is reminded an hour after the interview and each business morning, ten times in all."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.notifications.domain.applications import ApplicationRecord
from services.notifications.domain.interviews import Colleague, StandingInterview
from services.notifications.domain.letters import DerivedLetter, Variant, blocked, kept_for, kept_of, told_at
from services.notifications.domain.policy import LetterKind, LetterRefusal, Withheld
from services.notifications.domain.records import RecipientRecord
from shared.business_days import Calendar
from shared.contracts import Outcome

TIMES = 10
AFTER_INTERVIEW = timedelta(hours=1)
WAKING, MORNING, EVENING = time(8), time(9), time(20)


class Window(NamedTuple):
    """From when to when one reminder may leave: the evening ends it, the next morning has a reminder of its own."""

    opens_at: datetime
    ends_at: datetime


def reminders(record: RecipientRecord, now: datetime) -> Iterator[DerivedLetter]:
    """Those that left, and for each colleague the one that is next."""
    if record.is_restricted:
        return
    applications = {a.application: a for a in record.applications}
    for slot in record.slots:
        application = applications.get(slot.application)
        if slot.is_historical or (application and _is_too_late(record, application)):
            continue
        for user in slot.owed_by:
            yield from _to_colleague(record, slot, application, user, now)


def windows(ends_at: datetime, calendar: Calendar) -> list[Window]:
    """When somebody on this calendar is reminded of feedback on an interview that ended then."""
    first = calendar.local(ends_at + AFTER_INTERVIEW)
    day = first.date()
    if not calendar.is_business_day(day) or first.time() >= EVENING:
        day, at = calendar.next_business_day(day), MORNING
    else:
        at = MORNING if first.time() < WAKING else first.time()
    found = []
    for _ in range(TIMES):
        found.append(Window(_instant(calendar, day, at), _instant(calendar, day, EVENING)))
        day, at = calendar.next_business_day(day), MORNING
    return found


def working_hour(record: RecipientRecord, user: str, instant: datetime) -> datetime:
    """From this instant on, the first at which a colleague is at work where they live."""
    colleague = record.colleagues.get(user)
    calendar = record.organization.calendar(colleague and colleague.timezone)
    local = calendar.local(instant)
    is_business_day = calendar.is_business_day(local.date())
    if is_business_day and MORNING <= local.time() < EVENING:
        return instant
    is_early = is_business_day and local.time() < MORNING
    return _instant(calendar, local.date() if is_early else calendar.next_business_day(local.date()), MORNING)


def _instant(calendar: Calendar, day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZoneInfo(calendar.timezone)).astimezone(UTC)


def _is_too_late(record: RecipientRecord, application: ApplicationRecord) -> bool:
    """The letter was released, or an answer has left: nothing more goes into it."""
    kept, decision = kept_of(record, LetterKind.DECISION, application.application, 1), application.standing
    if kept and decision and kept.verdict == "approve" and kept.verdict_on == decision.decided_at:
        return True
    return (
        application.application in record.released
        or told_at(record, LetterKind.DECISION, application.application, 1) is not None
    )


def _to_colleague(
    record: RecipientRecord, slot: StandingInterview, application: ApplicationRecord | None, user: str, now: datetime
) -> Iterator[DerivedLetter]:
    colleague = record.colleagues.get(user)
    planned = windows(slot.ends_at, record.organization.calendar(colleague and colleague.timezone))
    for step, window in enumerate(planned, start=1):
        letter = _reminder(record, slot, application, user, step, window)
        if letter.letter in record.sent or _is_silenced(record, letter):
            yield letter
        elif now < window.ends_at:
            yield unless_unreachable(letter, colleague)
            return


def _is_silenced(record: RecipientRecord, letter: DerivedLetter) -> bool:
    """True when it would have left."""
    kept = kept_for(record, letter)
    return kept is not None and kept.silenced_at is not None


def unless_unreachable(letter: DerivedLetter, colleague: Colleague | None) -> DerivedLetter:
    """Whoever is not known has no address; whoever left is not reminded."""
    if colleague is None:
        return blocked(letter, LetterRefusal(Withheld.NO_ADDRESS))
    return letter if colleague.is_active else blocked(letter, LetterRefusal(Withheld.INACTIVE))


def _reminder(
    record: RecipientRecord,
    slot: StandingInterview,
    application: ApplicationRecord | None,
    user: str,
    step: int,
    window: Window,
) -> DerivedLetter:
    decision = application.standing if application else None
    is_decided = decision is not None and decision.outcome is Outcome.NOT_SELECTED
    return DerivedLetter(
        organization=record.organization.organization,
        kind=LetterKind.REMINDER,
        about=slot.interview,
        recipient=user,
        step=step,
        variant=Variant.REMINDER_FOR_CANDIDATE if is_decided else Variant.REMINDER,
        application=slot.application,
        job=slot.job,
        cause=slot.cause,
        cause_at=slot.ends_at,
        send_at=window.opens_at,
        stale_at=window.ends_at,
        whom=slot.candidate,
    )
