"""Feedback: verdicts, ratings, and what may be shared."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field
from pydantic_core import from_json, to_json

from shared.contracts.event import ALL, INTERVIEWS, Event
from shared.contracts.values import Id, Instant, Language, Level, Name, Text, Url, Value


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


class MisconceptionAbout(StrEnum):
    """What a candidate had understood otherwise."""

    ROLE = "role"
    TEAM = "team"
    ORGANIZATION = "organization"
    PROCESS = "process"
    COMPETENCY = "competency"


class Misconception(Value):
    """What a candidate had understood otherwise: for the organisation, never for a letter."""

    about: MisconceptionAbout
    observed: Text


class Shareable(Value):
    """What the candidate may read."""

    language: Language
    strengths: Annotated[tuple[Strength, ...], Field(max_length=20)] = ()
    development: Annotated[tuple[Development, ...], Field(max_length=20)] = ()


class FeedbackSubmitted(Event, owner=INTERVIEWS, from_platforms=True, listens=ALL, fact="feedback"):
    """An interviewer's structured verdict. Sent again, it corrects the earlier one."""

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
    misconceptions: Annotated[tuple[Misconception, ...], Field(max_length=3)] = ()

    def as_published(self) -> bytes:
        """With the null that says something: a level that could not be assessed."""
        body = from_json(super().as_published())
        body["ratings"] = [{**rating, "level": rating.get("level")} for rating in body["ratings"]]
        return to_json(body)


class FeedbackWithdrawn(Event, owner=INTERVIEWS, from_platforms=True, listens=ALL, fact="feedback"):
    """A feedback no longer stands."""

    feedback: Id
    candidate: Id
    withdrawn_at: Instant
