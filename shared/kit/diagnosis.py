"""Records that are no CloudEvents as Kafka carries them: what was seen, and what is expected. Never a value.

Only what is refused comes here, so it may cost a second look.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

WHOLE = "application/cloudevents+json"
_EXPECTED = f"expected is one event, its body as application/json with ce_ headers, or whole as {WHOLE}"
_MEDIA_TYPE = re.compile(r"[a-z0-9.+\-]{1,40}/[a-z0-9.+\-]{1,60}")
_OTHERS = re.compile(r"(?:ce[-_]|cloudevents[:_])([a-z]+)", re.IGNORECASE)  # over HTTP, over AMQP, and in capitals


def why_missing(attribute: str, headers: Mapping[str, bytes], value: bytes) -> tuple[str, str, str]:
    """Code, field and words for a record that lacks an attribute: what its sender most likely did."""
    media_type = media_type_of(headers)
    if media_type.startswith("application/cloudevents"):
        return "not-cloudevent", "content-type", f"is {media_type}; {_EXPECTED}"
    if spelled := _spellings(headers).get(f"ce_{attribute}"):
        return "missing-attribute", attribute, f"there is a header {spelled}; on Kafka its name is ce_{attribute}"
    if whole_event(value):
        return "missing-attribute", "content-type", f"the value is a whole event, which is told by content-type {WHOLE}"
    return "missing-attribute", attribute, f"neither a header ce_{attribute} nor {attribute} of a whole event"


def why_not_json(headers: Mapping[str, bytes], value: bytes) -> str | None:
    """What a body that is not JSON seems to be, where that can be told."""
    media_type = media_type_of(headers)
    if value[:1] == b"\0":
        return f"begins as the serializers of schema registries write it; {_EXPECTED}"
    return f"content-type is {media_type}; {_EXPECTED}" if media_type and not media_type.endswith("json") else None


def media_type_of(headers: Mapping[str, bytes]) -> str:
    """The media type a record claims to have, in small letters; empty for none, `unreadable` for what is none."""
    told = (headers.get("content-type") or b"").partition(b";")[0].strip().lower().decode("ascii", "replace")
    return told if not told or _MEDIA_TYPE.fullmatch(told) else "unreadable"


def as_on_kafka(headers: Mapping[str, bytes]) -> dict[str, bytes]:
    """The headers by the names they should have had."""
    return {ours: headers[theirs] for ours, theirs in _spellings(headers).items()} | dict(headers)


def whole_event(value: bytes) -> dict[str, Any]:
    """The whole event a value is, whatever its headers say; empty for none."""
    try:
        event = from_json(value, allow_inf_nan=False)
    except ValueError:
        return {}
    return event if isinstance(event, dict) and "specversion" in event else {}


def _spellings(headers: Mapping[str, bytes]) -> dict[str, str]:
    """The names that other protocols, or capitals, gave to attributes, by the names of ours."""
    found = ((name, _OTHERS.fullmatch(name)) for name in headers)
    return {f"ce_{match[1].lower()}": name for name, match in found if match}
