"""What letters say of interviews: before them, when one is off, and when we were the ones who failed."""

from datetime import datetime

from services.notifications.domain.cancellations import has_withdrawn, untold
from services.notifications.domain.interviews import StandingInterview
from services.notifications.domain.organizations import Opening
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.preparation import slots_of
from services.notifications.domain.promise import decided_by
from services.notifications.domain.records import RecipientRecord
from services.notifications.letters.rendering import Value
from services.notifications.sql.sending import ClaimedLetter
from shared.web.dates import said_day, said_on

COLLEAGUE = "colleague"  # who has no role for the job


def told_before(letter: ClaimedLetter, record: RecipientRecord, opening: Opening, language: str) -> dict[str, Value]:
    """What a preparation says of each interview of its day: when, where, how, with whom; and what is looked for."""
    slots = slots_of(record, letter.about)
    if letter.kind != LetterKind.PREPARATION or not slots:
        return {}
    zone = record.zone(letter.job)
    assessed = dict.fromkeys(c for slot in slots for c in slot.assesses)
    sought = [opening.competencies[c] for c in assessed if c in opening.competencies]
    return {
        "slots": [_slot(slot, opening, zone, language) for slot in slots],
        "zone": zone.replace("_", " "),
        "sought": [
            {"name": c.name, "looks_for": c.looks_for, "language": opening.language or language}
            for c in sought or opening.competencies.values()
            if c.looks_for
        ],
    }


def _slot(slot: StandingInterview, opening: Opening, zone: str, language: str) -> dict[str, str | int | None]:
    starts_at = slot.starts_at or slot.ends_at
    return {
        "starts_on": said_on(starts_at, zone, language),
        "minutes": round((slot.ends_at - starts_at).total_seconds() / 60),
        "format": " ".join((slot.format or "").lower().replace("_", " ").replace("-", " ").split()),
        "location": slot.location,
        "meeting_url": slot.meeting_url,
        "roles": " ".join(sorted({opening.roles.get(user, COLLEAGUE) for user in slot.interviewers})),
    }


def told_sorry(letter: ClaimedLetter, record: RecipientRecord, now: datetime, language: str) -> dict[str, Value]:
    """What an apology says: which slot, whether nobody came, and when it is instead, or until when they hear."""
    application = record.application(letter.application)
    slot = next((x for x in application.called_off if x.interview == letter.about), None) if application else None
    if letter.kind != LetterKind.APOLOGY or application is None or slot is None:
        return {}
    zone, due_at = record.zone(letter.job), decided_by(record, application)
    return {
        "slot_on": said_on(slot.slot, zone, language),
        "is_missed": slot.is_missed,
        "zone": zone.replace("_", " "),
        "starts_on": said_on(slot.moved_to, zone, language) if slot.moved_to else None,
        "due_on": said_day(due_at, zone, language) if due_at and due_at > now else None,
    }


def told_off(letter: ClaimedLetter, record: RecipientRecord, language: str) -> dict[str, Value]:
    """What a cancellation says: which interviews do not take place, and whose word that is."""
    application = record.application(letter.application)
    if letter.kind != LetterKind.CANCELLATION or application is None:
        return {}
    off, theirs = untold(record, application), {x.interview for x in application.given_up}
    by = "candidate" if all(x.off.interview in theirs for x in off) else "organization"
    zone = record.zone(letter.job)
    return {
        "slots": [{"starts_on": said_on(x.starts_at, zone, language)} for x in off],
        "zone": zone.replace("_", " "),
        "off_by": "withdrawal" if has_withdrawn(application) else by,
    }
