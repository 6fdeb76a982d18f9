"""Records as a platform would send them, and bodies with something else in a place."""

import json
from datetime import UTC, datetime
from typing import Any

from shared.kit.cloudevents import Envelope, Headers, encode
from shared.kit.decode import Accepted, Ignored, RefusedRecord, accept
from tests.contracts.keys import KEYS
from tests.contracts.pieces import NOW


def envelope(topic: str, body: bytes = b"{}", **changes: Any) -> Envelope:
    """A CloudEvent of a platform of acme, an hour before now."""
    usual = {
        "organization": "acme",
        "id": "e1",
        "source": "/ats",
        "type": topic,
        "time": datetime(2026, 11, 23, 8, tzinfo=UTC),
        "subject": "",
        "causation": None,
        "historical": False,
        "data": body,
    }
    return Envelope(**usual | changes)


def headers(topic: str, **changes: Any) -> Headers:
    """Headers of a record in binary mode."""
    return encode(envelope(topic, **changes), "")[2]


def taken(topic: str, body: bytes | dict[str, Any], **changes: Any) -> Accepted | RefusedRecord | Ignored:
    """What becomes of a record with this body, with the key of the topic's sample."""
    value = body if isinstance(body, bytes) else json.dumps(body).encode()
    key = changes.pop("key", KEYS[topic].encode())
    return accept(topic, key, value, changes.pop("headers", headers(topic)), changes.pop("timestamp", 0), NOW)


def changed(body: Any, path: str, value: Any) -> Any:
    """The body with another value at a path as `ratings.0.level`."""
    copy = json.loads(json.dumps(body))
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = copy
    for part in way:
        place = place[part]
    place[last] = value
    return copy


def paths(body: Any, before: str = "") -> list[str]:
    """Every path in a body, those of lists and objects included."""
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    found = []
    for name, value in inner:
        found += [f"{before}{name}", *paths(value, f"{before}{name}.")]
    return found


def fields(body: Any) -> list[str]:
    """Those of the paths that are fields, and no members of lists."""
    return [path for path in paths(body) if not path.rpartition(".")[2].isdigit()]


def without(body: Any, path: str) -> Any:
    """The body without the field at a path."""
    before, _, field = path.rpartition(".")
    place = copy = json.loads(json.dumps(body))
    for part in before.split(".") if before else ():
        place = place[int(part) if part.isdigit() else part]
    del place[field]
    return copy
