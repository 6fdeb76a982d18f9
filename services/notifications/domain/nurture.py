"""Staying in touch with those who asked for it: half a year after their last word, one question or one sign of life."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from services.notifications.domain.letters import DerivedLetter, Variant, left_at
from services.notifications.domain.occasions import STALE
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.records import PoolMembership, RecipientRecord
from shared.contracts import Cause, Purpose

BETWEEN = relativedelta(months=6)


class RecurringLetter(NamedTuple):
    """A letter that comes again and again: its next step is due after what was sent before."""

    kind: LetterKind
    variant: Variant
    about: str
    cause: Cause
    job: str | None = None


def nurtured(record: RecipientRecord) -> Iterator[DerivedLetter]:
    """Rule 5: still interested? And keep in touch, for whoever consented to that."""
    if record.is_restricted:
        return
    for membership in record.memberships:
        if membership.reconfirm_at and not membership.is_historical:
            yield from _reconfirmations(record, membership, membership.reconfirm_at)
    consent = record.consents.get(Purpose.KEEP_IN_TOUCH)
    if consent and not consent.is_historical:
        about = RecurringLetter(
            LetterKind.KEEP_IN_TOUCH, Variant.KEEP_IN_TOUCH, "-", Cause("consent-changed", consent.fact)
        )
        *sent, (step, last) = _steps(record, about)
        yield from (_letter(record, about, n, at) for n, at in sent if at)
        yield _letter(record, about, step, max(last or consent.given_at, consent.given_at) + BETWEEN)


def _reconfirmations(record: RecipientRecord, membership: PoolMembership, due_at: datetime) -> Iterator[DerivedLetter]:
    """One for each time they said nothing for half a year; a word of theirs moves `due_at`."""
    cause = Cause("candidate-pooled", membership.membership)
    about = RecurringLetter(LetterKind.RECONFIRMATION, Variant.RECONFIRMATION, membership.family, cause)
    *sent, (step, last) = _steps(record, about)
    yield from (_letter(record, about, n, at) for n, at in sent if at)
    if membership.is_active and (last is None or last < due_at):
        yield _letter(record, about, step, due_at)


def _steps(record: RecipientRecord, about: RecurringLetter) -> list[tuple[int, datetime | None]]:
    """(step, when it left) of what left, and at the end (the next step, when the last one left)."""
    found: list[tuple[int, datetime | None]] = []
    while at := left_at(record, about.kind, about.about, len(found) + 1):
        found.append((len(found) + 1, at))
    return [*found, (len(found) + 1, found[-1][1] if found else None)]


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
