"""Growth as figures: the told beside the untold, never one share alone."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.insights.domain.growth import Grew, grew
from services.insights.domain.guard import FEWEST
from services.insights.domain.measures import Figure, WhyNot
from services.insights.domain.rows import Growth, GrowthKind
from services.insights.domain.statistics import Interval


def growth_figures(growths: Sequence[Growth], *, is_guarded: bool, known: frozenset[str] = frozenset()) -> list[Figure]:
    """Who came back stronger of those who were told, of those who were not, and the difference; none of nobody.

    Guarded, people are told by fives, in the order in which they came back: a page changes by five or not at all.
    `known`: the jobs that such a reader sees whole; of whom they judged the reader is told nothing here.
    """
    if not growths:
        return []
    counted = _by_fives([g for g in growths if g.job not in known]) if is_guarded else growths
    people = {kind: len(_came_back(counted, kind)) for kind in GrowthKind}
    found = list(_figures(grew(counted), people[GrowthKind.TOLD], people[GrowthKind.UNTOLD]))
    if is_guarded and not all(people.values()):
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


def _by_fives(growths: Sequence[Growth]) -> list[Growth]:
    """Of each kind the first five people who came back, the first ten, and so on."""
    kept = set()
    for kind in GrowthKind:
        came = _came_back(growths, kind)
        kept |= {(kind, person) for person in came[: len(came) // FEWEST * FEWEST]}
    return [g for g in growths if (g.kind, g.person) in kept]


def _came_back(growths: Iterable[Growth], kind: GrowthKind) -> list[str]:
    """The first one first."""
    first: dict[str, datetime] = {}
    for g in growths:
        if g.kind is kind and g.before is not None and g.after_at is not None:
            first[g.person] = min(g.after_at, first.get(g.person, g.after_at))
    return sorted(first, key=lambda person: (first[person], person))
