"""What happened: the facts of jobs, applications, interviews, feedback and decisions. Owner: interviews."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.base import (
    ALL,
    INTERVIEWS,
    Colour,
    Country,
    Description,
    Email,
    Event,
    Flag,
    Id,
    Instant,
    Language,
    Level,
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


class Origin(StrEnum):
    """How an application came about."""

    APPLIED = "applied"
    SOURCED = "sourced"
    REFERRED = "referred"
    REDISCOVERED = "rediscovered"


class Response(StrEnum):
    """An interviewer's answer to the invitation."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class Basis(StrEnum):
    """Whether somebody said that an interview was completed, or the clock assumed it."""

    SAID = "said"
    ASSUMED = "assumed"


class CancelledBy(StrEnum):
    """Who called an interview off."""

    CANDIDATE = "candidate"
    ORGANIZATION = "organization"


class MissedBy(StrEnum):
    """Who did not come."""

    CANDIDATE = "candidate"
    INTERVIEWER = "interviewer"


class FeedbackKind(StrEnum):
    """What a feedback judges."""

    INTERVIEW = "interview"
    WORK_SAMPLE = "work_sample"
    APPLICATION_REVIEW = "application_review"


class Overall(StrEnum):
    """An interviewer's verdict."""

    STRONG_NO = "strong_no"
    NO = "no"
    YES = "yes"
    STRONG_YES = "strong_yes"
    NO_DECISION = "no_decision"


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


class OutreachMode(StrEnum):
    """What may leave the house (rule 8)."""

    OFF = "off"
    SHADOW = "shadow"
    APPROVE = "approve"
    LIVE = "live"


class UserRegistered(Event):
    """Somebody who works with interviews: recruiter, interviewer, hiring manager."""

    topic: ClassVar[str] = "user-registered"
    owner: ClassVar[str] = INTERVIEWS
    listens: ClassVar[frozenset[str]] = ALL
    partitions: ClassVar[int] = 1
    exclusive: ClassVar[bool] = True
    fact_field: ClassVar[str] = "user"
    subject_field: ClassVar[str] = "user"
    person_field: ClassVar[str | None] = None

    user: Id
    name: Name
    email: Email
    timezone: TimeZone | None = None
    active: Flag = True


class Location(Value):
    """Where a job is."""

    country: Country | None = None
    city: Name | None = None
    timezone: TimeZone | None = None


class TeamMember(Value):
    """Who does what for a job."""

    user: Id
    role: TeamRole


class Competency(Value):
    """What a job asks for: `level` 1 to 5, `weight` 1 to 100."""

    competency: Id
    name: Name
    level: Annotated[int, Field(ge=1, le=5, strict=True)]
    must_have: Flag = False
    weight: Annotated[int, Field(ge=1, le=100, strict=True)] = 1
    looks_for: Text | None = None


class JobOpened(Event):
    """A requisition with its seats. Said again with the same `opened_at` it is an edit, with a newer one reopened."""

    topic: ClassVar[str] = "job-opened"
    owner: ClassVar[str] = INTERVIEWS
    listens: ClassVar[frozenset[str]] = ALL
    exclusive: ClassVar[bool] = True
    fact_field: ClassVar[str] = "job"
    subject_field: ClassVar[str] = "job"
    person_field: ClassVar[str | None] = None
    job_field: ClassVar[str | None] = "job"

    job: Id
    title: Name
    opened_at: Instant
    language: Language
    family: Name | None = None
    cycle: Name | None = None
    department: Name | None = None
    location: Location | None = None
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
        return self


class JobClosed(Event):
    """An opening ended, with or without a hire."""

    topic: ClassVar[str] = "job-closed"
    owner: ClassVar[str] = INTERVIEWS
    listens: ClassVar[frozenset[str]] = ALL
    exclusive: ClassVar[bool] = True
    fact_field: ClassVar[str] = "job"
    subject_field: ClassVar[str] = "job"
    person_field: ClassVar[str | None] = None
    job_field: ClassVar[str | None] = "job"

    job: Id
    closed_at: Instant
    outcome: JobOutcome | None = None
    reason: Text | None = None


class ApplicationSubmitted(Event):
    """One person's candidacy for one job."""

    topic: ClassVar[str] = "application-submitted"
    owner: ClassVar[str] = INTERVIEWS
    listens: ClassVar[frozenset[str]] = ALL
    fact_field: ClassVar[str] = "application"
    job_field: ClassVar[str | None] = "job"

    application: Id
    candidate: Id
    submitted_at: Instant
    job: Id | None = None
    origin: Origin | None = None
    match: Id | None = None
    referrer: Id | None = None
    url: Url | None = None


class Stage(Value):
    """Which step of the process an interview is."""

    name: Name
    position: Annotated[int, Field(ge=0, le=1_000, strict=True)]


class Interviewer(Value):
    """Who interviews, and whether they owe feedback."""

    user: Id
    feedback_required: Flag = True
    response: Response | None = None


Interviewers = Annotated[tuple[Interviewer, ...], Field(max_length=50)]


class InterviewScheduled(Event):
    """When an interview is to be, and with whom. The newest schedule is the slot."""

    topic: ClassVar[str] = "interview-scheduled"
    owner: ClassVar[str] = INTERVIEWS
    listens: ClassVar[frozenset[str]] = ALL
    fact_field: ClassVar[str] = "interview"
    job_field: ClassVar[str | None] = "job"

    interview: Id
    application: Id
    candidate: Id
    job: Id | None = None
    starts_at: Plan
    ends_at: Plan
    timezone: TimeZone | None = None
    stage: Stage | None = None
    format: Name | None = None
    interviewers: Interviewers = ()
    assesses: Annotated[tuple[Id, ...], Field(max_length=50)] = ()
    url: Url | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> "InterviewScheduled":
        if self.ends_at <= self.starts_at:
            raise PydanticCustomError("ends_before_start", "ends before it starts")
        return self


class InterviewCompleted(Event):
    """An interview took place; said by somebody, or assumed by the clock a day after its end."""

    topic: ClassVar[str] = "interview-completed"
    owner: ClassVar[str] = INTERVIEWS
    listens: ClassVar[frozenset[str]] = ALL
    fact_field: ClassVar[str] = "interview"
    job_field: ClassVar[str | None] = "job"

    interview: Id
    application: Id
    candidate: Id
    job: Id | None = None
    completed_at: Instant
    starts_at: Plan | None = None
    basis: Basis = Basis.SAID
    interviewers: Interviewers = ()

    @property
    def fact_id(self) -> str:
        return f"{self.interview}/assumed" if self.basis is Basis.ASSUMED else self.interview


class InterviewCancelled(Event):
    """An interview was called off."""

    topic: ClassVar[str] = "interview-cancelled"
    owner: ClassVar[str] = INTERVIEWS
    listens: ClassVar[frozenset[str]] = ALL
    fact_field: ClassVar[str] = "interview"

    interview: Id
    application: Id
    candidate: Id
    starts_at: Plan
    cancelled_at: Instant
    by: CancelledBy
    reason: Text | None = None


class InterviewMissed(Event):
    """Somebody did not come."""

    topic: ClassVar[str] = "interview-missed"
    owner: ClassVar[str] = INTERVIEWS
    listens: ClassVar[frozenset[str]] = ALL
    fact_field: ClassVar[str] = "interview"

    interview: Id
    application: Id
    candidate: Id
    starts_at: Plan
    missed_at: Instant
    by: MissedBy


class Rating(Value):
    """One competency as one interviewer saw it: `level` 0 to 1, null where it could not be assessed."""

    competency: Id
    level: Level | None
    raw: Name | None = None
    scale: Name | None = None


class Strength(Value):
    """What was seen and worked well."""

    competency: Id
    observed: Text


class Development(Value):
    """What was seen and could be built up, with a suggestion."""

    competency: Id
    observed: Text
    suggestion: Text


class Shareable(Value):
    """What the candidate may read."""

    language: Language
    strengths: Annotated[tuple[Strength, ...], Field(max_length=20)] = ()
    development: Annotated[tuple[Development, ...], Field(max_length=20)] = ()


class FeedbackSubmitted(Event):
    """An interviewer's structured verdict. Sent again, it corrects the earlier one."""

    topic: ClassVar[str] = "feedback-submitted"
    owner: ClassVar[str] = INTERVIEWS
    listens: ClassVar[frozenset[str]] = ALL
    fact_field: ClassVar[str] = "feedback"

    feedback: Id
    application: Id
    candidate: Id
    interviewer: Id
    submitted_at: Instant
    interview: Id | None = None
    submitted_by: Id | None = None
    kind: FeedbackKind = FeedbackKind.INTERVIEW
    overall: Overall | None = None
    ratings: Annotated[tuple[Rating, ...], Field(max_length=50)] = ()
    url: Url | None = None
    shareable: Shareable | None = None


class FeedbackWithdrawn(Event):
    """A feedback no longer stands."""

    topic: ClassVar[str] = "feedback-withdrawn"
    owner: ClassVar[str] = INTERVIEWS
    listens: ClassVar[frozenset[str]] = ALL
    fact_field: ClassVar[str] = "feedback"

    feedback: Id
    candidate: Id
    withdrawn_at: Instant


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


class ApplicationDecided(Event):
    """How an application ended."""

    topic: ClassVar[str] = "application-decided"
    owner: ClassVar[str] = INTERVIEWS
    listens: ClassVar[frozenset[str]] = ALL
    fact_field: ClassVar[str] = "application"
    job_field: ClassVar[str | None] = "job"

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


class ApplicationDecisionReversed(Event):
    """A decision no longer stands."""

    topic: ClassVar[str] = "application-decision-reversed"
    owner: ClassVar[str] = INTERVIEWS
    listens: ClassVar[frozenset[str]] = ALL
    fact_field: ClassVar[str] = "application"

    application: Id
    candidate: Id
    reversed_at: Instant


class Sender(Value):
    """Whom an organisation's mail comes from."""

    name: Name
    address: Email


Days = Annotated[int, Field(ge=1, le=365, strict=True)]
Months = Annotated[int, Field(ge=0, le=240, strict=True)]


class OrganizationConfigured(Event):
    """How one organisation wants things done; deadlines in business days."""

    topic: ClassVar[str] = "organization-configured"
    owner: ClassVar[str] = INTERVIEWS
    listens: ClassVar[frozenset[str]] = ALL
    partitions: ClassVar[int] = 1
    exclusive: ClassVar[bool] = True
    fact_field: ClassVar[str] = "organization"
    subject_field: ClassVar[str] = "organization"
    person_field: ClassVar[str | None] = None

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
    colour: Colour | None = None


EVENTS: tuple[type[Event], ...] = (
    UserRegistered,
    JobOpened,
    JobClosed,
    ApplicationSubmitted,
    InterviewScheduled,
    InterviewCompleted,
    InterviewCancelled,
    InterviewMissed,
    FeedbackSubmitted,
    FeedbackWithdrawn,
    ApplicationDecided,
    ApplicationDecisionReversed,
    OrganizationConfigured,
)
