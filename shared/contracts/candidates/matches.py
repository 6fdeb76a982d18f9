"""Matches: the arithmetic, the gaps, and a person's review."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.contracts.event import CANDIDATES, LEARNING, Event
from shared.contracts.values import Code, Flag, Id, Instant, Name, Plan, Value


class GapKind(StrEnum):
    """Below the level asked for is not the same as never assessed."""

    BELOW_LEVEL = "below_level"
    NOT_ASSESSED = "not_assessed"


class MatchOutcome(StrEnum):
    """What a person did with a proposal."""

    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


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


class CandidateMatched(Event, owner=CANDIDATES, listens=LEARNING, fact="match", replaces=MATCH):
    """Somebody is proposed for a job; a person decides.

    `factors`: what the job asks for and somebody rated, however long ago; `gaps`: everything asked for that is not
    met; `of`: how much the job asks for. What nobody rated adds nothing, so it is among the gaps only.
    """

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


class MatchWithdrawn(Event, owner=CANDIDATES, listens=LEARNING, fact="match", replaces=MATCH):
    """A proposal no longer stands."""

    match: Id
    candidate: Id
    job: Id
    reason: Code


class ReviewReason(Value):
    """Why, as a code."""

    code: Id


class MatchReviewed(Event, owner=CANDIDATES, listens=LEARNING, fact="match"):
    """A person accepted or dismissed a proposal."""

    match: Id
    job: Id
    candidate: Id
    outcome: MatchOutcome
    by: Id
    reviewed_at: Instant
    reason: ReviewReason
    not_before: Plan | None = None
