"""Consent: what for, and whether it was given."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.contracts.event import CANDIDATES, PEOPLE_SIDE, Event
from shared.contracts.values import Flag, Id, Instant, Language, Name, Plan


class Purpose(StrEnum):
    """What a consent is for."""

    TALENT_POOL = "talent_pool"
    KEEP_IN_TOUCH = "keep_in_touch"
    MENTORING = "mentoring"
    SURVEY = "survey"


class Condition(StrEnum):
    """What a consent attests."""

    ADULT = "adult"


class ConsentChanged(Event, owner=CANDIDATES, from_platforms=True, listens=PEOPLE_SIDE, fact="candidate"):
    """Somebody granted or withdrew consent to one purpose."""

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
