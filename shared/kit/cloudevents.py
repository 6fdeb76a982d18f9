"""CloudEvents 1.0 on Kafka: written in binary mode, read in binary and structured mode."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from shared.contracts import BY_TOPIC

STRUCTURED = "application/cloudevents+json"
SCHEMAS = "https://talentloop.dev/schemas"
Headers = list[tuple[str, bytes]]


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


class Unreadable(Exception):
    """The record is no CloudEvent we can read; `code` is stable, `field` names the attribute to blame."""

    def __init__(self, code: str, field: str | None = None, detail: str = "") -> None:
        super().__init__(code, field, detail)
        self.code = code
        self.field = field
        self.detail = detail


def dataschema(topic: str) -> str:
    """The address of a contract's JSON Schema and version."""
    return f"{SCHEMAS}/{topic}/v{BY_TOPIC[topic].version}"


def encode(envelope: Envelope, key: str) -> tuple[bytes, bytes, Headers]:
    """Key, value and headers of a record in binary mode."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", envelope.id.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_time", envelope.time.isoformat().replace("+00:00", "Z").encode()),
        ("ce_subject", envelope.subject.encode()),
        ("ce_dataschema", dataschema(envelope.type).encode()),
        ("ce_organization", envelope.organization.encode()),
        ("content-type", b"application/json"),
    ]
    if envelope.causation:
        headers.append(("ce_causationid", envelope.causation.encode()))
    if envelope.historical:
        headers.append(("ce_historical", b"true"))
    if envelope.traceparent:
        headers.append(("traceparent", envelope.traceparent.encode()))
    return key.encode(), envelope.data, headers


def read(topic: str, value: bytes, headers: Sequence[tuple[str, bytes]]) -> Envelope:
    """The CloudEvent a record holds, in either mode. Raises Unreadable."""
    raw = dict(headers)
    if raw.get("content-type", b"").startswith(STRUCTURED.encode()):
        return _read_structured(topic, value)
    try:
        attributes = {n[3:]: v.decode() for n, v in raw.items() if n.startswith("ce_")}
    except UnicodeDecodeError:
        raise Unreadable("not-cloudevent", None, "a header is not UTF-8") from None
    trace = raw.get("traceparent")
    return _envelope(topic, attributes, value, trace.decode("ascii", "ignore") if trace else None)


def _read_structured(topic: str, value: bytes) -> Envelope:
    try:
        event = from_json(value, allow_inf_nan=False)
    except ValueError:
        raise Unreadable("not-json", None, "the structured event is not JSON") from None
    if not isinstance(event, dict):
        raise Unreadable("not-cloudevent", None, "the structured event is not an object")
    data = event.pop("data", None)
    if not isinstance(data, dict):
        raise Unreadable("missing-attribute", "data")
    attributes = {name: _text(name, attribute) for name, attribute in event.items()}
    return _envelope(topic, attributes, to_json(data), attributes.get("traceparent"))


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    raise Unreadable("invalid-field", name, "a CloudEvents attribute is a string, a number or a boolean")


def _envelope(topic: str, given: Mapping[str, str], data: bytes, traceparent: str | None) -> Envelope:
    for name in ("specversion", "id", "source", "type", "time", "organization"):
        if not given.get(name):
            raise Unreadable("missing-attribute", name)
    if given["specversion"] != "1.0":
        raise Unreadable("unknown-version", "specversion")
    if given["type"] != topic:
        raise Unreadable("wrong-type", "type")
    if given.get("dataschema", dataschema(topic)) != dataschema(topic):
        raise Unreadable("unknown-version", "dataschema")
    if given.get("historical", "false") not in ("true", "false"):
        raise Unreadable("invalid-field", "historical", "is true or false")
    return Envelope(
        given["organization"],
        given["id"],
        given["source"],
        topic,
        _time(given["time"]),
        given.get("subject", ""),
        given.get("causationid"),
        given.get("historical") == "true",
        data,
        traceparent,
    )


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if _has_offset(text) else _refuse_time()
    except (ValueError, OverflowError):
        raise Unreadable("invalid-field", "time", "is not an RFC 3339 time with an offset") from None


def _has_offset(text: str) -> bool:
    return len(text) > 19 and (text[-1] in "Zz" or text[-6] in "+-") and text[10] in "Tt "


def _refuse_time() -> datetime:
    raise ValueError
