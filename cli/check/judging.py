"""What would become of an event or a message: judged by the functions with which the services take records."""

from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from cli.check.explaining import EventProblem, InspectedRecord, explain
from cli.check.reading import FileItem
from cli.check.recorded import Message, Unclear, message_of
from shared.contracts import BY_TOPIC, key_of
from shared.kafka.relay import partition_of
from shared.kit import cloudevents, decode
from shared.kit.decode import Accepted, Ignored, RefusedRecord
from shared.kit.diagnosis import why_missing

_STRUCTURED: cloudevents.Headers = [("content-type", cloudevents.STRUCTURED)]
_ORGANIZATION = "organization"  # of a bare body, which names none


class CheckedEvent(NamedTuple):
    """What came of one event. `key` and `partition`: where it belongs, as far as that can be told."""

    place: str
    topic: str | None
    key: str | None = None
    partition: int | None = None
    partitions: int | None = None
    lies_in: int | None = None
    problems: tuple[EventProblem, ...] = ()
    ignored: str | None = None


class Judge:
    """`topic`: what a file's bodies are of, or its messages lie on. `partitions`: how many a topic has there."""

    def __init__(self, topic: str | None, partitions: int | None, prefix: str, now: datetime) -> None:
        self._topic = topic
        self._partitions = partitions
        self._prefix = prefix
        self._now = now

    def look_at(self, item: FileItem) -> CheckedEvent:
        """Everything that is wrong with it, strictly: a field no contract knows is an error here."""
        if item.unreadable:
            return _unfit(item.place, "not-json", None, item.unreadable)
        try:
            message = message_of(item.text)
        except Unclear as unclear:
            return _unfit(item.place, "unreadable", None, str(unclear))
        return self.take(item.place, message) if message else self._open(item)

    def _open(self, item: FileItem) -> CheckedEvent:
        """An event or a body with nothing around it."""
        try:
            event = from_json(item.text, allow_inf_nan=False)
        except ValueError as error:
            return _unfit(item.place, "not-json", None, _without_line(error))
        is_event = isinstance(event, dict) and "specversion" in event
        if not is_event and self._topic is None:
            return _unfit(
                item.place, "not-cloudevent", None, "neither a CloudEvent nor a message; of a body say --topic"
            )
        headers = _STRUCTURED if is_event else _bare(str(self._topic), self._now)
        return self.take(item.place, Message(None, None, False, item.text, headers), is_bare=not is_event)

    def take(self, place: str, message: Message, *, is_bare: bool = False) -> CheckedEvent:
        """The same of a message."""
        record = InspectedRecord(message.key, message.value, message.headers)
        topic = self._topic or (message.topic or record.type or "").removeprefix(self._prefix)
        if topic not in BY_TOPIC:
            return CheckedEvent(place, None, problems=(explain(_no_topic(topic, message), topic, record),))
        if message.value is None:
            return CheckedEvent(
                place, topic, ignored="has no value: it takes the record off the topic and changes no fact"
            )
        outcome = self._accept(topic, message, message.value)
        if isinstance(outcome, Ignored):
            return CheckedEvent(place, topic, ignored="has a key that begins with ~: such records are passed over")
        problems = _problems(topic, message.value, message.headers, outcome)
        key = None if is_bare else _key(message, outcome)
        whole = CheckedEvent(
            place, topic, key, problems=tuple(explain(EventProblem(*p), topic, record) for p in problems)
        )
        return self._placed(whole, message) if key else whole

    def _accept(self, topic: str, message: Message, value: bytes) -> Accepted | RefusedRecord | Ignored:
        if message.tells_key:
            return decode.accept(topic, message.key, value, message.headers, 0, self._now)
        return decode.examine(topic, value, message.headers, self._now)

    def _placed(self, checked: CheckedEvent, message: Message) -> CheckedEvent:
        usual = BY_TOPIC[str(checked.topic)].partitions
        partitions = (self._partitions or usual) if usual > 1 else 1
        partition = partition_of(str(checked.key).encode(), partitions)
        return checked._replace(partition=partition, partitions=partitions, lies_in=message.partition)


def _unfit(place: str, code: str, field: str | None, detail: str) -> CheckedEvent:
    return CheckedEvent(place, None, problems=(EventProblem(code, field, detail),))


def _no_topic(topic: str, message: Message) -> EventProblem:
    if not topic:
        return EventProblem(*why_missing("type", dict(message.headers), message.value or b""))
    return EventProblem("wrong-type", None if message.topic else "type", f"there is no topic {topic[:80]!r}")


def _without_line(error: ValueError) -> str:
    """Parsers count the lines of one event, people those of the file."""
    return str(error)[:300].replace(" at line 1 column ", " at column ")


def _bare(topic: str, now: datetime) -> cloudevents.Headers:
    """The headers a bare body might travel with."""
    envelope = cloudevents.Envelope(_ORGANIZATION, "id", "source", topic, now, "", None, False, b"")
    return cloudevents.encode(envelope, "")[2]


def _key(message: Message, outcome: Accepted | RefusedRecord) -> str | None:
    """The key it should have, else the one it has."""
    if isinstance(outcome, Accepted):
        return key_of(outcome.envelope.organization, outcome.event)
    return outcome.expected_key or cloudevents.key_as_ids(message.key)


def _problems(
    topic: str, value: bytes, headers: cloudevents.Headers, outcome: Accepted | RefusedRecord
) -> list[tuple[str, str | None, str]]:
    """What a service would stop at, and everything else the contract finds."""
    found = _complaints(topic, value, headers)
    if not isinstance(outcome, RefusedRecord):
        return found
    others = [problem for problem in found if problem[:2] != (outcome.code, outcome.field)]
    return [(outcome.code, outcome.field, outcome.detail), *others]


def _complaints(topic: str, value: bytes, headers: cloudevents.Headers) -> list[tuple[str, str | None, str]]:
    try:
        data = cloudevents.read(topic, value, headers).data
        validator: Any = BY_TOPIC[topic].__pydantic_validator__
        validator.validate_json(data, extra="forbid")
    except ValidationError as error:
        return decode.complaints(error)
    except cloudevents.UnreadableEvent:
        return []
    return []
