"""What a page is asked of, a job, a family, a cycle or the whole organisation: its figures, and how they went on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from services.insights.domain.figures import figures
from services.insights.domain.findings import Difference, compare
from services.insights.domain.guard import Scope
from services.insights.domain.guarded import guarded_round, guarded_scopes
from services.insights.domain.measures import Figure
from services.insights.domain.sums import Round, SummedRound, add_up

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
    """The rounds of an organisation, the oldest first, as somebody may see them: added up, or guarded.

    `known`: the jobs that a reader of guarded figures sees whole.
    """

    def __init__(self, rounds: Sequence[SummedRound], *, is_guarded: bool, known: frozenset[str] = frozenset()) -> None:
        self._rounds = rounds
        self._guarded = guarded_scopes(rounds, known) if is_guarded else None
        self._told: dict[Scope, list[Figure]] = {}

    def __len__(self) -> int:
        return len(self._rounds)

    def within(self, scope: Scope) -> list[SummedRound]:
        """The rounds that belong there."""
        return [summed for summed in self._rounds if _belongs(summed.round, scope)]

    def figures(self, scope: Scope) -> list[Figure]:
        """Everything that may be told of it."""
        if self._guarded is not None:
            return list(self._guarded.get(scope, ()))
        if scope not in self._told and (rounds := self.within(scope)):
            self._told[scope] = figures(add_up(rounds))
        return list(self._told.get(scope, ()))

    def names(self) -> Mapping[str, str]:
        """What competencies are called."""
        return {c.competency: c.name for summed in self._rounds for c in summed.competencies}

    def cycles(self, until: str | None = None) -> Iterator[tuple[str, list[Figure]]]:
        """Cycles in the order in which they began, the last one being `until`."""
        found = list(dict.fromkeys(summed.round.cycle for summed in self._rounds if summed.round.cycle))
        last = found.index(until) + 1 if until in found else len(found)
        for cycle in found[:last][-MOST_POINTS:]:
            yield cycle, self.figures(Scope("cycle", cycle))


def rounds_in_turn(rounds: Sequence[SummedRound], *, is_guarded: bool) -> Iterator[tuple[str, list[Figure]]]:
    """Rounds one after the other, the oldest first."""
    for summed in rounds[-MOST_POINTS:]:
        yield summed.round.job, guarded_round(summed) if is_guarded else figures(add_up([summed]))


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
