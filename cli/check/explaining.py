"""What was seen in a refused record, and what is expected there, in words."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from pydantic_core import from_json

from shared.contracts import BY_TOPIC, schema_address
from shared.kit.cloudevents import STRUCTURED, Headers

_SHOWN = 80  # characters of what was seen
_NO_HEADERS = "no headers; kafka-console-consumer prints them with --property print.headers=true, kcat with -J"
_NOTHING = object()


class EventProblem(NamedTuple):
    """What is wrong with an event: as a service would say it when it parks the record, and what was seen."""

    code: str
    field: str | None
    detail: str


@dataclass(frozen=True)
class InspectedRecord:
    """A record that was looked at, read once more without any rule."""

    key: bytes | None
    value: bytes | None
    headers: Headers

    @cached_property
    def content_type(self) -> str:
        """Empty where no header says it."""
        return dict(self.headers).get("content-type", b"").decode(errors="replace")

    @cached_property
    def is_structured(self) -> bool:
        """The event is the value."""
        return self.content_type.lower().startswith(STRUCTURED.decode())

    @cached_property
    def told(self) -> Any:
        """The value as JSON; None where it is none."""
        try:
            return from_json(self.value or b"")
        except ValueError:
            return None

    @cached_property
    def attributes(self) -> dict[str, Any]:
        """The event's attributes by name."""
        if self.is_structured:
            return self.told if isinstance(self.told, dict) else {}
        return {n[3:]: v.decode(errors="replace") for n, v in self.headers if n.startswith("ce_")}

    @property
    def type(self) -> str:
        """What it says it is; empty where it does not."""
        found = self.attributes.get("type")
        return found if isinstance(found, str) else ""

    def seen_at(self, field: str) -> Any:
        """What stands in a field of its body, or else in an attribute."""
        part = self.attributes.get("data") if self.is_structured else self.told
        for name in field.split("."):
            part = _inside(part, name)
        return self.attributes.get(field, _NOTHING) if part is _NOTHING else part


def explain(problem: EventProblem, topic: str, record: InspectedRecord) -> EventProblem:
    """The problem with what is expected and what was seen."""
    words = [problem.detail or _expected(problem, topic), _seen(problem, record)]
    return problem._replace(detail="; ".join(filter(None, words)))


def _expected(problem: EventProblem, topic: str) -> str:
    """For refusals that name the field alone."""
    match problem.code, problem.field:
        case "missing-attribute", _:
            return "is missing in the event"
        case "wrong-type", _:
            return f"must be the topic's name, {topic}"
        case "unknown-version", "specversion":
            return "must be 1.0"
        case "unknown-version", _:
            return f"must be left out, or {schema_address(BY_TOPIC[topic])}"
    return ""


def _seen(problem: EventProblem, record: InspectedRecord) -> str:
    match problem.code:
        case "missing-attribute" if not record.is_structured:
            return f"seen: {_names(record)}"
        case "wrong-key":
            return f"seen: {'no key' if record.key is None else _shown(record.key.decode(errors='replace'))}"
        case "not-json":
            return _beginning(record.value or b"")
    found = record.seen_at(problem.field) if problem.field else _NOTHING
    return "" if found is _NOTHING else f"seen: {_shown(found)}"


def _names(record: InspectedRecord) -> str:
    """The headers there are: one that is spelled in another way stands among them."""
    names = [f"content-type {_shown(record.content_type)}"] if record.content_type else []
    names += [name for name, _ in record.headers if name != "content-type"]
    return _printable(", ".join(names)) or _NO_HEADERS


def _beginning(value: bytes) -> str:
    return f"seen: {_shown(value[:_SHOWN].decode(errors='replace'))}" if value else "seen: nothing"


def _inside(part: Any, name: str) -> Any:
    if isinstance(part, dict):
        return part.get(name, _NOTHING)
    if isinstance(part, list) and name.isdecimal() and int(name) < len(part):
        return part[int(name)]
    return _NOTHING


def _shown(value: Any) -> str:
    return _printable(json.dumps(value, ensure_ascii=False))


def _printable(text: str) -> str:
    """On one line of a terminal, and not too long for it."""
    clean = "".join(sign if sign.isprintable() else "?" for sign in text)
    return clean if len(clean) <= _SHOWN else f"{clean[:_SHOWN]}..."
