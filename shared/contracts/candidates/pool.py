"""The talent pool: tiers, places, and a person's review."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.event import CANDIDATES, LEARNING, PEOPLE_SIDE, Event
from shared.contracts.values import Id, Instant, Name, Plan, Text


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


POOL = ("candidate-pooled", "candidate-left-pool")


class CandidatePooled(Event, owner=CANDIDATES, listens=LEARNING, fact="membership", replaces=POOL):
    """Where somebody stands in the pool of one family of jobs, and why."""

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


class CandidateLeftPool(Event, owner=CANDIDATES, listens=LEARNING, fact="membership", replaces=POOL):
    """Somebody is no longer in the pool of one family."""

    membership: Id
    candidate: Id
    family: Name
    reason: LeaveReason


class MembershipReviewed(Event, owner=CANDIDATES, listens=PEOPLE_SIDE, fact="membership"):
    """A person looked at a membership and decided."""

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
