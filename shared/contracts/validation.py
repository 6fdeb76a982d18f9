"""What a value must be besides its form, asked only where it comes in: facts that were stored before are still read."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from pydantic import BaseModel

from shared.contracts.addresses import is_reachable
from shared.contracts.event import Event
from shared.contracts.writing import is_invisible

_NO_PLACES = frozenset(("Factory", "localtime", "posixrules"))
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")

_SUSPECT = re.compile(rb'\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]|"[\x80-\xff]')


class Invalid(NamedTuple):
    """Where in an event a value is of no use, and why; never the value."""

    field: str
    detail: str


def find_invalid(event: Event, body: bytes) -> Invalid | None:
    """The first value of an event that reaches nobody, means nothing or misleads its reader; `body` is its JSON."""
    if not _may_be_invalid(body):
        return None
    return next((Invalid(place, wrong) for place, text in _texts(event) if (wrong := _wrong(place, text))), None)


def _may_be_invalid(body: bytes) -> bool:
    """Most records hold nothing of it: a look at their bytes tells, name by name, as it is asked of every record."""
    return (
        b'"email":"' in body
        or b'"address":"' in body
        or b'"timezone":"' in body
        or b'" ' in body  # starts of a text that may show nothing
        or b'"\\' in body
        or (not body.isascii() and bool(_SUSPECT.search(body)))
    )


def _wrong(place: str, text: str) -> str | None:
    name = place.rpartition(".")[2]
    if _TURNING.search(text):
        return "holds signs that turn the direction of writing"
    if is_invisible(text):
        return "shows nothing"
    if name in ("email", "address") and not is_reachable(text):
        return "is an address that no mail can reach"
    if name == "timezone" and text not in _time_zones():
        return "is not an IANA time zone"
    return None


@cache
def _time_zones() -> frozenset[str]:
    """The zones of the IANA database we ship, which no host can add to. What only names a host's own is none."""
    return frozenset((files("tzdata") / "zones").read_text().split()) - _NO_PLACES


def _texts(part: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Every text in an event, with its place."""
    inner = enumerate(part) if isinstance(part, tuple) else part if isinstance(part, BaseModel) else ()
    for name, value in inner:
        if type(value) is str:
            yield f"{before}{name}", value
        else:
            yield from _texts(value, f"{before}{name}.")
