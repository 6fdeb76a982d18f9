"""How many scorecards are there of each application, and how many are owed; and how two versions of one differ."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol


class OfApplication(Protocol):
    """A row about an application."""

    @property
    def application(self) -> str:
        """Which."""


class Rows(Protocol):
    """A page of a list."""

    @property
    def items(self) -> Iterable[OfApplication]:
        """Its rows."""

    @property
    def cursor(self) -> str | None:
        """Where there are more."""


class Scorecards(NamedTuple):
    """Of one application."""

    given: int
    owed: int


def count_scorecards(given: Rows, owed: Rows) -> dict[str, Scorecards]:
    """By application; nothing at all where not every row is there, as a number would be wrong."""
    if given.cursor or owed.cursor:
        return {}
    there, missing = (Counter(row.application for row in rows.items) for rows in (given, owed))
    return {one: Scorecards(there[one], missing[one]) for one in {*there, *missing}}


class DifferingField(NamedTuple):
    """A field of the form for a scorecard that two versions do not have alike."""

    field: str
    stands: str
    sent: str


def differences(stands: Mapping[str, str], sent: Mapping[str, str], fields: Iterable[str]) -> list[DifferingField]:
    """Of these fields, in their order; a line that breaks elsewhere is no difference."""
    both = [DifferingField(f, *(" ".join(one.get(f, "").split()) for one in (stands, sent))) for f in fields]
    return [one for one in both if one.stands != one.sent]
