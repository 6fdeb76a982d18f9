"""`talentloop check`: would these events be accepted? Strict: a field no contract knows is an error here."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from pydantic import ValidationError
from pydantic_core import from_json, to_json

from cli.errors import UserMistake
from shared.contracts import BY_TOPIC, key_of
from shared.kit import cloudevents, decode
from shared.kit.decode import Refused

_STRUCTURED: cloudevents.Headers = [("content-type", cloudevents.STRUCTURED)]


class Item(NamedTuple):
    """One event of the file: where it stands, and its JSON."""

    place: str
    value: bytes


class Problem(NamedTuple):
    """What is wrong with one event: as a service would say it when it parks the record."""

    place: str
    topic: str | None
    code: str
    field: str | None
    detail: str


class Checked(NamedTuple):
    """What came of one event: its Kafka key where it is acceptable."""

    place: str
    topic: str | None
    key: str | None
    problems: list[Problem]


def check(
    file: Annotated[Path, typer.Argument(help="JSON lines, a JSON array or one object; `-` reads standard input.")],
    topic: Annotated[
        str | None, typer.Option(help="The file holds bare bodies of this topic, no whole CloudEvents.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check events before you send them: structured CloudEvents, or bare bodies with --topic.

    Strict: unknown fields are errors. Exit 0 when all are acceptable, 1 when not.
    """
    if topic is not None and topic not in BY_TOPIC:
        raise UserMistake(f"There is no topic {topic!r}. The topics are: {', '.join(sorted(BY_TOPIC))}.")
    now = datetime.now(UTC)
    items = split(_read(file))
    if not items:
        raise UserMistake(f"{file} holds no event.")
    checked = [_look_at(item, topic, _bare(topic, now), now) if topic else _open(item, now) for item in items]
    _print_json(checked) if as_json else _print(checked)
    raise typer.Exit(1 if any(c.problems for c in checked) else 0)


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise UserMistake(f"{file} cannot be read: {error.strerror}.") from None


def split(text: bytes) -> list[Item]:
    """The events of a file: of an array, of one object, or one a line."""
    try:
        whole = from_json(text, allow_inf_nan=False)
    except ValueError:
        return list(_lines(text)) if not text.lstrip().startswith(b"[") else [Item("the file", text)]
    if isinstance(whole, list):
        return [Item(f"event {number}", to_json(event)) for number, event in enumerate(whole, 1)]
    return [Item("event 1", text)]


def _lines(text: bytes) -> Iterator[Item]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield Item(f"line {number}", line)


def _open(item: Item, now: datetime) -> Checked:
    """A structured CloudEvent says itself what it is."""
    topic = _topic_of(item.value)
    if isinstance(topic, Problem):
        return Checked(item.place, None, None, [topic._replace(place=item.place)])
    return _look_at(item, topic, _STRUCTURED, now)


def _bare(topic: str, now: datetime) -> cloudevents.Headers:
    """The headers a bare body might travel with."""
    envelope = cloudevents.Envelope("organization", "id", "source", topic, now, "", None, False, b"")
    return cloudevents.encode(envelope, "")[2]


def _look_at(item: Item, topic: str, headers: cloudevents.Headers, now: datetime) -> Checked:
    outcome = decode.examine(topic, item.value, headers, now)
    problems = _contract_problems(item, topic, headers)
    if isinstance(outcome, Refused):
        first = Problem(item.place, topic, outcome.code, outcome.field, outcome.detail)
        return Checked(item.place, topic, None, problems or [first])
    whole = headers is _STRUCTURED and not problems
    return Checked(item.place, topic, key_of(outcome.envelope.organization, outcome.event) if whole else None, problems)


def _topic_of(value: bytes) -> str | Problem:
    """The topic a structured event belongs on: its `type`."""
    try:
        event = from_json(value, allow_inf_nan=False)
    except ValueError as error:
        return Problem("", None, "not-json", None, str(error)[:300])
    if not isinstance(event, dict) or "specversion" not in event:
        return Problem("", None, "not-cloudevent", None, "no structured CloudEvent; for bare bodies say --topic TOPIC")
    topic = event.get("type")
    if not isinstance(topic, str) or topic not in BY_TOPIC:
        return Problem("", None, "wrong-type", "type", "is not the name of a topic")
    return topic


def _contract_problems(item: Item, topic: str, headers: cloudevents.Headers) -> list[Problem]:
    """Everything the contract finds in a readable record, where a service would stop at the first."""
    try:
        data = cloudevents.read(topic, item.value, headers).data
        validator: Any = BY_TOPIC[topic].__pydantic_validator__
        validator.validate_json(data, extra="forbid")
    except ValidationError as error:
        return [Problem(item.place, topic, *complaint) for complaint in decode.complaints(error)]
    except cloudevents.Unreadable:
        return []
    return []


def _print(checked: list[Checked]) -> None:
    for problem in (p for c in checked for p in c.problems):
        where = f"{problem.field}: " if problem.field else ""
        print(f"{problem.place}: {problem.topic or '-'}: {problem.code}: {where}{problem.detail}")
    bad = sum(bool(c.problems) for c in checked)
    print(f"{len(checked)} checked, {len(checked) - bad} acceptable, {bad} not.", file=sys.stderr)


def _print_json(checked: list[Checked]) -> None:
    bad = sum(bool(c.problems) for c in checked)
    problems = [p._asdict() for c in checked for p in c.problems]
    keys = [{"place": c.place, "topic": c.topic, "key": c.key} for c in checked if c.key]
    print(json.dumps({"checked": len(checked), "acceptable": len(checked) - bad, "problems": problems, "keys": keys}))
