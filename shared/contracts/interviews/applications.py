"""Applications and how they were decided."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.contracts.event import ALL, INTERVIEWS, Event
from shared.contracts.values import Flag, Id, Instant, Name, Plan, Url, Value


class Origin(StrEnum):
    """How an application came about."""

    APPLIED = "applied"
    SOURCED = "sourced"
    REFERRED = "referred"
    REDISCOVERED = "rediscovered"


class Outcome(StrEnum):
    """How an application was decided."""

    HIRED = "hired"
    NOT_SELECTED = "not_selected"
    WITHDRAWN = "withdrawn"
    OFFER_DECLINED = "offer_declined"


class ReasonClass(StrEnum):
    """Who declined."""

    WE_DECLINED = "we_declined"
    THEY_DECLINED = "they_declined"
    NONE = "none"


class NoticeBy(StrEnum):
    """Who tells the candidate."""

    TALENTLOOP = "talentloop"
    PLATFORM = "platform"


class ApplicationSubmitted(Event, owner=INTERVIEWS, from_platforms=True, listens=ALL, fact="application"):
    """One person's candidacy for one job."""

    application: Id
    candidate: Id
    submitted_at: Instant
    job: Id | None = None
    origin: Origin | None = None
    match: Id | None = None
    referrer: Id | None = None
    url: Url | None = None


class Reason(Value):
    """Why, in the platform's own code."""

    code: Id
    class_: Annotated[ReasonClass, Field(alias="class")]
    disqualifying: Flag = False


class Notice(Value):
    """Who tells the candidate, not before when, or that it is done."""

    by: NoticeBy
    not_before: Plan | None = None
    sent_at: Instant | None = None


class ApplicationDecided(Event, owner=INTERVIEWS, from_platforms=True, listens=ALL, fact="application"):
    """How an application ended."""

    application: Id
    candidate: Id
    job: Id | None = None
    decided_at: Instant
    outcome: Outcome
    stage: Name | None = None
    decided_by: Id | None = None
    reason: Reason | None = None
    would_reconsider: Flag | None = None
    reconsider_after: Plan | None = None
    notice: Notice | None = None

    def past_instants(self) -> Iterator[datetime]:
        yield self.decided_at
        if self.notice and self.notice.sent_at:
            yield self.notice.sent_at


class ApplicationDecisionReversed(Event, owner=INTERVIEWS, from_platforms=True, listens=ALL, fact="application"):
    """A decision no longer stands."""

    application: Id
    candidate: Id
    reversed_at: Instant
