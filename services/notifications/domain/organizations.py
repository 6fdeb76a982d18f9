"""How an organisation wants things done, its jobs as far as letters ask for them, and its campaigns."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.business_days import Calendar
from shared.contracts import (
    SETTLING_MINUTES,
    ClosingReason,
    FeedbackPolicy,
    LegalFrame,
    OutreachMode,
    closing_reason,
    reading,
)
from shared.lint import lint


class OrganizationSettings(NamedTuple):
    """How one organisation wants things done, said at `since`. Unknown, it is silent."""

    organization: str
    name: str
    language: str = "en"
    timezone: str = "Etc/UTC"
    country: str | None = None
    subdivision: str | None = None
    mode: OutreachMode = OutreachMode.SHADOW
    sender_name: str | None = None
    sender_address: str | None = None
    reply_person: str | None = None
    colour: str | None = None
    holding_after: int = 10  # business days, as the next
    answer_after: int = 5
    automatic_release: bool = False
    legal_hold_months: int = 0
    settling: timedelta = timedelta(minutes=SETTLING_MINUTES)
    closing_reasons: tuple[ClosingReason, ...] = ()
    legal: LegalFrame = LegalFrame()
    since: datetime | None = None
    known_at: datetime | None = None

    def calendar(self, zone: str | None = None) -> Calendar:
        """Its business days, by its own clocks or by those of somebody who lives in another zone."""
        return Calendar(self.country, self.subdivision, zone or self.timezone)


class SoughtCompetency(NamedTuple):
    """One competency a job asks for."""

    competency: str
    name: str
    must_have: bool = False
    weight: int = 1
    looks_for: str | None = None


class Opening(NamedTuple):
    """A job as far as letters ask for it; `owner` is whoever answers for it."""

    job: str
    title: str | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    timezone: str | None = None
    language: str | None = None
    feedback_policy: FeedbackPolicy | None = None
    owner: str | None = None
    url: str | None = None
    competencies: Mapping[str, SoughtCompetency] = {}
    roles: Mapping[str, str] = {}  # by user
    cycle: str | None = None
    opening_known_at: datetime | None = None
    closing_known_at: datetime | None = None
    ended_without_hire: bool = False
    told_reason: str | None = None  # one of the organisation's closing reasons
    family: str | None = None  # None while it is not known to have been opened

    @property
    def is_closed(self) -> bool:
        """Open only when opened after it was closed."""
        return self.closed_at is not None and not reading.stands(self.opened_at, self.closed_at)

    @property
    def has_hired_nobody(self) -> bool:
        """Closed, and the organisation said that nobody was hired."""
        return self.is_closed and self.ended_without_hire

    @property
    def reopened_at(self) -> datetime | None:
        """When it was opened again, if it was."""
        return None if self.closed_at is None or self.is_closed else self.opened_at


def told_reason(settings: OrganizationSettings, opening: Opening, language: str) -> str | None:
    """Why nobody was hired, in the reader's language; None where nothing was chosen, or the lint finds something."""
    text = closing_reason(settings.closing_reasons, opening.told_reason, language)
    return text if text and not lint([text], language) else None


class Campaign(NamedTuple):
    """What it is about, optionally of one job or one cycle; `title` and `text` are the organisation's own words."""

    campaign: str
    competency: str
    at: datetime
    job: str | None = None
    cycle: str | None = None
    by: str = ""
    title: str | None = None
    text: str | None = None
    url: str | None = None
    language: str | None = None
    is_historical: bool = False
