"""Jobs: what is looked for, by whom, and how an opening ended."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.event import ALL, INTERVIEWS, Event
from shared.contracts.values import (
    Country,
    Description,
    Flag,
    Id,
    Instant,
    Language,
    Name,
    Plan,
    Text,
    TimeZone,
    Url,
    Value,
)


class TeamRole(StrEnum):
    """What somebody does for one job."""

    RECRUITER = "recruiter"
    COORDINATOR = "coordinator"
    HIRING_MANAGER = "hiring_manager"


class FeedbackPolicy(StrEnum):
    """What a candidate of one job may hear."""

    FULL = "full"
    SHORT = "short"
    NONE = "none"


class JobOutcome(StrEnum):
    """How an opening ended."""

    HIRED = "hired"
    NOBODY_HIRED = "nobody_hired"
    CANCELLED = "cancelled"


class CompetencyKind(StrEnum):
    """What somebody can do, or what they stand for."""

    SKILL = "skill"
    VALUE = "value"


class JobLocation(Value):
    """Where a job is."""

    country: Country | None = None
    city: Name | None = None
    timezone: TimeZone | None = None


class TeamMember(Value):
    """Who does what for a job."""

    user: Id
    role: TeamRole


LevelOfFive = Annotated[int, Field(ge=1, le=5, strict=True)]


class Anchor(Value):
    """What somebody at one level does."""

    level: LevelOfFive
    text: Text


class Competency(Value):
    """What a job asks for: `level` 1 to 5, `weight` 1 to 100. `anchors` are for interviewers only."""

    competency: Id
    name: Name
    level: LevelOfFive
    must_have: Flag = False
    weight: Annotated[int, Field(ge=1, le=100, strict=True)] = 1
    looks_for: Text | None = None
    kind: CompetencyKind = CompetencyKind.SKILL
    anchors: Annotated[tuple[Anchor, ...], Field(max_length=5)] = ()


class JobOpened(Event, owner=INTERVIEWS, from_platforms=True, listens=ALL, fact="job", person=None, exclusive=True):
    """A requisition with its seats. Said again with the same `opened_at` it is an edit, with a newer one reopened."""

    job: Id
    title: Name
    opened_at: Instant
    language: Language
    family: Name | None = None
    cycle: Name | None = None
    department: Name | None = None
    location: JobLocation | None = None
    headcount: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 1
    closes_at: Plan | None = None
    team: Annotated[tuple[TeamMember, ...], Field(max_length=100)] = ()
    description: Description | None = None
    url: Url | None = None
    competencies: Annotated[tuple[Competency, ...], Field(max_length=50)] = ()
    feedback_policy: FeedbackPolicy | None = None

    @model_validator(mode="after")
    def _distinct(self) -> "JobOpened":
        if len({c.competency for c in self.competencies}) < len(self.competencies):
            raise PydanticCustomError("competency_twice", "names a competency twice")
        if any(len({a.level for a in c.anchors}) < len(c.anchors) for c in self.competencies):
            raise PydanticCustomError("level_twice", "describes a level of a competency twice")
        return self


class JobClosed(Event, owner=INTERVIEWS, from_platforms=True, listens=ALL, fact="job", person=None, exclusive=True):
    """An opening ended, with or without a hire.

    `reason` stays in the house; `told_reason` names one of the organisation's closing reasons, which candidates read.
    """

    job: Id
    closed_at: Instant
    outcome: JobOutcome | None = None
    reason: Text | None = None
    told_reason: Id | None = None
