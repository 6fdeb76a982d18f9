"""Campaigns: what many people share, whom one would reach, and how far one is."""

from datetime import datetime

from pydantic import BaseModel

from services.console.calls.route import Listed, Told, reading, writing


class DevelopmentPoint(Told):
    """A competency that letters suggested to build up, its name where a job gave one, and how many people read so."""

    competency: str
    people: int
    name: str | None = None


class Sharing(Told):
    """Somebody who shares a point: when they would be written to, or why not now."""

    candidate: str
    send_at: datetime | None = None
    reason: str | None = None
    until: datetime | None = None


class CampaignPreview(Listed[Sharing]):
    """Whom a campaign would reach. `count`: on all pages together; `reasons`: why others not."""

    mode: str
    count: int
    reasons: dict[str, int]


class CampaignWords(BaseModel):
    """What a campaign is about, in the organisation's words."""

    competency: str
    job: str | None = None
    cycle: str | None = None
    title: str | None = None
    text: str | None = None
    url: str | None = None
    language: str | None = None


class CampaignStart(CampaignWords):
    """Start it, if it reaches so many."""

    expected: int


class Campaign(Told):
    """A campaign, and how far its letters are."""

    campaign: str
    competency: str
    job: str | None = None
    title: str | None = None
    by: str
    started_at: datetime
    sent: int
    waiting: int
    suppressed: dict[str, int]
    failed: int


POINTS = reading(
    "notifications", "/development-points", Listed[DevelopmentPoint], "job", "cycle", "limit", "cursor"
)  # fmt: skip
PREVIEW = reading(
    "notifications", "/campaigns/preview", CampaignPreview, "competency", "job", "cycle", "limit", "cursor"
)  # fmt: skip
CAMPAIGNS = reading("notifications", "/campaigns", Listed[Campaign], "limit", "cursor")
START_CAMPAIGN = writing("notifications", "/campaigns/{campaign}", Campaign)
