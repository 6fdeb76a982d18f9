"""Relations: mentors and referrals."""

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.event import CANDIDATES, PEOPLE_SIDE, Event
from shared.contracts.values import Code, Day, Id, Instant, Text

MENTORSHIP = ("mentorship-accepted", "mentorship-ended")


class MentorshipProposed(Event, owner=CANDIDATES, listens=PEOPLE_SIDE, fact="relation"):
    """A recruiter proposes a mentor; said again with `agreed_at` once the mentor said yes."""

    relation: Id
    candidate: Id
    user: Id
    goals: Annotated[tuple[Text, ...], Field(max_length=20)]
    starts_on: Day
    ends_on: Day
    agreed_at: Instant | None = None
    renewed_at: Instant | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> "MentorshipProposed":
        if self.ends_on < self.starts_on:
            raise PydanticCustomError("ends_before_start", "ends before it starts")
        return self


class MentorshipAccepted(Event, owner=CANDIDATES, listens=PEOPLE_SIDE, fact="relation", replaces=MENTORSHIP):
    """Both sides said yes. Said again when what had ended it does not hold any more."""

    relation: Id
    candidate: Id
    user: Id


class MentorshipEnded(Event, owner=CANDIDATES, listens=PEOPLE_SIDE, fact="relation", replaces=MENTORSHIP):
    """A mentorship is over, unless `mentorship-accepted` follows: a user may be active again, a hire reversed."""

    relation: Id
    candidate: Id
    user: Id
    reason: Code


class ReferralMade(Event, owner=CANDIDATES, listens=PEOPLE_SIDE, fact="referral"):
    """Somebody of the organisation recommends somebody."""

    referral: Id
    candidate: Id
    user: Id
    job: Id | None = None
    note: Text | None = None
