"""How it came about that somebody is asked into the talent pool: the question says it."""

from enum import StrEnum

from services.notifications.domain.records import RecipientRecord
from shared.contracts import Outcome


class AskedBecause(StrEnum):
    """Whose doing it is."""

    REVIEW = "review"  # a person looked at their place in the pool: confirmed, chose its tier, or invited them
    OFFER = "offer"  # they declined one
    RECONSIDER = "reconsider"  # whoever decided would look again
    RULE = "rule"  # by what interviewers wrote


def asked_because(record: RecipientRecord, application: str | None) -> AskedBecause:
    """By the application that their place comes from. A review counts until newer evidence, as in rule 1."""
    known = record.application(application)
    decision = known.standing if known else None
    if known is None or decision is None:
        return AskedBecause.RULE
    reviewed_at = max((m.reviewed_at for m in record.memberships if m.application == application and m.reviewed_at),
                      default=None)  # fmt: skip
    if reviewed_at and reviewed_at >= max(decision.decided_at, known.feedback_at or decision.decided_at):
        return AskedBecause.REVIEW
    if decision.outcome is Outcome.OFFER_DECLINED:
        return AskedBecause.OFFER
    return AskedBecause.RECONSIDER if decision.would_reconsider else AskedBecause.RULE
