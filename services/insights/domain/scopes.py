"""What a page is asked of, a job, a family, a cycle or the whole organisation: its figures, and how they went on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from services.insights.domain.figures import figures
from services.insights.domain.findings import Difference, compare
from services.insights.domain.guarded import add_told
from services.insights.domain.measures import Figure
from services.insights.domain.sums import Round, SummedRound, add_up


class Scope(NamedTuple):
    """A set of rounds that figures may be asked of; nothing else may be (no free dates, no free filters)."""

    kind: str  # family, cycle, organization
    name: str


EVERYBODY = Scope("organization", "")
MOST_POINTS = 12
TRENDED = frozenset(
    (
        "met",
        "not_assessed",
        "apart",
        "agreed",
        "held",
        "promised",
        "scored",
        "shareable",
        "withdrew",
        "accepted",
        "wasted",
    )
)


class Point(NamedTuple):
    """One share of a series, of the round or cycle of this name."""

    name: str
    figure: Figure


class Trend(NamedTuple):
    """The same share one after the other; `difference`: how the last stands to the one before."""

    points: Sequence[Point]
    difference: Difference


class Scopes:
    """The rounds of an organisation, the oldest first, as somebody may see them: added up, or as they were told.

    `told`: by job the guarded figures that were said of it, for those who read no others.
    """

    def __init__(self, rounds: Sequence[SummedRound], told: Mapping[str, Sequence[Figure]] | None = None) -> None:
        self._rounds = rounds
        self._told = told
        self._found: dict[Scope, list[Figure]] = {}

    def within(self, scope: Scope) -> list[SummedRound]:
        """The rounds that belong there."""
        return [summed for summed in self._rounds if _belongs(summed.round, scope)]

    def figures(self, scope: Scope) -> list[Figure]:
        """Everything that may be told of it."""
        if scope not in self._found and (rounds := self.within(scope)):
            self._found[scope] = self._add_up(rounds)
        return list(self._found.get(scope, ()))

    def one_by_one(self, scope: Scope) -> Iterator[tuple[str, list[Figure]]]:
        """Its rounds one after the other, the oldest first."""
        for summed in self.within(scope)[-MOST_POINTS:]:
            yield summed.round.job, self._add_up([summed])

    def _add_up(self, rounds: Sequence[SummedRound]) -> list[Figure]:
        if self._told is None:
            return figures(add_up(rounds))
        return add_told(self._told.get(summed.round.job, ()) for summed in rounds)

    def names(self) -> Mapping[str, str]:
        """What competencies are called."""
        return {c.competency: c.name for summed in self._rounds for c in summed.competencies}

    def cycles(self, until: str | None = None) -> Iterator[tuple[str, list[Figure]]]:
        """Cycles in the order in which they began, the last one being `until`."""
        found = list(dict.fromkeys(summed.round.cycle for summed in self._rounds if summed.round.cycle))
        last = found.index(until) + 1 if until in found else len(found)
        for cycle in found[:last][-MOST_POINTS:]:
            yield cycle, self.figures(Scope("cycle", cycle))


def trends(told: Iterable[tuple[str, Sequence[Figure]]]) -> list[Trend]:
    """Of each share that was shown at least twice."""
    series: dict[tuple[str, str | None, str | None], list[Point]] = {}
    for name, found in told:
        for figure in found:
            if figure.measure in TRENDED and figure.low is not None:
                key = (figure.measure, figure.competency, figure.part)
                series.setdefault(key, []).append(Point(name, figure))
    return [Trend(p, compare(p[-1].figure, p[-2].figure)) for p in series.values() if len(p) > 1]


def _belongs(r: Round, scope: Scope) -> bool:
    return scope == EVERYBODY or getattr(r, scope.kind) == scope.name
