"""What every contract says of itself in its header, and how the fact is named that it is a version of."""

from collections.abc import Iterator, Set
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from pydantic.alias_generators import to_snake

from shared.contracts.values import Value

INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS, EACH = "interviews", "candidates", "notifications", "insights", "each"
SCHEMAS = "https://talentloop.dev/schemas"
ALL = frozenset((INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS))
PEOPLE_SIDE = frozenset((CANDIDATES, NOTIFICATIONS))
NAMING = ALL - {INSIGHTS}  # insights knows ids only: nobody's name or address
LEARNING = PEOPLE_SIDE | {INSIGHTS}
ORGANIZATION = "organization"  # names what is about the whole of it; an attribute of the CloudEvent, no field

# Names ending in `_at` are past instants, but for these, which are plans.
PLANS = frozenset(("starts_at", "ends_at", "closes_at", "expires_at", "due_at", "reconfirm_at"))


class Event(Value):
    """One version of one fact, in the past tense. The organisation and the time are attributes of the CloudEvent.

    A contract says in its header how it travels: `class FeedbackWithdrawn(Event, owner=INTERVIEWS, listens=ALL, ...)`.
    """

    topic: ClassVar[str]
    owner: ClassVar[str]
    from_platforms: ClassVar[bool]
    listens: ClassVar[frozenset[str]]
    fact_field: ClassVar[str]
    subject_field: ClassVar[str]
    person_field: ClassVar[str | None]
    job_field: ClassVar[str | None]
    version: ClassVar[int]
    partitions: ClassVar[int]
    compacted: ClassVar[bool]
    exclusive: ClassVar[bool]
    replaces: ClassVar[tuple[str, ...]]
    instants: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls, **header: Any) -> None:
        """Whoever extends a contract, as the body of a route does, travels as it does."""
        super().__init_subclass__()
        if header or Event in cls.__bases__:
            cls._header(**header)

    @classmethod
    def _header(
        cls,
        *,
        owner: str,
        listens: Set[str],
        fact: str,
        person: str | None = "candidate",
        topic: str | None = None,
        from_platforms: bool = False,
        version: int = 1,
        partitions: int = 6,
        compacted: bool = True,
        exclusive: bool = False,
        replaces: tuple[str, ...] = (),
    ) -> None:
        """How a contract travels.

        - `owner`: the service that says it; `from_platforms`: platforms say it, too, as it happens there
        - `listens`: the services that hear it
        - `fact`: the field that names the fact; `organization` where it is the CloudEvent's
        - `person`: the field that names the person it is about; None where it is about nobody
        - `topic`: where it is another one than the class's name says
        - `exclusive`: concerns many people, so nobody else of the organisation works meanwhile
        - `replaces`: the topics that replace one another, this one included
        """
        cls.topic = topic or to_snake(cls.__name__).replace("_", "-")
        cls.owner, cls.from_platforms, cls.listens = owner, from_platforms, frozenset(listens)
        cls.fact_field, cls.person_field, cls.subject_field = fact, person, person or fact
        cls.version, cls.partitions, cls.compacted = version, partitions, compacted
        cls.exclusive, cls.replaces = exclusive, replaces

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """What its fields tell. Raises TypeError where the header names a field that is none."""
        said = {ORGANIZATION, *cls.model_fields}
        if unknown := {field for field in (cls.fact_field, cls.person_field) if field} - said:
            named = ", ".join(sorted(unknown))
            raise TypeError(
                f"{cls.__name__} has no field {named}: fact= and person= name fields; person=None is nobody"
            )
        cls.job_field = "job" if "job" in cls.model_fields else None
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
    def also_named(self) -> tuple[str, ...]:
        """People it concerns besides the one it is about: those of a merge."""
        return ()

    @property
    def job_id(self) -> str | None:
        """The job it is about, or None."""
        return getattr(self, self.job_field) if self.job_field else None

    @property
    def dated_at(self) -> datetime | None:
        """The time of an event that says no more exactly when it is said: it is said once, and its id is the fact's."""
        return None

    def past_instants(self) -> Iterator[datetime]:
        """Every instant that must not lie in the future."""
        for name in self.instants:
            if (instant := getattr(self, name)) is not None:
                yield instant

    def as_published(self) -> bytes:
        """The body as it goes to Kafka: what is not there is left out, as the schemas have it."""
        return self.__pydantic_serializer__.to_json(self, by_alias=True, exclude_none=True)


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
    return organization if event.fact_field == ORGANIZATION else event.fact_id


def schema_address(contract: type[Event]) -> str:
    """The name of a contract's JSON Schema and version, as in `ce_dataschema`."""
    return f"{SCHEMAS}/{contract.topic}/v{contract.version}"


def key_of(organization: str, event: Event) -> str:
    """The Kafka key: `organization/subject/name`."""
    if event.subject_field == ORGANIZATION:
        return f"{organization}/{organization}/{organization}"
    return f"{organization}/{event.subject_id}/{event.key_name}"


def body_json(event: Event) -> bytes:
    """The body as canonical JSON, to keep and to compare: every field, defaults and nulls included, instants in UTC."""
    return event.__pydantic_serializer__.to_json(event, by_alias=True)
