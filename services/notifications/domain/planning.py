"""Rules 4 and 8: the letters that the facts ask for: when each may leave, and why one does not."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from services.notifications.domain.apologies import apologies
from services.notifications.domain.campaigns import campaign_letters
from services.notifications.domain.cancellations import cancellations
from services.notifications.domain.full_letters import has_lapsed, leaves_alone
from services.notifications.domain.letters import (
    OUT,
    SILENT,
    DerivedLetter,
    State,
    Variant,
    blocked,
    kept_for,
    sent_for,
)
from services.notifications.domain.mentoring import mentoring_letters
from services.notifications.domain.new_links import new_links
from services.notifications.domain.nurture import nurtured
from services.notifications.domain.occasions import asked_for
from services.notifications.domain.policy import (
    JUST_ASKED,
    TO_COLLEAGUES,
    Contact,
    LetterKind,
    LetterRefusal,
    Withheld,
    capped,
    opening_hour,
    refusal,
    stream_of,
)
from services.notifications.domain.preparation import next_start, preparations
from services.notifications.domain.promise import holding_notes
from services.notifications.domain.records import RecipientRecord, StoredLetter
from services.notifications.domain.referrals import referral_letters
from services.notifications.domain.reminders import reminders, working_hour
from services.notifications.domain.requests import answers
from services.notifications.domain.settling import settles_at
from services.notifications.domain.survey import surveys
from shared.contracts import OutreachMode, OutreachSuppressed, Saying

# What comes again comes as another step: a step is silent for good, whatever its cause is now.
STEPPED = frozenset(
    (
        LetterKind.REMINDER,
        LetterKind.PREPARATION,
        LetterKind.HOLDING_NOTE,
        LetterKind.APOLOGY,
        LetterKind.CANCELLATION,
        LetterKind.ANSWER,
        LetterKind.RECONFIRMATION,
        LetterKind.KEEP_IN_TOUCH,
    )
)

# What happened long before these letters were known leaves no trace of them.
NEW_TO_HISTORY = frozenset(
    (
        LetterKind.CANCELLATION,
        LetterKind.MENTOR,
        LetterKind.MENTOR_INVITATION,
        LetterKind.MENTORING,
        LetterKind.REFERRAL,
    )
)


def plan(records: Iterable[RecipientRecord], now: datetime) -> list[DerivedLetter]:
    """Every letter the facts ask for, with its state now. Those on their way are left as they are."""
    return [letter for record in records for letter in _plan(record, now)]


def sayings(letters: Iterable[DerivedLetter]) -> list[Saying]:
    """What is said of letters that do not leave: why, and until when."""
    return [
        Saying(letter.organization, _suppressed(letter), letter.cause)
        for letter in letters
        if letter.state is State.SUPPRESSED
    ]


def _suppressed(letter: DerivedLetter) -> OutreachSuppressed:
    return OutreachSuppressed(
        outreach=letter.letter,
        candidate=letter.candidate,
        stream=letter.stream,
        kind=letter.kind,
        application=letter.application,
        job=letter.job,
        reason=letter.reason or "unknown",
        until=letter.until,
    )


def _plan(record: RecipientRecord, now: datetime) -> list[DerivedLetter]:
    """Asked again as long as letters fall silent: whatever follows one that leaves follows one that would have left."""
    record = _before(record, now)
    while True:
        planned = list(_planned(record, now))
        silent, known = [letter for letter in planned if letter.silenced_at], _moments(record.kept)
        if _moments(silent) == known:
            return planned
        first = next((letter for letter in silent if _about(letter) not in known), None)
        silent = [letter for letter in silent if letter is first or _about(letter) in known]
        fallen = _moments(silent)
        others = [k._replace(silenced_at=None) for k in record.kept if _about(k) not in fallen]
        record = record._replace(kept=[*others, *map(_kept_silent, silent)])


def _before(record: RecipientRecord, now: datetime) -> RecipientRecord:
    """What fell silent in this very moment is decided again, so that it does not matter which fact came first."""
    kept = [k._replace(silenced_at=None) if k.silenced_at and k.silenced_at >= now else k for k in record.kept]
    return record._replace(kept=kept)


def _moments(
    letters: Iterable[DerivedLetter | StoredLetter],
) -> dict[tuple[str, str, str, int], tuple[datetime | None, datetime]]:
    """Why and when letters fell silent."""
    return {_about(x): (x.cause_at, x.silenced_at) for x in letters if x.silenced_at}


def _about(one: DerivedLetter | StoredLetter) -> tuple[str, str, str, int]:
    return one.kind, one.about, one.recipient, one.step


def _kept_silent(letter: DerivedLetter) -> StoredLetter:
    return StoredLetter(
        *_about(letter),
        state=letter.state,
        reason=letter.reason,
        cause_at=letter.cause_at,
        asked_pool=letter.asks_pool,
        silenced_at=letter.silenced_at,
        told=letter.told,
    )


def _planned(record: RecipientRecord, now: datetime) -> Iterator[DerivedLetter]:
    for letter in (
        *asked_for(record),
        *answers(record, now),
        *reminders(record, now),
        *holding_notes(record),
        *apologies(record),
        *cancellations(record),
        *preparations(record, now),
        *surveys(record, now),
        *nurtured(record, now),
        *new_links(record),
        *campaign_letters(record),
        *mentoring_letters(record),
        *referral_letters(record),
    ):
        at, kept = sent_for(record, letter), kept_for(record, letter)
        if at is not None:
            if kept is None or kept.recipient == letter.recipient:
                yield letter._replace(state=State.SENT, reason=None, until=None, due_at=None, sent_at=at)
        elif kept is None and letter.kind in NEW_TO_HISTORY and now >= letter.stale_at:
            continue
        elif kept is None or kept.state not in OUT:
            yield (kept and _silent_as_before(record, letter, kept)) or _settled(record, letter, kept, now)


def _settled(record: RecipientRecord, letter: DerivedLetter, kept: StoredLetter | None, now: datetime) -> DerivedLetter:
    """Its state now: blocked by facts, silenced by the mode, too old, waiting for somebody, or ready."""
    if letter.kind in TO_COLLEAGUES:
        return _to_colleague(record, letter, kept, now)
    if letter.state is State.SUPPRESSED:
        return letter
    if kept and kept.cause_at == letter.cause_at and _is_refused(kept):
        return letter._replace(state=State(kept.state), reason=kept.reason)
    if now >= letter.stale_at:
        return _stale(record, letter, now)
    reason = LetterRefusal(letter.reason) if letter.reason else _refused(record, letter, kept, now)
    if reason:
        due_at = min(at for at in (reason.until, letter.stale_at) if at)
        return blocked(letter, reason)._replace(due_at=due_at)
    return _timed(record, letter, kept, now)


def _to_colleague(
    record: RecipientRecord, letter: DerivedLetter, kept: StoredLetter | None, now: datetime
) -> DerivedLetter:
    """It has its own hours; when those of a reminder are over the next one takes its place."""
    if now >= letter.stale_at and letter.kind is not LetterKind.REMINDER:
        return blocked(letter, LetterRefusal(Withheld.STALE))
    if letter.state is State.SUPPRESSED:
        return letter._replace(due_at=letter.stale_at)
    opens_at = max(letter.send_at, settles_at(record, letter.cause, letter.send_at))
    if letter.kind is not LetterKind.REMINDER:
        opens_at = working_hour(record, letter.recipient, max(opens_at, now))
    if now < opens_at:
        return letter._replace(due_at=opens_at)
    if kept and kept.cause_at == letter.cause_at and _is_refused(kept):
        return letter._replace(state=State(kept.state), reason=kept.reason)
    if silence := _silence(record):
        return blocked(letter, silence)._replace(silenced_at=now)
    return letter._replace(state=State.READY, due_at=opens_at)


def _is_refused(kept: StoredLetter) -> bool:
    """By a person, who did not take that back, or the mail server."""
    is_refused = kept.state == State.SUPPRESSED and kept.reason == Withheld.REFUSED and kept.verdict == "refuse"
    return kept.state == State.FAILED or is_refused


def _silent_as_before(record: RecipientRecord, letter: DerivedLetter, kept: StoredLetter) -> DerivedLetter | None:
    if not _is_silent_for_good(record, letter, kept):
        return None
    asks_pool = kept.asked_pool if kept.silenced_at else letter.asks_pool
    silent = blocked(letter, LetterRefusal(kept.reason or ""))
    return silent._replace(silenced_at=kept.silenced_at, asks_pool=asks_pool)


def _is_silent_for_good(record: RecipientRecord, letter: DerivedLetter, kept: StoredLetter) -> bool:
    """Silenced at its hour; or too old to say in an organisation that kept silent then.

    Silence is not for good where the settings as they are now were already said at that hour, and arrived late.
    """
    if kept.state != State.SUPPRESSED or kept.reason not in SILENT:
        return False
    if kept.cause_at != letter.cause_at and not (kept.silenced_at and letter.kind in STEPPED):
        return False
    settings = record.organization
    if settings.mode in SILENT:
        return kept.silenced_at is not None
    if settings.since is None:
        return True
    hour = _hour(record, letter, letter.send_at)
    return settings.since > min(hour, kept.silenced_at or hour)


def _stale(record: RecipientRecord, letter: DerivedLetter, now: datetime) -> DerivedLetter:
    """Too late to say. Where the organisation keeps silent anyway, nobody has to look."""
    if now < (settled_at := _settled_at(record, letter)):
        return letter._replace(due_at=settled_at)
    return blocked(letter, _silence(record) or LetterRefusal(Withheld.STALE))


def _silence(record: RecipientRecord) -> LetterRefusal | None:
    """Rule 8: an organisation that wants no mail, or not yet."""
    mode = record.organization.mode
    return LetterRefusal(Withheld(mode)) if mode in SILENT else None


def _refused(
    record: RecipientRecord, letter: DerivedLetter, kept: StoredLetter | None, now: datetime
) -> LetterRefusal | None:
    if because := refusal(letter.kind, record.standing(letter.job), now):
        return because
    if kept and kept.held_reason and kept.held_until and now < kept.held_until:
        return LetterRefusal(kept.held_reason, kept.held_until)
    return None


def _timed(record: RecipientRecord, letter: DerivedLetter, kept: StoredLetter | None, now: datetime) -> DerivedLetter:
    given = kept if kept and kept.verdict_on == letter.cause_at and not has_lapsed(record, letter, kept) else None
    verdict, not_before = (given.verdict, given.not_before) if given else (None, None)
    opens_at = _hour(record, letter, max(letter.send_at, now, _settled_at(record, letter), not_before or now))
    if verdict == "refuse":
        return blocked(letter, LetterRefusal(Withheld.REFUSED))
    if verdict != "approve" and _waits(record, letter):
        return letter._replace(state=State.WAITING, due_at=letter.stale_at)
    if opens_at > now:
        return letter._replace(due_at=opens_at)
    if silence := _silence(record):
        return _too_often(record, letter, now) or blocked(letter, silence)._replace(silenced_at=now)
    return letter._replace(state=State.READY, due_at=opens_at)


def _settled_at(record: RecipientRecord, letter: DerivedLetter) -> datetime:
    """When nothing that is known about its reader is new any more. Whoever asked a moment ago does not wait."""
    if letter.kind in JUST_ASKED:
        return letter.send_at
    return settles_at(record, letter.cause, _hour(record, letter, letter.send_at))


def _too_often(record: RecipientRecord, letter: DerivedLetter, now: datetime) -> DerivedLetter | None:
    """The caps, over what left or would have left: elsewhere they are asked of the ledger, at sending time."""
    left = [
        Contact(stream_of(LetterKind(k.kind)), at)
        for k in record.kept
        if (at := k.sent_at or k.silenced_at) and _about(k) != _about(letter)
    ]
    because = capped(letter.kind, record.zone(letter.job), left, now)
    if because is None:
        return None
    return blocked(letter, because)._replace(due_at=min(because.until or letter.stale_at, letter.stale_at))


def _waits(record: RecipientRecord, letter: DerivedLetter) -> bool:
    """Rule 8: for a person's approval; an answer always for whoever writes it."""
    if letter.kind is LetterKind.ANSWER:
        return True
    mode = record.organization.mode
    if letter.kind is not LetterKind.DECISION or mode in SILENT:
        return False
    if letter.variant is Variant.FULL:
        release = record.released.get(letter.about)
        if release and release.at >= letter.cause_at:
            return False
        return mode is OutreachMode.APPROVE or not leaves_alone(record, letter)
    return mode is OutreachMode.APPROVE


def _hour(record: RecipientRecord, letter: DerivedLetter, instant: datetime) -> datetime:
    return opens_at(record, letter.kind, letter.about, letter.job, instant)


def opens_at(record: RecipientRecord, kind: LetterKind, about: str, job: str | None, instant: datetime) -> datetime:
    """The first hour from `instant` on at which such a letter disturbs nobody."""
    interview_at = next_start(record, about, instant) if kind is LetterKind.PREPARATION else None
    return opening_hour(kind, record.zone(job), instant, interview_at=interview_at)
