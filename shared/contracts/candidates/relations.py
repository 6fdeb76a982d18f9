"""Relations: mentors and referrals."""

from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.base import (
    CANDIDATES,
    PEOPLE_SIDE,
    Code,
    Day,
    Event,
    Id,
    Text,
)

MENTORSHIP = ("mentorship-accepted", "mentorship-ended")


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
    """Both sides said yes. Said again when what had ended it does not hold any more."""

    topic: ClassVar[str] = "mentorship-accepted"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    fact_field: ClassVar[str] = "relation"
    replaces: ClassVar[tuple[str, ...]] = MENTORSHIP

    relation: Id
    candidate: Id
    user: Id


class MentorshipEnded(Event):
    """A mentorship is over, unless `mentorship-accepted` follows: a user may be active again, a hire reversed."""

    topic: ClassVar[str] = "mentorship-ended"
    owner: ClassVar[str] = CANDIDATES
    listens: ClassVar[frozenset[str]] = PEOPLE_SIDE
    fact_field: ClassVar[str] = "relation"
    replaces: ClassVar[tuple[str, ...]] = MENTORSHIP

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
