"""Who looked at somebody: a page asks for much at once, and is one look."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple


class Look(NamedTuple):
    """Somebody looked, within one minute, at what these services hold."""

    at: datetime
    reader: str
    services: tuple[str, ...]


def who_looked(readings: Mapping[Any, Iterable[Any]]) -> list[Look]:
    """The newest first."""
    looks: dict[tuple[datetime, str], list[str]] = {}
    for service, rows in readings.items():
        for row in rows:
            seen = looks.setdefault((row.at.replace(second=0, microsecond=0), row.reader), [])
            if service not in seen:
                seen.append(service)
    return sorted((Look(at, reader, tuple(seen)) for (at, reader), seen in looks.items()), reverse=True)
