"""A topic's messages as tools write them down: kafka-console-consumer, kcat -J, rpk, REST proxies, kafkajs, exports."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from shared.kit.cloudevents import Headers
from shared.kit.decode import RESERVED

_VALUE = ("value", "payload", "value_base64")
_PLACE = re.compile(rb"(?:(?:CreateTime|LogAppendTime|Offset|Delivery|Epoch):[\w-]+|NO_TIMESTAMP)$")
_PARTITION = re.compile(rb"Partition:(\d+)$")
_NO_HEADERS, _NULL = b"NO_HEADERS", b"null"
_HEADERS = re.compile(rb"(?:ce[_-]\w+|content-type|traceparent):", re.IGNORECASE)
_NEXT_HEADER = re.compile(rb",(?=[A-Za-z][\w.-]*:)")
_KEY = re.compile(rb"[A-Za-z0-9._:\-]+(?:/[A-Za-z0-9._:\-]+){2}")
_PACKED_VERSION = b"MS4w"  # base64 of 1.0


class Message(NamedTuple):
    """One record of a topic, as far as the file tells of it."""

    topic: str | None
    key: bytes | None
    tells_key: bool
    value: bytes | None
    headers: Headers
    partition: int | None = None


class Unclear(ValueError):
    """A part of the message is written in a form that is none of those known."""


def message_of(text: bytes) -> Message | None:
    """The message that a line or a JSON object tells; None for an event or a body without anything around it."""
    if b"\t" in text and not text.startswith((b"{", b"[")):
        return _of_line(text.split(b"\t"))
    try:
        told = from_json(text)
    except ValueError:
        return None
    if isinstance(told, dict) and "specversion" not in told and any(name in told for name in _VALUE):
        return _unpacked(told)
    return None


def _of_line(columns: list[bytes]) -> Message:
    """As kafka-console-consumer prints it: place, headers, key and value, of which only the value is always there."""
    partition = None
    while len(columns) > 1 and (_PLACE.match(columns[0]) or _PARTITION.match(columns[0])):
        found = _PARTITION.match(columns.pop(0))
        partition = int(found[1]) if found else partition
    headers = columns.pop(0) if _are_headers(columns) else _NO_HEADERS
    tells_key = len(columns) > 1 and not columns[0].startswith(b"{")
    key = columns.pop(0) if tells_key else None
    pairs = [] if headers == _NO_HEADERS else [_split(pair) for pair in _NEXT_HEADER.split(headers)]
    return Message(None, _or_null(key), tells_key, _or_null(b"\t".join(columns)), pairs, partition)


def _are_headers(columns: list[bytes]) -> bool:
    """They come first; behind them come the key and the value, or the value alone."""
    if len(columns) < 2:
        return False
    are_known = columns[0] == _NO_HEADERS or _HEADERS.match(columns[0]) is not None
    return are_known or (len(columns) > 2 and not columns[1].startswith(b"{"))


def _or_null(text: bytes | None) -> bytes | None:
    return None if text == _NULL else text


def _split(pair: bytes) -> tuple[str, bytes]:
    name, colon, value = pair.partition(b":")
    if not colon:
        raise Unclear("headers are written as name:value, separated by commas")
    return name.decode(errors="replace"), value


def _unpacked(told: dict[str, Any]) -> Message:
    name = next(name for name in _VALUE if name in told)
    value, was_packed = _value(told[name], must_be_packed=name == "value_base64")
    key, headers = _bytes("key", told.get("key")), list(_headers(told.get("headers")))
    if was_packed:
        key = _unpack_key(key)
    if dict(headers).get("ce_specversion") == _PACKED_VERSION:
        headers = [(name, base64.b64decode(packed)) for name, packed in headers]
    topic, partition = told.get("topic"), told.get("partition")
    return Message(
        topic if isinstance(topic, str) else None,
        key,
        "key" in told,
        value,
        headers,
        partition if isinstance(partition, int) else None,
    )


def _value(value: Any, *, must_be_packed: bool) -> tuple[bytes | None, bool]:
    """The value's bytes, and whether they were packed: JSON itself is never base64, as that has no braces."""
    text = _bytes("value", value)
    if text is None or not isinstance(value, str):
        return text, False
    try:
        unpacked = base64.b64decode(text, validate=True)
    except binascii.Error:
        if must_be_packed:
            raise Unclear("value_base64 is not base64") from None
        return text, False
    return (unpacked, True) if must_be_packed or unpacked.lstrip().startswith(b"{") else (text, False)


def _unpack_key(key: bytes | None) -> bytes | None:
    if key is None or _KEY.fullmatch(key) or key.startswith(RESERVED):
        return key
    try:
        return base64.b64decode(key, validate=True)
    except binascii.Error:
        return key


def _bytes(what: str, value: Any) -> bytes | None:
    """Text, JSON, or bytes as Node writes them: {"type": "Buffer", "data": [...]}."""
    if value is None or isinstance(value, str):
        return None if value is None else value.encode()
    if isinstance(value, dict) and value.get("type") == "Buffer" and isinstance(value.get("data"), list):
        try:
            return bytes(value["data"])
        except (TypeError, ValueError):
            raise Unclear(f"the {what} is a Buffer of something else than bytes") from None
    return to_json(value)


def _headers(told: Any) -> Iterator[tuple[str, bytes]]:
    """An object; a list of names and values in turn, of pairs, or of objects. Without a value it is no header."""
    for name, value in _pairs(told):
        if not isinstance(name, str):
            raise Unclear("the name of a header is text")
        newest = value[-1] if isinstance(value, list) and value else value
        if (text := _bytes("header", newest)) is not None:
            yield name, text


def _pairs(told: Any) -> Iterable[tuple[Any, Any]]:
    if told is None:
        return ()
    if isinstance(told, dict):
        return told.items()
    if not isinstance(told, list):
        raise Unclear("headers are an object or a list")
    if all(isinstance(one, str | None) for one in told):
        return _in_turn(told)
    return [pair for one in told for pair in _pairs_of(one)]


def _in_turn(told: list[Any]) -> Iterable[tuple[Any, Any]]:
    if len(told) % 2:
        raise Unclear("headers are names and values in turn, and one of them is missing")
    return zip(told[::2], told[1::2], strict=True)


def _pairs_of(one: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(one, list) and len(one) == 2:
        return [(one[0], one[1])]
    if isinstance(one, dict) and "value" in one and (name := one.get("key", one.get("name"))) is not None:
        return [(name, one["value"])]
    if isinstance(one, dict):
        return one.items()
    raise Unclear("each header is a name with its value")
