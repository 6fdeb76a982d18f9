"""Interviews as matching and waste see them: did it take place, and when."""

from datetime import datetime
from typing import NamedTuple


class InterviewFacts(NamedTuple):
    """All that was said of one interview; each instant is None where nothing was said."""

    organization: str
    candidate: str
    interview: str
    application: str
    job: str | None
    scheduled_for: datetime | None
    ends_at: datetime | None
    completed_at: datetime | None
    assumed_for: datetime | None
    cancelled_slot: datetime | None
    cancelled_at: datetime | None
    missed_slot: datetime | None
    missed_at: datetime | None
    feedback_at: datetime | None

    @property
    def happened_at(self) -> datetime | None:
        """When it ended, as far as anybody said."""
        return self.ends_at or self.completed_at or self.assumed_for or self.feedback_at


def took_place(heard: InterviewFacts) -> bool:
    """Completed when said so later than any cancellation or absence of its slot; else when feedback exists, or the
    clock assumed it for this slot."""
    said_at = max(_said(heard), default=None)
    if heard.completed_at and (said_at is None or heard.completed_at > said_at):
        return True
    if said_at:
        return False
    assumed = heard.assumed_for is not None and heard.assumed_for == _slot(heard)
    return assumed or heard.feedback_at is not None


def _slot(heard: InterviewFacts) -> datetime | None:
    """The newest schedule; without any, the newest of the cancelled and missed."""
    ends = [(at, slot) for slot, at in _ends(heard)]
    return heard.scheduled_for or max(ends, default=(None, None))[1] or heard.assumed_for


def _ends(heard: InterviewFacts) -> list[tuple[datetime, datetime]]:
    pairs = ((heard.cancelled_slot, heard.cancelled_at), (heard.missed_slot, heard.missed_at))
    return [(slot, at) for slot, at in pairs if slot and at]


def _said(heard: InterviewFacts) -> list[datetime]:
    slot = _slot(heard)
    return [at for ended, at in _ends(heard) if ended == slot]
