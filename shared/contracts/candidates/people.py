"""People: profiles, merges, erasure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.contracts.event import ALL, CANDIDATES, EACH, NAMING, Event
from shared.contracts.values import (
    Country,
    Email,
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


class CandidateRegistered(Event, owner=CANDIDATES, from_platforms=True, listens=NAMING, fact="candidate"):
    """Somebody's profile. Said again, it is the newer whole profile."""

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


class OwnField(StrEnum):
    """What people correct of their own profile."""

    NAME = "name"
    PREFERRED_NAME = "preferred_name"
    LANGUAGE = "language"
    TIMEZONE = "timezone"


class ProfileCorrected(Event, owner=CANDIDATES, listens={CANDIDATES}, fact="candidate"):
    """What somebody says of themselves, against whatever is registered of them: their profile is said again with it.

    `corrected` names what they said; of these a field that is absent is said to be nothing.
    """

    candidate: Id
    corrected: Annotated[tuple[OwnField, ...], Field(min_length=1, max_length=4)]
    corrected_at: Instant
    name: Name | None = None
    preferred_name: Name | None = None
    language: Language | None = None
    timezone: TimeZone | None = None

    @model_validator(mode="after")
    def _is_called_something(self) -> "ProfileCorrected":
        if OwnField.NAME in self.corrected and self.name is None:
            raise PydanticCustomError("names_nobody", "corrects the name to none")
        return self


class CandidateMerged(
    Event, owner=CANDIDATES, from_platforms=True, listens=ALL, fact="surviving", person="surviving", exclusive=True
):
    """The whole list of ids that one person was also known by; an empty list unmerges."""

    surviving: Id
    merged: Annotated[tuple[Id, ...], Field(max_length=50)]
    merged_at: Instant

    @property
    def also_named(self) -> tuple[str, ...]:
        """Those who turn out to be the same person."""
        return self.merged

    @model_validator(mode="after")
    def _not_itself(self) -> "CandidateMerged":
        if self.surviving in self.merged:
            raise PydanticCustomError("merges_itself", "merges somebody into themselves")
        return self


class ErasureRequested(Event, owner=CANDIDATES, from_platforms=True, listens=ALL, fact="candidate"):
    """Somebody is to be forgotten: restricted at once, and erased; a day later where they asked themselves."""

    candidate: Id
    requested_at: Instant
    by: RequestedBy


class CandidateErased(Event, owner=CANDIDATES, from_platforms=True, listens=ALL, fact="candidate"):
    """Everything about somebody that was said until `erased_at` is gone."""

    candidate: Id
    erased_at: Instant


class ErasureCompleted(Event, owner=EACH, listens={CANDIDATES}, fact="candidate"):
    """One service's receipt: it holds nothing of this person any more, or until when it must."""

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
