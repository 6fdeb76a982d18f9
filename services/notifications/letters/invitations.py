"""What a letter puts into its reader's calendar: an entry for each interview, moved and called off by the same id."""

from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.applications import CalledOff
from services.notifications.domain.cancellations import untold
from services.notifications.domain.organizations import Opening
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.preparation import slots_of, tellings
from services.notifications.domain.records import RecipientRecord
from services.notifications.sql.sending import ClaimedLetter


class Invitation(NamedTuple):
    """One interview as a calendar keeps it; `sequence`: how often it was told before. Without end: called off."""

    interview: str
    sequence: int
    summary: str
    starts_at: datetime
    ends_at: datetime | None = None
    location: str | None = None
    meeting_url: str | None = None


def invitations(letter: ClaimedLetter, record: RecipientRecord, opening: Opening) -> list[Invitation]:
    """Of a preparation its whole day; of a cancellation, or an apology, what was told and is off, and not moved."""
    organization = record.organization.name
    summary = f"{organization}: {opening.title}" if opening.title else organization
    told = {interview: len(times) for interview, times in tellings(record).items()}
    if letter.kind == LetterKind.PREPARATION:
        return [
            Invitation(
                s.interview, told.get(s.interview, 0), summary, s.starts_at, s.ends_at, s.location, s.meeting_url
            )
            for s in slots_of(record, letter.about)
            if s.starts_at
        ]
    if letter.kind == LetterKind.CANCELLATION:
        return [
            Invitation(x.off.interview, x.tellings, summary, x.starts_at)
            for application in record.applications
            if application.application == letter.about
            for x in untold(record, application)
        ]
    off = _called_off(letter, record)
    return [Invitation(off.interview, told[off.interview], summary, off.slot)] if off and off.interview in told else []


def _called_off(letter: ClaimedLetter, record: RecipientRecord) -> CalledOff | None:
    if letter.kind != LetterKind.APOLOGY:
        return None
    slots = (x for a in record.applications for x in a.called_off if x.interview == letter.about)
    return next((x for x in slots if x.moved_to is None and not x.is_missed), None)
