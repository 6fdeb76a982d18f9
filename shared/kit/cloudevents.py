"""CloudEvents 1.0 on Kafka: written in binary mode, read in binary and structured mode.

`ce_type` is the topic's name. `ce_dataschema` is `https://talentloop.dev/schemas/TOPIC/v1`, or absent.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from shared.contracts import BY_TOPIC, schema_address
from shared.kit.diagnosis import WHOLE, as_on_kafka, whole_event, why_missing

LARGEST = 1_048_576  # bytes of a record's value
_LONGEST_NAME = 200
_ORGANIZATION = re.compile(r"[A-Za-z0-9._:\-]{1,64}")
STRUCTURED = WHOLE.encode()
Headers = list[tuple[str, bytes]]
_IDS = re.compile(rb"[A-Za-z0-9._:\-]{1,64}(?:/[A-Za-z0-9._:\-]{1,64}){0,3}")
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_REQUIRED = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_organization")


class Envelope(NamedTuple):
    """The attributes of one CloudEvent; `type` is the topic's name, `time` aware UTC, `data` the body as JSON."""

    organization: str
    id: str
    source: str
    type: str
    time: datetime
    subject: str
    causation: str | None
    historical: bool
    data: bytes
    traceparent: str | None = None


class UnreadableEvent(Exception):
    """The record is no CloudEvent we can read; `code` is stable, `field` names the attribute to blame."""

    def __init__(self, code: str, field: str | None = None, detail: str = "") -> None:
        super().__init__(code, field, detail)
        self.code = code
        self.field = field
        self.detail = detail


@cache
def _dataschema(topic: str) -> bytes:
    return schema_address(BY_TOPIC[topic]).encode()


def encode(envelope: Envelope, key: str) -> tuple[bytes, bytes, Headers]:
    """Key, value and headers of a record in binary mode."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", envelope.id.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_time", envelope.time.isoformat().replace("+00:00", "Z").encode()),
        ("ce_dataschema", _dataschema(envelope.type)),
        ("ce_organization", envelope.organization.encode()),
        ("content-type", b"application/json"),
    ]
    if envelope.subject:
        headers.append(("ce_subject", envelope.subject.encode()))
    if envelope.causation:
        headers.append(("ce_causationid", envelope.causation.encode()))
    if envelope.historical:
        headers.append(("ce_historical", b"true"))
    if envelope.traceparent:
        headers.append(("traceparent", envelope.traceparent.encode()))
    return key.encode(), envelope.data, headers


def read(topic: str, value: bytes, headers: Sequence[tuple[str, bytes]]) -> Envelope:
    """The CloudEvent a record holds, in either mode; a header without a value is absent. Raises UnreadableEvent."""
    raw = dict(headers)
    if _is_structured(raw):
        raw, value = _open_structured(value)
    try:
        return _envelope(topic, raw, value)
    except UnicodeDecodeError:
        raise UnreadableEvent("not-cloudevent", None, "an attribute is not UTF-8") from None


class Name(NamedTuple):
    """What a record that may be no CloudEvent says of itself: None for what cannot be read, or is no single line."""

    organization: str | None
    id: str | None
    source: str | None


def name_of(value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> Name:
    """Whose event a record is, however wrong the rest of it may be."""
    raw = dict(headers)
    try:
        if _is_structured(raw):
            raw = _named_in(_parse_structured(value or b""))
        elif "ce_specversion" not in raw:
            raw = _named_in(whole_event(value or b"")) or as_on_kafka(raw)
    except UnreadableEvent:
        return Name(None, None, None)
    organization, *others = (_line(raw.get(f"ce_{name}")) for name in Name._fields)
    return Name(organization if organization and _ORGANIZATION.fullmatch(organization) else None, *others)


def _named_in(event: Mapping[str, Any]) -> dict[str, bytes]:
    return {f"ce_{name}": _text(name, event[name]) for name in Name._fields if event.get(name) is not None}


def key_as_ids(key: bytes | None) -> str | None:
    """A record's key, if it is ids and nothing else: whatever else a sender put there may be somebody's address."""
    return key.decode() if key and _IDS.fullmatch(key) else None


def _is_structured(headers: Mapping[str, bytes]) -> bool:
    return (headers.get("content-type") or b"").lower().startswith(STRUCTURED)


def _line(attribute: bytes | None) -> str | None:
    try:
        text = (attribute or b"").decode()
    except UnicodeDecodeError:
        return None
    return text if 0 < len(text) <= _LONGEST_NAME and text.isprintable() else None


def _parse_structured(value: bytes) -> dict[str, Any]:
    if len(value) > LARGEST:
        raise UnreadableEvent("too-large")
    try:
        event = from_json(value, allow_inf_nan=False)
    except ValueError:
        raise UnreadableEvent("not-json", None, "the structured event is not JSON") from None
    if not isinstance(event, dict):
        raise UnreadableEvent("not-cloudevent", None, "the structured event is not an object")
    return event


def _open_structured(value: bytes) -> tuple[dict[str, bytes], bytes]:
    """A structured event as the headers and the value it would have in binary mode."""
    event = _parse_structured(value)
    data = _data(event.pop("data", None), event.pop("data_base64", None))
    headers = {f"ce_{name}": _text(name, attribute) for name, attribute in event.items() if attribute is not None}
    if "ce_traceparent" in headers:
        headers["traceparent"] = headers["ce_traceparent"]
    return headers, data


def _data(data: Any, encoded: Any) -> bytes:
    """The body as bytes: JSON itself, or what an SDK was given as bytes (CloudEvents JSON format, 3.1.1)."""
    if data is not None and encoded is not None:
        raise UnreadableEvent("invalid-field", "data_base64", "there is data, too: only one of both may be there")
    if encoded is not None:
        try:
            return base64.b64decode(encoded, validate=True)
        except (ValueError, TypeError):
            raise UnreadableEvent("invalid-field", "data_base64", "is not base64") from None
    if data is None:
        raise UnreadableEvent("missing-attribute", "data")
    if not isinstance(data, dict):
        raise UnreadableEvent("invalid-field", "data", "is of the wrong type: not a JSON object")
    return to_json(data)


def _text(name: str, value: Any) -> bytes:
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, str | int):
        return str(value).encode()
    raise UnreadableEvent("invalid-field", name, "a CloudEvents attribute is a string, a number or a boolean")


def _envelope(topic: str, raw: Mapping[str, bytes], data: bytes) -> Envelope:
    for name in _REQUIRED:
        if not raw.get(name):
            raise UnreadableEvent(*why_missing(name[3:], raw, data))
    if raw["ce_specversion"] != b"1.0":
        raise UnreadableEvent("unknown-version", "specversion")
    if raw["ce_type"] != topic.encode():
        raise UnreadableEvent("wrong-type", "type")
    if (raw.get("ce_dataschema") or _dataschema(topic)) != _dataschema(topic):
        raise UnreadableEvent("unknown-version", "dataschema")
    causation, trace = raw.get("ce_causationid"), raw.get("traceparent")
    return Envelope(
        raw["ce_organization"].decode(),
        raw["ce_id"].decode(),
        raw["ce_source"].decode(),
        topic,
        _time(raw["ce_time"].decode()),
        (raw.get("ce_subject") or b"").decode(),
        causation.decode() if causation else None,
        _boolean("historical", raw.get("ce_historical") or b"false"),
        data,
        trace.decode() if trace and _TRACEPARENT.fullmatch(trace) else None,
    )


def _boolean(name: str, value: bytes) -> bool:
    """The Python SDK writes a boolean attribute as `True`, the specification says `true`."""
    spelled = value.lower()
    if spelled not in (b"true", b"false"):
        raise UnreadableEvent("invalid-field", name, "is true or false")
    return spelled == b"true"


def _time(text: str) -> datetime:
    """Digits of a second beyond the sixth are cut off."""
    if not (len(text) > 19 and text[10] in "Tt " and (text[-1] in "Zz" or text[-6] in "+-")):
        raise _no_time()
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError:
        raise UnreadableEvent("time-out-of-range", "time", "lies outside of 1970 to 2100") from None
    except ValueError:
        raise _no_time() from None


def _no_time() -> UnreadableEvent:
    return UnreadableEvent("invalid-field", "time", "is not an RFC 3339 time with an offset")
