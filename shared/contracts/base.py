"""What every contract shares: the event, its values with their bounds, and how a fact is named."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, ClassVar, NamedTuple, TypeAlias
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

INTERVIEWS, CANDIDATES, NOTIFICATIONS, EACH = "interviews", "candidates", "notifications", "each"
ALL = frozenset((INTERVIEWS, CANDIDATES, NOTIFICATIONS))
PEOPLE_SIDE = frozenset((CANDIDATES, NOTIFICATIONS))

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)

# Names ending in `_at` are past instants, but for these, which are plans.
PLANS = frozenset(("starts_at", "ends_at", "closes_at", "expires_at", "due_at", "reconfirm_at"))

# No control characters; `<` only where no markup can begin (not before a letter, `/` or `!`).
_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_LINE = r"\x00-\x1f\x7f-\x9f\u2028\u2029"


def _plain(control: str) -> str:
    return rf"^(?:[^<{control}]|<+[^<A-Za-z/!{control}])*<*$"


def _to_utc(value: datetime) -> datetime:
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside of 1970 to 2100") from None
    if not EARLIEST <= instant <= LATEST:
        raise ValueError("lies outside of 1970 to 2100")
    return instant


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _is_time_zone(value: str) -> str:
    if value not in _time_zones():
        raise ValueError("is not an IANA time zone")
    return value


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:\-]{1,64}$", coerce_numbers_to_str=True)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=_plain(_LINE))]
Code = Annotated[str, Field(pattern=r"^[a-z0-9_\-]{1,64}$")]
Text = Annotated[str, Field(min_length=1, max_length=600, pattern=_plain(_CONTROL))]
Description = Annotated[str, Field(min_length=1, max_length=20_000, pattern=_plain(_CONTROL))]
Email = Annotated[
    str, Field(max_length=254, pattern=r"^[^@\s\x00-\x20<>()\[\],;:\\\x22\x7f]+@[^@\s\x00-\x20<>()\[\],;:\\\x22\x7f]+$")
]
Phone = Annotated[str, Field(pattern=r"^[0-9+()/ .\-]{3,40}$")]
Url = Annotated[str, Field(max_length=2_000, pattern=r"^https://[^\s<>\x22\x00-\x20\x7f]+$")]
Language = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
TimeZone = Annotated[str, Field(max_length=64), AfterValidator(_is_time_zone)]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
Plan: TypeAlias = Instant
Level = Annotated[float, Field(ge=0, le=1)]


class Value(BaseModel):
    """A part of an event."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", allow_inf_nan=False, validate_by_name=True, validate_by_alias=True
    )


class Event(BaseModel):
    """One version of one fact, in the past tense. The organisation and the time are attributes of the CloudEvent."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", allow_inf_nan=False, validate_by_name=True, validate_by_alias=True
    )

    topic: ClassVar[str]
    owner: ClassVar[str]
    listens: ClassVar[frozenset[str]]
    version: ClassVar[int] = 1
    partitions: ClassVar[int] = 6
    compacted: ClassVar[bool] = True
    exclusive: ClassVar[bool] = False  # concerns many people, so nobody else of the organisation works meanwhile
    replaces: ClassVar[tuple[str, ...]] = ()  # the topics that replace one another, this one included
    fact_field: ClassVar[str]
    subject_field: ClassVar[str] = "candidate"
    person_field: ClassVar[str | None] = "candidate"
    job_field: ClassVar[str | None] = None
    instants: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        cls.instants = tuple(n for n in cls.model_fields if n.endswith("_at") and n not in PLANS)

    @property
    def fact_id(self) -> str:
        """The fact as it is stored, unique within organisation and topic."""
        fact: str = getattr(self, self.fact_field)
        return fact

    @property
    def key_name(self) -> str:
        """The last part of the Kafka key."""
        return self.fact_id

    @property
    def subject_id(self) -> str:
        """Whom or what the fact is about: the middle part of the Kafka key."""
        subject: str = getattr(self, self.subject_field)
        return subject

    @property
    def candidate_id(self) -> str | None:
        """The person it is about, or None."""
        return getattr(self, self.person_field) if self.person_field else None

    @property
    def job_id(self) -> str | None:
        """The job it is about, or None."""
        return getattr(self, self.job_field) if self.job_field else None

    def past_instants(self) -> Iterator[datetime]:
        """Every instant that must not lie in the future."""
        for name in self.instants:
            if (instant := getattr(self, name)) is not None:
                yield instant


class Cause(NamedTuple):
    """The fact because of which something is said."""

    topic: str
    fact: str


class Saying(NamedTuple):
    """What a handler says about one organisation's fact, and because of which other fact."""

    organization: str
    event: Event
    cause: Cause | None = None


def fact_of(organization: str, event: Event) -> str:
    """The fact's id; the organisation's own settings are named by the organisation."""
    return organization if event.fact_field == "organization" else event.fact_id


def subject_of(organization: str, event: Event) -> str:
    """The subject's id; the organisation's own settings are about the organisation."""
    return organization if event.subject_field == "organization" else event.subject_id


def key_of(organization: str, event: Event) -> str:
    """The Kafka key: `organization/subject/name`."""
    if event.subject_field == "organization":
        return f"{organization}/{organization}/{organization}"
    return f"{organization}/{event.subject_id}/{event.key_name}"


def body_json(event: Event) -> bytes:
    """The body as canonical JSON: every field, defaults and nulls included, instants in UTC."""
    return event.__pydantic_serializer__.to_json(event, by_alias=True)
