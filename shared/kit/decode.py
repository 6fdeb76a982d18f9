"""Whether a record is acceptable: a property of the record alone, the same in every service.

Codes are stable: not-cloudevent, missing-attribute, wrong-type, unknown-version, too-large, not-json, invalid-field,
wrong-key, time-in-future, time-out-of-range. A key that stands twice in one JSON object counts as its last value.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json

from shared.contracts import BY_TOPIC, EARLIEST, LATEST, Event, body_json, fact_of, find_invalid, key_of
from shared.kit.cloudevents import LARGEST, Envelope, UnreadableEvent, name_of, read
from shared.kit.diagnosis import why_not_json

TOLERANCE = timedelta(minutes=10)  # how far a clock may be ahead of the broker's and ours
RESERVED = b"~"  # keys that begin so belong to the kit, such as the compaction nudge
MOST_UNKNOWN = 20  # unknown fields named per record
MOST_NAMED = 2000  # beyond these they are counted and not looked at
_ID = re.compile(r"[A-Za-z0-9._:\-]{1,64}")
_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,200}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CODES = {
    "json_invalid": "not-json",
    "time_out_of_range": "time-out-of-range",
    "extra_forbidden": "unknown-field",
}


class Accepted(NamedTuple):
    """A record that may be saved. `unknown`: fields its contract does not know."""

    envelope: Envelope
    event: Event
    fact: str
    body: bytes
    unknown: tuple[str, ...]


class RefusedRecord(NamedTuple):
    """A record to be parked: a stable code, the field to blame, the key it should have had, and never the value."""

    organization: str | None
    code: str
    field: str | None
    detail: str
    expected_key: str | None = None


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
) -> Accepted | RefusedRecord | Ignored:
    """Read one record of a topic; `timestamp` is the broker's append time in milliseconds."""
    if value is None or (key is not None and key.startswith(RESERVED)):
        return Ignored(key)
    appended = datetime.fromtimestamp(max(timestamp, 0) / 1000, UTC)
    outcome = examine(topic, value, headers, max(appended, now))
    if isinstance(outcome, RefusedRecord):
        return outcome
    organization = outcome.envelope.organization
    wanted = key_of(organization, outcome.event)
    if key != wanted.encode():
        return RefusedRecord(organization, "wrong-key", None, f"the key is not {wanted}"[:300], wanted)
    return outcome


def examine(topic: str, value: bytes, headers: Sequence[tuple[str, bytes]], now: datetime) -> Accepted | RefusedRecord:
    """Everything about a record but its key."""
    if len(value) > LARGEST:
        return RefusedRecord(_whose(value, headers), "too-large", None, f"{len(value)} bytes; at most {LARGEST}")
    try:
        envelope = read(topic, value, headers)
    except UnreadableEvent as error:
        return RefusedRecord(_whose(value, headers), error.code, error.field, error.detail)
    organization = envelope.organization
    if not _ID.fullmatch(organization):
        return RefusedRecord(None, "invalid-field", "organization", "is not an id")
    for name, line in (("id", envelope.id), ("source", envelope.source), ("causationid", envelope.causation)):
        if line is not None and not _LINE.fullmatch(line):
            return RefusedRecord(organization, "invalid-field", name, "is not one line of 1 to 200 characters")
    outcome = _examine_body(envelope, now + TOLERANCE)
    if isinstance(outcome, RefusedRecord) and outcome.code == "not-json":
        return outcome._replace(detail=why_not_json(dict(headers), value) or outcome.detail)
    return outcome


def _whose(value: bytes, headers: Sequence[tuple[str, bytes]]) -> str | None:
    """A refusal is filed where its sender looks for it, whatever else is wrong with the record."""
    return name_of(value, headers).organization


def _examine_body(envelope: Envelope, latest: datetime) -> Accepted | RefusedRecord:
    organization = envelope.organization
    try:
        event, unknown = validate(BY_TOPIC[envelope.type], envelope.data)
    except ValidationError as error:
        return RefusedRecord(organization, *complaints(error)[0])
    except ValueError as error:
        return RefusedRecord(organization, "not-json", None, str(error)[:300])
    if problem := _wrong_time(envelope, event, latest):
        return RefusedRecord(organization, *problem)
    body = body_json(event)
    if invalid := find_invalid(event, body):
        return RefusedRecord(organization, "invalid-field", *invalid)
    return Accepted(envelope, event, fact_of(organization, event), body, unknown)


def validate(contract: type[Event], data: bytes) -> tuple[Event, tuple[str, ...]]:
    """The event and its unknown fields. Raises ValidationError, or ValueError where the body is not JSON.

    Strictly first, as unknown fields are rare: only then they cost a second look. No contract takes NaN, so that can
    hide in an unknown field only.
    """
    validator: Any = contract.__pydantic_validator__
    try:
        return validator.validate_json(data, extra="forbid"), ()
    except ValidationError as error:
        from_json(data, allow_inf_nan=False)
        event = validator.validate_json(data)
        if error.error_count() > MOST_NAMED:
            return event, (f"{error.error_count()} fields",)
        return event, tuple(islice(sorted(_unknown(error)), MOST_UNKNOWN))


def complaints(error: ValidationError) -> list[tuple[str, str | None, str]]:
    """Code, field and words of everything a contract finds wrong; never the value."""
    if error.error_count() > MOST_NAMED:
        return [("invalid-field", None, f"{error.error_count()} fields are missing, unknown or wrong")]
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return [(_CODES.get(e["type"], "invalid-field"), _path(e) or None, e["msg"][:300]) for e in found]


def _path(error: ErrorDetails) -> str:
    return one_line(".".join(str(part) for part in error["loc"]))


def _unknown(error: ValidationError) -> set[str]:
    """Paths without places in lists."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    forbidden = (e["loc"] for e in found if e["type"] == "extra_forbidden")  # such objects in a list make it too short
    paths = (".".join("[]" if isinstance(part, int) else part for part in loc) for loc in forbidden)
    return {one_line(path) or "?" for path in paths}


def one_line(text: str) -> str:
    """The name of an unknown field is the sender's own text: cut, and without control characters."""
    return _UNPRINTABLE.sub("?", text)[:200]


def _wrong_time(envelope: Envelope, event: Event, latest: datetime) -> tuple[str, str, str] | None:
    if not EARLIEST <= envelope.time <= LATEST:
        return "time-out-of-range", "time", "lies outside of 1970 to 2100"
    if envelope.time > latest:
        return "time-in-future", "time", "is more than 10 minutes ahead"
    if place := find_future(event, latest):
        return "time-in-future", place, "is more than 10 minutes ahead"
    return None


def find_future(event: Event, latest: datetime) -> str | None:
    """Where in an event an instant that should be past is later than `latest`."""
    for instant in event.past_instants():
        if instant > latest:
            return next(_places(event, instant))
    return None


def _places(part: Any, instant: datetime) -> Iterator[str]:
    """Where in an event an instant stands."""
    inner = enumerate(part) if isinstance(part, tuple) else part if isinstance(part, BaseModel) else ()
    for name, value in inner:
        if value == instant:
            yield str(name)
        yield from (f"{name}.{place}" for place in _places(value, instant))
