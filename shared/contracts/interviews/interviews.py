"""Interviews: their slots, and what became of them."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.event import ALL, INTERVIEWS, Event
from shared.contracts.values import Flag, Id, Instant, Name, Plan, Text, TimeZone, Url, Value


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


class InterviewScheduled(Event, owner=INTERVIEWS, from_platforms=True, listens=ALL, fact="interview"):
    """When an interview is to be, and with whom. The newest schedule is the slot.

    Candidates read `location` and `meeting_url`; `url` is where the platform shows it, for colleagues.
    """

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
    location: Name | None = None
    meeting_url: Url | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> "InterviewScheduled":
        if self.ends_at <= self.starts_at:
            raise PydanticCustomError("ends_before_start", "ends before it starts")
        return self


class InterviewCompleted(Event, owner=INTERVIEWS, from_platforms=True, listens=ALL, fact="interview"):
    """An interview took place; said by somebody, or assumed by the clock a day after its end."""

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


class InterviewCancelled(Event, owner=INTERVIEWS, from_platforms=True, listens=ALL, fact="interview"):
    """An interview was called off."""

    interview: Id
    application: Id
    candidate: Id
    starts_at: Plan
    cancelled_at: Instant
    by: CancelledBy
    reason: Text | None = None


class InterviewMissed(Event, owner=INTERVIEWS, from_platforms=True, listens=ALL, fact="interview"):
    """Somebody did not come."""

    interview: Id
    application: Id
    candidate: Id
    starts_at: Plan
    missed_at: Instant
    by: MissedBy
