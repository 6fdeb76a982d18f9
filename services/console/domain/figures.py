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
