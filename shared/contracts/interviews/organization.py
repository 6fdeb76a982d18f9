"""Users and the organisation itself."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from shared.contracts.event import ALL, INTERVIEWS, NAMING, Event
from shared.contracts.values import Colour, Country, Email, Flag, Id, Language, Name, Text, TimeZone, Url, Value


class OutreachMode(StrEnum):
    """What may leave the house (rule 8)."""

    OFF = "off"
    SHADOW = "shadow"
    APPROVE = "approve"
    LIVE = "live"


class InterviewerInsights(StrEnum):
    """Whether interviewers see figures about themselves; nobody else ever does."""

    OFF = "off"
    OWN = "own"


class UserRegistered(
    Event, owner=INTERVIEWS, from_platforms=True, listens=NAMING, fact="user", person=None, partitions=1, exclusive=True
):
    """Somebody who works with interviews: recruiter, interviewer, hiring manager."""

    user: Id
    name: Name
    email: Email
    timezone: TimeZone | None = None
    active: Flag = True
    daily_digest: Flag = True


class Sender(Value):
    """Whom an organisation's mail comes from."""

    name: Name
    address: Email


class SaidIn(Value):
    """A sentence in one language."""

    language: Language
    text: Text


class ClosingReason(Value):
    """Why an opening ended, as candidates may read it, in every language it was written in."""

    reason: Id
    texts: Annotated[tuple[SaidIn, ...], Field(min_length=1, max_length=20)]


def closing_reason(reasons: Iterable[ClosingReason], reason: str | None, language: str) -> str | None:
    """The words of a reason in one language; None where it has none: nobody reads a sentence in another."""
    told = (one for known in reasons if known.reason == reason for one in known.texts)
    return next((one.text for one in told if one.language == language), None)


Days = Annotated[int, Field(ge=1, le=365, strict=True)]


Months = Annotated[int, Field(ge=0, le=240, strict=True)]


SETTLING_MINUTES = 10
Minutes = Annotated[int, Field(ge=0, le=10_080, strict=True)]


class OrganizationConfigured(
    Event,
    owner=INTERVIEWS,
    from_platforms=True,
    listens=ALL,
    fact="organization",
    person=None,
    partitions=1,
    exclusive=True,
):
    """How one organisation wants things done; deadlines in business days.

    `settling_minutes`: how long everything about a person must have been known before anything is said to them.
    """

    name: Name
    language: Language = "en"
    timezone: TimeZone = "Etc/UTC"
    country: Country | None = None
    subdivision: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,3}$")] | None = None
    outreach_mode: OutreachMode = OutreachMode.SHADOW
    automatic_release: Flag = False
    holding_after: Days = 10
    answer_after: Days = 5
    feedback_within: Days = 10
    retention_months: Months = 6
    legal_hold_months: Months = 0
    sender: Sender | None = None
    reply_person: Id | None = None
    settling_minutes: Minutes = SETTLING_MINUTES
    colour: Colour | None = None
    interviewer_insights: InterviewerInsights = InterviewerInsights.OWN
    closing_reasons: Annotated[tuple[ClosingReason, ...], Field(max_length=50)] = ()
    controller: Name | None = None
    privacy_url: Url | None = None
    imprint_url: Url | None = None
    supervisory_authority: Name | None = None


class LegalFrame(NamedTuple):
    """Who answers for people's data, where they read about it, and who hears their complaint; None: not said."""

    controller: str | None = None
    privacy_url: str | None = None
    imprint_url: str | None = None
    supervisory_authority: str | None = None


# What an organisation says of itself before it writes to anybody.
FOR_GOING_LIVE = ("reply_person", *LegalFrame._fields)


def legal_frame(said: Mapping[str, Any]) -> LegalFrame:
    """What settings say of it."""
    return LegalFrame(*(said.get(name) for name in LegalFrame._fields))


def missing_for_live(said: Mapping[str, Any]) -> tuple[str, ...]:
    """What settings leave open that is to be said before mail leaves, by field."""
    return tuple(name for name in FOR_GOING_LIVE if not said.get(name))
