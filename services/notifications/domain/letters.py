"""One letter: what it is about, how far it is, and what is kept of it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.notifications.domain.policy import TO_COLLEAGUES, LetterKind, LetterRefusal, stream_of
from services.notifications.domain.records import RecipientRecord, StoredLetter
from shared.contracts import Cause, OutreachMode, Stream, letter_id


class State(StrEnum):
    """How far a letter is."""

    PLANNED = "planned"
    WAITING = "waiting"  # for a person's approval
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    FAILED = "failed"


class Variant(StrEnum):
    """Which words a letter uses."""

    WHAT_HAPPENS_NEXT = "what_happens_next"
    FULL = "decision_full"
    SHORT = "decision_short"
    THANKS = "decision_thanks"
    POOL_INVITATION = "pool_invitation"
    POOL_REMINDER = "pool_reminder"
    JOB_INVITATION = "job_invitation"
    REMINDER = "reminder"
    REMINDER_FOR_CANDIDATE = "reminder_for_candidate"
    HOLDING_NOTE = "holding_note"
    APOLOGY = "apology"
    CANCELLATION = "cancellation"
    ANSWER = "answer"
    PREPARATION = "preparation"
    DATA_RIGHTS = "data_rights"
    PAGE_LINK = "page_link"
    SURVEY = "survey"
    RECONFIRMATION = "reconfirmation"
    KEEP_IN_TOUCH = "keep_in_touch"
    CAMPAIGN = "campaign"
    MENTOR_INVITATION = "mentor_invitation"
    MENTORING_BEGINS = "mentoring_begins"
    MENTORING_RENEWED = "mentoring_renewed"
    MENTORING_ENDED = "mentoring_ended"
    MENTOR_ASKED = "mentor_asked"
    MENTOR_BEGINS = "mentor_begins"
    MENTOR_RENEWED = "mentor_renewed"
    MENTOR_ENDED = "mentor_ended"
    REFERRAL = "referral"
    REFERRAL_THANKS = "referral_thanks"
    DIGEST = "digest"  # of no letter: to a colleague


OUT = frozenset((State.SENDING, State.SENT))
SILENT = (OutreachMode.OFF, OutreachMode.SHADOW)


class DerivedLetter(NamedTuple):
    """One letter as the facts ask for it now. `due_at`: when time alone may change it; `whom`: a reminder is about."""

    organization: str
    kind: LetterKind
    about: str
    recipient: str
    step: int
    variant: Variant
    application: str | None
    job: str | None
    cause: Cause
    cause_at: datetime
    send_at: datetime
    stale_at: datetime
    asks_pool: bool = False
    whom: str | None = None
    match: str | None = None
    state: State = State.PLANNED
    reason: str | None = None
    until: datetime | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None
    silenced_at: datetime | None = None
    told: Mapping[str, str] | None = None  # how each interview stands: of a day, or that it is off

    @property
    def letter(self) -> str:
        """Its id: of what it is about, so two causes are one letter."""
        return letter_id(self.organization, self.kind, self.about, self.recipient, self.step)

    @property
    def candidate(self) -> str:
        """Whom it is about: its reader, unless a colleague is reminded of somebody."""
        return self.whom or self.recipient

    @property
    def stream(self) -> Stream:
        """Which part of the contact policy it falls under."""
        return stream_of(self.kind)


def blocked(letter: DerivedLetter, because: LetterRefusal) -> DerivedLetter:
    """The facts speak against it; it is planned again when they no longer do."""
    return letter._replace(state=State.SUPPRESSED, reason=because.reason, until=because.until, due_at=None)


def kept_for(record: RecipientRecord, letter: DerivedLetter) -> StoredLetter | None:
    """What is kept of this letter: a colleague's own, a candidate's under any of their ids."""
    if letter.kind in TO_COLLEAGUES:
        of_anybody = _all_kept(record, letter.kind, letter.about, letter.step)
        return next((k for k in of_anybody if k.recipient == letter.recipient), None)
    return kept_of(record, letter.kind, letter.about, letter.step)


def sent_for(record: RecipientRecord, letter: DerivedLetter) -> datetime | None:
    """When this letter was sent, by our own facts."""
    if letter.kind in TO_COLLEAGUES:
        return record.sent.get(letter.letter)
    return sent_at(record, letter.kind, letter.about, letter.step)


def kept_of(record: RecipientRecord, kind: LetterKind, about: str, step: int) -> StoredLetter | None:
    """What is kept of a letter under any of the person's ids; one that left the house first."""
    found = _all_kept(record, kind, about, step)
    return min(found, key=lambda k: (k.state not in OUT, k.recipient), default=None)


def _all_kept(record: RecipientRecord, kind: LetterKind, about: str, step: int) -> list[StoredLetter]:
    """Under any id, the rarest word first: each letter that may be planned asks for its own among all that are kept."""
    return [k for k in record.kept if k.about == about and k.step == step and k.kind == kind]


def sent_at(record: RecipientRecord, kind: LetterKind, about: str, step: int) -> datetime | None:
    """When a letter was sent, by our own facts, under any of the person's ids."""
    if not record.sent:
        return None
    organization = record.organization.organization
    ids = [letter_id(organization, kind, about, candidate, step) for candidate in record.ids]
    return min([record.sent[i] for i in ids if i in record.sent], default=None)


def left_at(record: RecipientRecord, kind: LetterKind, about: str, step: int) -> datetime | None:
    """When a letter was sent, or would have been if the organisation did not keep silent: the next step follows it."""
    if sent := sent_at(record, kind, about, step):
        return sent
    silent = _all_kept(record, kind, about, step)
    return min((k.silenced_at for k in silent if k.silenced_at), default=None)


def steps_left(record: RecipientRecord, kind: LetterKind, about: str) -> list[datetime]:
    """When each step of a letter that comes again and again left, the first one first."""
    found: list[datetime] = []
    while at := left_at(record, kind, about, len(found) + 1):
        found.append(at)
    return found


def told_at(record: RecipientRecord, kind: LetterKind, about: str, step: int) -> datetime | None:
    """The same for letters that speak of an earlier one: nobody is reminded of what they never got."""
    is_silent = record.organization.mode in SILENT
    return left_at(record, kind, about, step) if is_silent else sent_at(record, kind, about, step)
