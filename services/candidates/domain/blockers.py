"""What stands against proposing somebody for a job. Blockers come first and are shown."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from services.candidates.domain.records import CandidateRecord, deciding, is_hired
from shared.contracts import MatchOutcome


class Blocker(StrEnum):
    """In the order in which they are told; also the reason of a withdrawn match."""

    CONSENT = "consent"
    NOT_CONTACTABLE = "not_contactable"
    DISQUALIFYING = "disqualifying"
    WOULD_NOT_RECONSIDER = "would_not_reconsider"
    OPEN_APPLICATION = "open_application"
    RECONSIDER_LATER = "reconsider_later"
    HIRED = "hired"
    NOT_NOW = "not_now"
    ALREADY_DECIDED = "already_decided"
    RESTRICTED = "restricted"


# Who agreed to nothing, or no longer, is not compared with a job at all: only counted, with the reason.
NOT_COMPARED = frozenset((Blocker.CONSENT, Blocker.RESTRICTED))

# Reasons of a withdrawn match that are not about the person.
JOB_CLOSED, NOT_CONSIDERED = "job_closed", "not_considered"


class ReviewedMatch(NamedTuple):
    """What a person did with a proposal."""

    outcome: MatchOutcome
    reviewed_at: datetime
    by: str
    reason: str


def blockers(
    record: CandidateRecord, family: str, job: str, review: ReviewedMatch | None, now: datetime
) -> tuple[str, ...]:
    """Everything that stands against it, in order. A dismissal decides about this job, as a decision does."""
    last = deciding(record, family)
    again_from = last.reconsider_after if last else None
    decided = any(a.job == job and not a.undecided for a in record.applications)
    found = (
        (Blocker.CONSENT, not (record.consent and record.consent.stands(now))),
        (Blocker.NOT_CONTACTABLE, not record.contactable),
        (Blocker.DISQUALIFYING, any(a.disqualifying for a in record.applications)),
        (Blocker.WOULD_NOT_RECONSIDER, last is not None and last.would_reconsider is False),
        (Blocker.OPEN_APPLICATION, record.has_open_application),
        (Blocker.RECONSIDER_LATER, again_from is not None and again_from > now),
        (Blocker.HIRED, is_hired(record, last)),
        (Blocker.NOT_NOW, record.not_now_until is not None and record.not_now_until > now),
        (Blocker.ALREADY_DECIDED, decided or (review is not None and review.outcome is MatchOutcome.DISMISSED)),
        (Blocker.RESTRICTED, record.restricted),
    )
    return tuple(blocker for blocker, holds in found if holds)


def is_compared(against: Iterable[str]) -> bool:
    """False for whoever may not be compared with a job: no level, no gap, no score."""
    return NOT_COMPARED.isdisjoint(against)


def next_change(record: CandidateRecord, family: str, now: datetime) -> datetime | None:
    """When time alone may change what stands against it."""
    last = deciding(record, family)
    consent_ends = record.consent.expires_at if record.consent and record.consent.granted else None
    instants = (consent_ends, record.not_now_until, last.reconsider_after if last else None)
    return min((at for at in instants if at and at > now), default=None)
