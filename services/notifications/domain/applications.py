"""Applications: how they were decided, which interviews took place or were called off, and what may be read of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from shared.contracts import Cause, NoticeBy, Outcome, reading


class ApplicationDecision(NamedTuple):
    """How an application was decided; `reversed_at` is the newest reversal."""

    decided_at: datetime
    outcome: Outcome
    is_historical: bool = False
    notice_by: NoticeBy = NoticeBy.TALENTLOOP
    not_before: datetime | None = None
    notice_sent_at: datetime | None = None
    reversed_at: datetime | None = None
    would_reconsider: bool = False

    @property
    def stands(self) -> bool:
        """Unless it was reversed."""
        return reading.stands(self.decided_at, self.reversed_at)


class Completed(NamedTuple):
    """An interview that took place; `is_told`: somebody or the clock said so, else only feedback tells it."""

    interview: str
    at: datetime
    cause: Cause
    is_historical: bool = False
    is_told: bool = True


class CalledOff(NamedTuple):
    """A slot that was called off, or to which its interviewer did not come, as was said at `said_at`.

    `moved_to`: the slot that takes its place; without one somebody waits.
    """

    interview: str
    slot: datetime
    said_at: datetime
    cause: Cause
    is_missed: bool = False
    is_historical: bool = False
    moved_to: datetime | None = None


class FeedbackItem(NamedTuple):
    """One thing that an interviewer lets a candidate read; a strength suggests nothing."""

    competency: str
    observed: str
    suggestion: str | None
    feedback: str
    interviewer: str
    language: str


class ApplicationRecord(NamedTuple):
    """One candidacy. `feedback_at` is when its newest version of any feedback was said."""

    application: str
    candidate: str
    job: str | None = None
    submitted_at: datetime | None = None
    decision: ApplicationDecision | None = None
    completed: Sequence[Completed] = ()
    called_off: Sequence[CalledOff] = ()  # by us
    given_up: Sequence[CalledOff] = ()  # by them
    feedback_at: datetime | None = None
    items: Sequence[FeedbackItem] = ()  # of feedback that stands
    is_history: bool = False  # handed in before anybody listened

    @property
    def standing(self) -> ApplicationDecision | None:
        """The decision, if it was not reversed."""
        return self.decision if self.decision and self.decision.stands else None

    @property
    def was_interviewed(self) -> bool:
        """An interview took place: only then is there anything to say of how it went."""
        return bool(self.completed)

    @property
    def is_open(self) -> bool:
        """Handed in, or decided once, and not decided."""
        decision = self.decision
        return reading.is_undecided(
            self.submitted_at, decision and decision.decided_at, decision and decision.reversed_at
        )
