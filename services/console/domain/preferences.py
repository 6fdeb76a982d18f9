"""How somebody wants their pages."""

from functools import cache
from typing import NamedTuple
from zoneinfo import available_timezones

_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


class Preferences(NamedTuple):
    """`language` and `zone`: None, as the browser and the organisation say. `keys_on`: single keys act in lists."""

    language: str | None = None
    zone: str | None = None
    keys_on: bool = True


@cache
def zones() -> tuple[str, ...]:
    """The time zones that people live in, by name."""
    return tuple(sorted(zone for zone in available_timezones() if zone.partition("/")[0] in _AREAS))


def known_zone(zone: str | None) -> str | None:
    """The zone, where there is one of that name here."""
    return zone if zone in zones() else None
