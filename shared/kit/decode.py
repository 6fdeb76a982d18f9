"""Whether a record is acceptable: a property of the record alone, the same in every service."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.contracts import BY_TOPIC, EARLIEST, LATEST, Event, body_json, fact_of, key_of
from shared.kit.cloudevents import Envelope, Unreadable, read

LARGEST = 1_048_576  # bytes of a record's value
TOLERANCE = timedelta(minutes=10)  # how far a clock may be ahead of the broker's and ours
RESERVED = b"~"  # keys that begin so belong to the kit, such as the compaction nudge
_ID = re.compile(r"[A-Za-z0-9._:\-]{1,64}")
_EVENT_ID = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


class Accepted(NamedTuple):
    """A record that may be saved. `unknown`: fields its contract does not know."""

    envelope: Envelope
    event: Event
    fact: str
    body: bytes
    unknown: tuple[str, ...]


class Refused(NamedTuple):
    """A record to be parked: a stable code, the field to blame, and never the value."""

    organization: str | None
    code: str
    field: str | None
    detail: str


class Ignored(NamedTuple):
    """A tombstone, or a record of the kit's own."""

    key: bytes | None


def accept(
    topic: str,
    key: bytes | None,
    value: bytes | None,
    headers: Sequence[tuple[str, bytes]],
    timestamp: int,
    now: datetime,
) -> Accepted | Refused | Ignored:
    """Read one record of a topic; `timestamp` is the broker's append time in milliseconds."""
    if value is None or (key is not None and key.startswith(RESERVED)):
        return Ignored(key)
    if len(value) > LARGEST:
        return Refused(None, "too-large", None, f"{len(value)} bytes; at most {LARGEST}")
    try:
        envelope = read(topic, value, headers)
    except Unreadable as error:
        return Refused(None, error.code, error.field, error.detail)
    if not _ID.fullmatch(envelope.organization):
        return Refused(None, "invalid-field", "organization", "is not an id")
    return _accept(envelope, key, timestamp, now)


def _accept(envelope: Envelope, key: bytes | None, timestamp: int, now: datetime) -> Accepted | Refused:
    organization = envelope.organization
    if not (_EVENT_ID.fullmatch(envelope.id) and _EVENT_ID.fullmatch(envelope.source)):
        return Refused(organization, "invalid-field", "id", "id and source have 1 to 200 printable characters")
    if envelope.causation and not _EVENT_ID.fullmatch(envelope.causation):
        return Refused(organization, "invalid-field", "causationid", "has 1 to 200 printable characters")
    try:
        event, unknown = _validate(BY_TOPIC[envelope.type], envelope.data)
    except ValidationError as error:
        return _refuse(organization, error)
    wanted = key_of(organization, event)
    if key != wanted.encode():
        return Refused(organization, "wrong-key", None, f"the key is not {wanted}")
    if problem := _wrong_time(envelope, event, timestamp, now):
        return Refused(organization, *problem)
    return Accepted(envelope, event, fact_of(organization, event), body_json(event), unknown)


def _validate(contract: type[Event], data: bytes) -> tuple[Event, tuple[str, ...]]:
    """Strictly first, as unknown fields are rare: only then they cost a second look."""
    validator: Any = contract.__pydantic_validator__
    try:
        return validator.validate_json(data, extra="forbid"), ()
    except ValidationError as error:
        unknown = [e for e in error.errors(include_input=False, include_url=False) if e["type"] == "extra_forbidden"]
        event = validator.validate_json(data)
        return event, tuple(sorted({_generic(e["loc"]) for e in unknown}))


def _refuse(organization: str, error: ValidationError) -> Refused:
    first: ErrorDetails = error.errors(include_input=False, include_url=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"])[:200] or None
    code = "not-json" if first["type"] == "json_invalid" else "invalid-field"
    return Refused(organization, code, field, first["msg"][:300])


def _generic(location: tuple[int | str, ...]) -> str:
    """A field's path without its places in lists, cut to what a table column holds."""
    return ".".join("[]" if isinstance(part, int) else part for part in location)[:200]


def _wrong_time(envelope: Envelope, event: Event, timestamp: int, now: datetime) -> tuple[str, str, str] | None:
    appended = datetime.fromtimestamp(max(timestamp, 0) / 1000, UTC)
    latest = max(appended, now) + TOLERANCE
    if not EARLIEST <= envelope.time <= LATEST:
        return "time-out-of-range", "time", "lies outside of 1970 to 2100"
    if envelope.time > latest:
        return "time-in-future", "time", "is more than 10 minutes ahead"
    for instant in event.past_instants():
        if instant > latest:
            return "time-in-future", "instant", "an instant that should lie in the past is more than 10 minutes ahead"
    return None
