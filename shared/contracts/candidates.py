"""Who we know: facts about people, their consent, the pool, matches and relations. Owner: candidates."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.base import (
    ALL,
    CANDIDATES,
    EACH,
    PEOPLE_SIDE,
    Code,
    Country,
    Day,
    Email,
    Event,
    Flag,
    Id,
    Instant,
    Language,
    Name,
    Phone,
    Plan,
    Text,
    TimeZone,
    Url,
    Value,
)


class Purpose(StrEnum):
    """What a consent is for."""

    TALENT_POOL = "talent_pool"
    KEEP_IN_TOUCH = "keep_in_touch"
    MENTORING = "mentoring"
    SURVEY = "survey"


class Condition(StrEnum):
    """What a consent attests."""

    ADULT = "adult"


class RequestedBy(StrEnum):
    """Who asked for an erasure."""

    CANDIDATE = "candidate"
    PLATFORM = "platform"
    RETENTION = "retention"


class Tier(StrEnum):
    """How close somebody came (rule 1)."""

    SILVER_MEDALIST = "silver_medalist"
    PROMISING = "promising"
    DEVELOPING = "developing"
    UNASSESSED = "unassessed"


class MemberStatus(StrEnum):
    """Where somebody stands in the pool (rule 1)."""

    NOT_INVITED = "not_invited"
    HELD = "held"
    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"


class LeaveReason(StrEnum):
    """Why somebody is no longer in the pool."""

    REMOVED = "removed"
    HIRED = "hired"
    DISQUALIFIED = "disqualified"
    RECONSIDER_FALSE = "reconsider_false"
    EXPIRED = "expired"
    NO_ANSWER = "no_answer"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    ERASED = "erased"
    MERGED = "merged"
    UNDECIDED = "undecided"
    MOVED = "moved"


class ReviewAction(StrEnum):
    """What a person decided about a membership."""

    CONFIRM = "confirm"
    INVITE = "invite"
    RETIER = "retier"
    REMOVE = "remove"


class GapKind(StrEnum):
    """Below the level asked for is not the same as never assessed."""

    BELOW_LEVEL = "below_level"
    NOT_ASSESSED = "not_assessed"


class MatchOutcome(StrEnum):
    """What a person did with a proposal."""

    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class Skill(Value):
    """What somebody says they can, and when they said it."""

    name: Name
    said_at: Instant


class CandidateRegistered(Event):
    """Somebody's profile. Said again, it is the newer whole profile."""

    topic: ClassVar[str] = "candidate-registered"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    fact_field: ClassVar[str] = "candidate"

    candidate: Id
    name: Name
    email: Email | None = None
    preferred_name: Name | None = None
    phone: Phone | None = None
    language: Language | None = None
    timezone: TimeZone | None = None
    country: Country | None = None
    skills: Annotated[tuple[Skill, ...], Field(max_length=200)] = ()
    availability: Text | None = None
    source: Name | None = None
    contactable: Flag = True
    url: Url | None = None

    def past_instants(self) -> Iterator[datetime]:
        return (skill.said_at for skill in self.skills)


class ConsentChanged(Event):
    """Somebody granted or withdrew consent to one purpose."""

    topic: ClassVar[str] = "consent-changed"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    fact_field: ClassVar[str] = "candidate"

    candidate: Id
    purpose: Purpose
    granted: Flag
    given_at: Instant
    text_version: Id
    language: Language
    how: Name
    expires_at: Plan | None = None
    conditions: Annotated[tuple[Condition, ...], Field(max_length=10)] = ()

    @property
    def fact_id(self) -> str:
        return f"{self.candidate}/{self.purpose}"

    @property
    def key_name(self) -> str:
        return self.purpose


class CandidateMerged(Event):
    """The whole list of ids that one person was also known by; an empty list unmerges."""

    topic: ClassVar[str] = "candidate-merged"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = ALL
    exclusive: ClassVar[bool] = True
    fact_field: ClassVar[str] = "surviving"
    subject_field: ClassVar[str] = "surviving"
    person_field: ClassVar[str | None] = "surviving"

    surviving: Id
    merged: Annotated[tuple[Id, ...], Field(max_length=50)]
    merged_at: Instant

    @model_validator(mode="after")
    def _not_itself(self) -> "CandidateMerged":
        if self.surviving in self.merged:
            raise PydanticCustomError("merges_itself", "merges somebody into themselves")
        return self


class ErasureRequested(Event):
    """Somebody is to be forgotten."""

    topic: ClassVar[str] = "erasure-requested"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = ALL
    fact_field: ClassVar[str] = "candidate"

    candidate: Id
    requested_at: Instant
    by: RequestedBy


class CandidateErased(Event):
    """Everything about somebody that was said until `erased_at` is gone."""

    topic: ClassVar[str] = "candidate-erased"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = ALL
    fact_field: ClassVar[str] = "candidate"

    candidate: Id
    erased_at: Instant


class ErasureCompleted(Event):
    """One service's receipt: it holds nothing of this person any more, or until when it must."""

    topic: ClassVar[str] = "erasure-completed"
    owner: ClassVar[str] = EACH
    listens: ClassVar[frozenset[str]] = frozenset((CANDIDATES,))
    fact_field: ClassVar[str] = "candidate"

    candidate: Id
    service: Id
    at: Instant
    kept_until: Plan | None = None
    why: Text | None = None

    @property
    def fact_id(self) -> str:
        return f"{self.candidate}/{self.service}"

    @property
    def key_name(self) -> str:
        return self.service

    def past_instants(self) -> Iterator[datetime]:
        yield self.at


POOL = ("candidate-pooled", "candidate-left-pool")


class CandidatePooled(Event):
    """Where somebody stands in the pool of one family of jobs, and why."""

    topic: ClassVar[str] = "candidate-pooled"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    replaces: ClassVar[tuple[str, ...]] = POOL
    fact_field: ClassVar[str] = "membership"

    membership: Id
    candidate: Id
    family: Name
    tier: Tier
    status: MemberStatus
    application: Id
    why: Annotated[tuple[Text, ...], Field(max_length=20)]
    evidence: Annotated[tuple[Id, ...], Field(max_length=500)]
    rules_version: Id
    reconfirm_at: Plan | None = None
    expires_at: Plan | None = None


class CandidateLeftPool(Event):
    """Somebody is no longer in the pool of one family."""

    topic: ClassVar[str] = "candidate-left-pool"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    replaces: ClassVar[tuple[str, ...]] = POOL
    fact_field: ClassVar[str] = "membership"

    membership: Id
    candidate: Id
    family: Name
    reason: LeaveReason


class MembershipReviewed(Event):
    """A person looked at a membership and decided."""

    topic: ClassVar[str] = "membership-reviewed"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    fact_field: ClassVar[str] = "membership"

    membership: Id
    candidate: Id
    family: Name
    by: Id
    action: ReviewAction
    tier: Tier | None = None
    reviewed_at: Instant
    reason: Text

    @model_validator(mode="after")
    def _retier_names_a_tier(self) -> "MembershipReviewed":
        if (self.action is ReviewAction.RETIER) != (self.tier is not None):
            raise PydanticCustomError("tier_and_action", "names a tier exactly when the action is retier")
        return self


MATCH = ("candidate-matched", "match-withdrawn")


Count = Annotated[int, Field(ge=0, le=100_000, strict=True)]
Required = Annotated[int, Field(ge=1, le=5, strict=True)]
Share = Annotated[float, Field(ge=0, le=1, strict=True)]


class Factor(Value):
    """What one competency adds to a score: weight x min(level / required, 1) x freshness x confidence."""

    competency: Id
    name: Name
    weight: Annotated[int, Field(ge=1, le=100, strict=True)]
    required: Required
    must_have: Flag
    level: Annotated[float, Field(ge=1, le=5, strict=True)] | None = None
    interviewers: Count = 0
    days: Count | None = None
    freshness: Share | None = None
    confidence: Share | None = None
    contribution: Annotated[float, Field(ge=0, le=100, strict=True)] = 0


class Gap(Value):
    """A competency that is below the level asked for, or was never assessed."""

    competency: Id
    kind: GapKind
    required: Required
    level: Annotated[float, Field(ge=1, le=5, strict=True)] | None = None


class CandidateMatched(Event):
    """Somebody is proposed for a job; a person decides."""

    topic: ClassVar[str] = "candidate-matched"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    replaces: ClassVar[tuple[str, ...]] = MATCH
    fact_field: ClassVar[str] = "match"
    job_field: ClassVar[str | None] = "job"

    match: Id
    run: Id
    job: Id
    candidate: Id
    meets: Annotated[int, Field(ge=0, le=50, strict=True)]
    of: Annotated[int, Field(ge=0, le=50, strict=True)]
    coverage: Share
    score: Annotated[float, Field(ge=0, le=100, strict=True)] | None = None
    factors: Annotated[tuple[Factor, ...], Field(max_length=50)]
    gaps: Annotated[tuple[Gap, ...], Field(max_length=50)]
    rules_version: Id


class MatchWithdrawn(Event):
    """A proposal no longer stands."""

    topic: ClassVar[str] = "match-withdrawn"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    replaces: ClassVar[tuple[str, ...]] = MATCH
    fact_field: ClassVar[str] = "match"
    job_field: ClassVar[str | None] = "job"

    match: Id
    candidate: Id
    job: Id
    reason: Code


class ReviewReason(Value):
    """Why, as a code."""

    code: Id


class MatchReviewed(Event):
    """A person accepted or dismissed a proposal."""

    topic: ClassVar[str] = "match-reviewed"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    fact_field: ClassVar[str] = "match"
    job_field: ClassVar[str | None] = "job"

    match: Id
    job: Id
    candidate: Id
    outcome: MatchOutcome
    by: Id
    reviewed_at: Instant
    reason: ReviewReason


class MentorshipProposed(Event):
    """A recruiter proposes a mentor."""

    topic: ClassVar[str] = "mentorship-proposed"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    fact_field: ClassVar[str] = "relation"

    relation: Id
    candidate: Id
    user: Id
    goals: Annotated[tuple[Text, ...], Field(max_length=20)]
    starts_on: Day
    ends_on: Day

    @model_validator(mode="after")
    def _ends_after_start(self) -> "MentorshipProposed":
        if self.ends_on < self.starts_on:
            raise PydanticCustomError("ends_before_start", "ends before it starts")
        return self


class MentorshipAccepted(Event):
    """Both sides said yes."""

    topic: ClassVar[str] = "mentorship-accepted"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    fact_field: ClassVar[str] = "relation"

    relation: Id
    candidate: Id
    user: Id


class MentorshipEnded(Event):
    """A mentorship is over."""

    topic: ClassVar[str] = "mentorship-ended"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    fact_field: ClassVar[str] = "relation"

    relation: Id
    candidate: Id
    user: Id
    reason: Code


class ReferralMade(Event):
    """Somebody of the organisation recommends somebody."""

    topic: ClassVar[str] = "referral-made"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    fact_field: ClassVar[str] = "referral"
    job_field: ClassVar[str | None] = "job"

    referral: Id
    candidate: Id
    user: Id
    job: Id | None = None
    note: Text | None = None


EVENTS: tuple[type[Event], ...] = (
    CandidateRegistered,
    ConsentChanged,
    CandidateMerged,
    ErasureRequested,
    CandidateErased,
    ErasureCompleted,
    CandidatePooled,
    CandidateLeftPool,
    MembershipReviewed,
    CandidateMatched,
    MatchWithdrawn,
    MatchReviewed,
    MentorshipProposed,
    MentorshipAccepted,
    MentorshipEnded,
    ReferralMade,
)
