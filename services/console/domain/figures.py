"""Figures in the order in which a page tells them."""

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar


class Figured(Protocol):
    """What is asked of a figure here."""

    @property
    def code(self) -> str: ...
    @property
    def competency(self) -> str | None: ...
    @property
    def name(self) -> str | None: ...
    @property
    def part(self) -> str | None: ...
    @property
    def k(self) -> int | None: ...


F = TypeVar("F", bound=Figured)
FIFTHS = range(1, 6)


class FiguresByName(Generic[F]):
    """Figures by what they tell of."""

    def __init__(self, found: Sequence[F]) -> None:
        self._by = {(f.code, f.competency, f.part): f for f in found}

    def one(self, code: str, part: str | None = None, competency: str | None = None) -> F | None:
        """A figure, if there is one."""
        return self._by.get((code, competency, part))

    def parts(self, code: str, kind: str = "") -> list[tuple[str, F]]:
        """The parts of a measure that are of a kind, by their name without it."""
        return [
            (part.removeprefix(kind), figure)
            for (measure, _, part), figure in self._by.items()
            if measure == code and part is not None and part.startswith(kind)
        ]

    def competencies(self) -> dict[str, str]:
        """What is told of, by its id: how it is called."""
        return {f.competency: f.name or f.competency for f in self._by.values() if f.competency is not None}

    def fifths(self, code: str, before: str = "", competency: str | None = None) -> list[int] | None:
        """How many stand at each of five points; None where that is not told."""
        found = [self._by.get((code, competency, f"{before}{fifth}")) for fifth in FIFTHS]
        return None if any(f is None or f.k is None for f in found) else [f.k or 0 for f in found if f is not None]


def where_to(act: str, job: str | None, competency: str | None = None, part: str | None = None) -> str:
    """The page on which what a finding asks for is done; `job`: of one round only."""
    if act == "news":
        return "/news" + _query({"answers": (part or "").removeprefix("about:")})
    if act == "campaign":
        asked = {"competency": competency, "job": job}
        return "/campaigns" + _query(asked)
    if act == "pool":
        return "/pool"
    if act == "letters":
        return "/letters" + _query({"job": job})
    return f"/jobs/{job}" if job else "/jobs"


def _query(asked: dict[str, str | None]) -> str:
    given = "&".join(f"{name}={value}" for name, value in asked.items() if value)
    return f"?{given}" if given else ""
