"""People: profiles, merges, erasure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.base import (
    ALL,
    CANDIDATES,
    EACH,
    PEOPLE_SIDE,
    Country,
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


class RequestedBy(StrEnum):
    """Who asked for an erasure."""

    CANDIDATE = "candidate"
    PLATFORM = "platform"
    RETENTION = "retention"


TIME_TO_OBJECT = timedelta(hours=24)  # between a candidate's own request and the erasure: they are written to first


class Skill(Value):
    """What somebody says they can, and when they said it."""

    name: Name
    said_at: Instant


class CandidateRegistered(Event):
    """Somebody's profile. Said again, it is the newer whole profile."""

    topic: ClassVar[str] = "candidate-registered"
    owner: ClassVar[str] = CANDIDATES
    from_platforms: ClassVar[bool] = True
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


class CandidateMerged(Event):
    """The whole list of ids that one person was also known by; an empty list unmerges."""

    topic: ClassVar[str] = "candidate-merged"
    owner: ClassVar[str] = CANDIDATES
    from_platforms: ClassVar[bool] = True
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
    """Somebody is to be forgotten: restricted at once, and erased; a day later where they asked themselves."""

    topic: ClassVar[str] = "erasure-requested"
    owner: ClassVar[str] = CANDIDATES
    from_platforms: ClassVar[bool] = True
    listens: ClassVar[frozenset[str]] = ALL
    fact_field: ClassVar[str] = "candidate"

    candidate: Id
    requested_at: Instant
    by: RequestedBy


class CandidateErased(Event):
    """Everything about somebody that was said until `erased_at` is gone."""

    topic: ClassVar[str] = "candidate-erased"
    owner: ClassVar[str] = CANDIDATES
    from_platforms: ClassVar[bool] = True
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
