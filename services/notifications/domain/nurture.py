"""Staying in touch with those who asked for it: half a year after their last word, one question, or what is new."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from services.notifications.domain.letters import DerivedLetter, Variant, blocked, steps_left
from services.notifications.domain.news import EVERYTHING, what_is_new
from services.notifications.domain.occasions import STALE
from services.notifications.domain.policy import LetterKind, LetterRefusal, Withheld
from services.notifications.domain.records import RecipientRecord, StandingConsent
from services.notifications.domain.relations import PoolMembership
from shared.contracts import Cause, Purpose

BETWEEN = relativedelta(months=6)


class RecurringLetter(NamedTuple):
    """A letter that comes again and again: its next step is due after what was sent before."""

    kind: LetterKind
    variant: Variant
    about: str
    cause: Cause
    job: str | None = None


def nurtured(record: RecipientRecord, now: datetime) -> Iterator[DerivedLetter]:
    """Rule 5: still interested? And keep in touch, for whoever consented to that."""
    if record.is_restricted:
        return
    for membership in record.memberships:
        if membership.reconfirm_at and not membership.is_historical:
            yield from _reconfirmations(record, membership, membership.reconfirm_at)
    consent = record.consents.get(Purpose.KEEP_IN_TOUCH)
    if consent and not consent.is_historical:
        yield from _kept_in_touch(record, consent, now)


def _kept_in_touch(record: RecipientRecord, consent: StandingConsent, now: datetime) -> Iterator[DerivedLetter]:
    """Half a year after the last one, or as soon as there is something to tell then. What it tells is never old."""
    about = RecurringLetter(
        LetterKind.KEEP_IN_TOUCH, Variant.KEEP_IN_TOUCH, EVERYTHING, Cause("consent-changed", consent.fact)
    )
    sent = steps_left(record, about.kind, about.about)
    yield from (_letter(record, about, n, at) for n, at in enumerate(sent, start=1))
    due_at = _half_a_year_after(max([consent.given_at, *sent]))
    told_from = what_is_new(record, now).since
    letter = _letter(record, about, len(sent) + 1, max(due_at, told_from or due_at))
    letter = letter._replace(stale_at=_half_a_year_after(letter.send_at))
    yield letter if now < due_at or told_from else blocked(letter, LetterRefusal(Withheld.NOTHING_NEW))


@lru_cache(maxsize=8192)
def _half_a_year_after(instant: datetime) -> datetime:
    due_at: datetime = instant + BETWEEN
    return due_at


def _reconfirmations(record: RecipientRecord, membership: PoolMembership, due_at: datetime) -> Iterator[DerivedLetter]:
    """One for each time they said nothing for half a year; a word of theirs moves `due_at`."""
    cause = Cause("candidate-pooled", membership.membership)
    about = RecurringLetter(LetterKind.RECONFIRMATION, Variant.RECONFIRMATION, membership.family, cause)
    sent = steps_left(record, about.kind, about.about)
    yield from (_letter(record, about, n, at) for n, at in enumerate(sent, start=1))
    if membership.is_active and (not sent or sent[-1] < due_at):
        yield _letter(record, about, len(sent) + 1, due_at)


def _letter(record: RecipientRecord, about: RecurringLetter, step: int, at: datetime) -> DerivedLetter:
    return DerivedLetter(
        organization=record.organization.organization,
        kind=about.kind,
        about=about.about,
        recipient=record.candidate,
        step=step,
        variant=about.variant,
        application=None,
        job=about.job,
        cause=about.cause,
        cause_at=at,
        send_at=at,
        stale_at=at + STALE,
    )
