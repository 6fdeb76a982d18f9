"""Before the interviews of a day: what to expect. Told again when something changes, so that nothing is left wrong."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from services.notifications.domain.hours import local_date
from services.notifications.domain.interviews import StandingInterview
from services.notifications.domain.letters import DerivedLetter, Variant, kept_of, left_at
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.records import RecipientRecord, StoredLetter
from shared.contracts import derived_id

BEFORE = timedelta(days=3)
CALLED_OFF = "called off"

Told = Mapping[str, str]


def preparations(record: RecipientRecord, now: datetime) -> Iterator[DerivedLetter]:
    """Those that were sent, and for each day to come the one that is next. History prepares nobody.

    When something that was told has changed, the next one leaves at once.
    """
    decided = {a.application for a in record.applications if a.standing}
    told = tellings(record)
    for about, slots in () if record.is_restricted else _days(record).items():
        step, is_lost = 1, False
        while left_at(record, LetterKind.PREPARATION, about, step):
            kept = kept_of(record, LetterKind.PREPARATION, about, step)
            is_lost = is_lost or kept is None
            told_then = kept.told if kept and kept.told is not None else _as_told(slots)
            letter = _letter(record, about, slots[:1], told_then, step)
            yield letter._replace(cause_at=(kept and kept.cause_at) or letter.cause_at)
            step += 1
        news = [s for s in slots if s.starts_at and now < s.starts_at and not (is_lost or _is_told(record, told, s))]
        if news and slots[0].application not in decided:
            letter = _letter(record, about, news, _as_told(slots), step)
            yield letter._replace(send_at=_said_at(news)) if any(s.interview in told for s in news) else letter


def tellings(record: RecipientRecord) -> dict[str, list[str]]:
    """By interview, how it was told each time, the newest last; also that it was called off."""
    found: dict[str, list[str]] = defaultdict(list)
    left = [k for k in record.kept if k.sent_at or k.silenced_at]
    for k in sorted(left, key=lambda k: (k.sent_at or k.silenced_at, k.about, k.step)):
        if k.kind in (LetterKind.PREPARATION, LetterKind.CANCELLATION):
            for interview, telling in _told_by(k).items():
                found[interview].append(telling)
        if k.kind == LetterKind.APOLOGY and found.get(k.about):
            found[k.about].append(CALLED_OFF)
    return found


def slots_of(record: RecipientRecord, about: str) -> Sequence[StandingInterview]:
    """The interviews that a preparation is about, in their order."""
    return _days(record).get(about, ())


def next_start(record: RecipientRecord, about: str, instant: datetime) -> datetime | None:
    """When the next interview of that day begins."""
    return min((s.starts_at for s in slots_of(record, about) if s.starts_at and s.starts_at > instant), default=None)


def _days(record: RecipientRecord) -> dict[str, list[StandingInterview]]:
    """By application and day, on the candidate's clocks: all interviews that are set for it."""
    found: dict[str, list[StandingInterview]] = defaultdict(list)
    for slot in sorted(record.slots, key=lambda s: (s.starts_at or s.ends_at, s.interview)):
        if slot.starts_at and not slot.is_historical:
            found[f"{slot.application}:{local_date(slot.starts_at, record.zone(slot.job))}"].append(slot)
    return found


def _told_by(k: StoredLetter) -> Told:
    """Letters of before the day was one told one interview, and only when it was."""
    if k.told is not None:
        return k.told
    return {k.about: _at(k.cause_at)} if k.cause_at else {}


def _as_told(slots: Sequence[StandingInterview]) -> dict[str, str]:
    return {slot.interview: _telling(slot) for slot in slots}


def _telling(slot: StandingInterview) -> str:
    """What their reader must not find changed: when, and where."""
    when = [_at(at) for at in (slot.starts_at, slot.ends_at) if at]
    return f"{when[0]} {derived_id('slot', *when, slot.location or '', slot.meeting_url or '')}"


def start_told(telling: str) -> datetime:
    """When an interview that was told so was to begin."""
    return datetime.fromisoformat(telling.split(maxsplit=1)[0])


def _at(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _is_told(record: RecipientRecord, told: Mapping[str, Sequence[str]], slot: StandingInterview) -> bool:
    if tellings := told.get(slot.interview):
        return _telling(slot).startswith(tellings[-1])
    return left_at(record, LetterKind.PREPARATION, slot.interview, 1) is not None


def _said_at(slots: Sequence[StandingInterview]) -> datetime:
    return max(slot.said_at or slot.ends_at for slot in slots)


def _letter(
    record: RecipientRecord, about: str, news: Sequence[StandingInterview], told: Told, step: int
) -> DerivedLetter:
    """Three days before, or once it is known. It is too late when the first of them begins."""
    first = news[0]
    starts_at = first.starts_at or first.ends_at
    return DerivedLetter(
        organization=record.organization.organization,
        kind=LetterKind.PREPARATION,
        about=about,
        recipient=first.candidate,
        step=step,
        variant=Variant.PREPARATION,
        application=first.application,
        job=first.job,
        cause=first.cause,
        cause_at=starts_at,
        send_at=max(starts_at - BEFORE, _said_at(news)),
        stale_at=starts_at,
        told=told,
    )
