"""Growth as figures: the told beside the untold, never one share alone."""

from collections.abc import Iterable, Sequence

from services.insights.domain.growth import Grew, grew
from services.insights.domain.guard import FEWEST
from services.insights.domain.measures import Figure, WhyNot
from services.insights.domain.rows import Growth, GrowthKind
from services.insights.domain.statistics import Interval


def growth_figures(growths: Sequence[Growth], *, is_guarded: bool, known: frozenset[str] = frozenset()) -> list[Figure]:
    """Who came back stronger of those who were told, of those who were not, and the difference; none of nobody.

    `known`: the jobs that a reader of guarded figures sees whole: whom they can take from a sum is not counted on.
    """
    if not growths:
        return []
    people = {kind: _came_back(growths, kind) for kind in GrowthKind}
    found = list(_figures(grew(growths), people[GrowthKind.TOLD], people[GrowthKind.UNTOLD]))
    others = {kind: _came_back((g for g in growths if g.job not in known), kind) for kind in GrowthKind}
    if is_guarded and any(people[kind] and others[kind] < FEWEST for kind in GrowthKind):
        return [Figure(f.measure, 0, 0, part=f.part, why_not=WhyNot.FEW_PEOPLE) for f in found]
    return found


def _figures(found: Grew, told: int, untold: int) -> Iterable[Figure]:
    yield _share("told", found.told_better, found.told, told, found.told_interval)
    yield _share("untold", found.untold_better, found.untold, untold, found.untold_interval)
    people = told + untold
    if found.difference is None:
        yield Figure("grew", people, people, why_not=WhyNot.TOO_FEW if people else WhyNot.NOTHING_YET)
    else:
        apart = found.told_better / found.told - found.untold_better / found.untold
        yield Figure("grew", people, people, value=apart, low=found.difference.low, high=found.difference.high)


def _share(part: str, k: int, of: int, people: int, interval: Interval | None) -> Figure:
    figure = Figure("grew", of, people, k, part=part)
    if interval is None:
        return figure._replace(why_not=WhyNot.TOO_FEW) if of else figure._replace(k=None, why_not=WhyNot.NOTHING_YET)
    return figure._replace(value=k / of, low=interval.low, high=interval.high)


def _came_back(growths: Iterable[Growth], kind: GrowthKind) -> int:
    return len({g.person for g in growths if g.kind is kind and g.before is not None and g.after is not None})
