"""Figures for whoever may read no single person: analysts, exports, other services, and the years to come."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple, TypeVar

from services.insights.domain.figures import figures
from services.insights.domain.guard import FEWEST, Place, Scope, publish, visible_parts
from services.insights.domain.measures import MEASURES, Figure, WhyNot
from services.insights.domain.sums import SummedRound, add_up
from services.insights.domain.waits import Waits, without_exact

PartName = TypeVar("PartName", str, int)
OF_ONE_ROUND = frozenset(("never_asked", "unsaid"))  # what a single description lacks
OF_INTERVIEWS = ("returned:",)  # parts that one person may be in twice: no people to count


class _Key(NamedTuple):
    measure: str
    competency: str | None
    part: str | None


def guarded_round(summed: SummedRound) -> list[Figure]:
    """One round's figures, those of too few people or of one interviewer without their numbers."""
    coarse = _coarse(summed)
    return [f if _is_shown(f, coarse) else _withheld(f) for f in figures(add_up([coarse])) if _is_of_people(f)]


def guarded_scopes(rounds: Iterable[SummedRound]) -> Mapping[Scope, list[Figure]]:
    """Every scope's figures, each the sum of those rounds that leave nobody to be found by subtraction."""
    coarse = {summed.round.job: _coarse(summed) for summed in rounds}
    by_key: dict[_Key, list[Place]] = {}
    for summed in coarse.values():
        for figure in filter(_is_of_people, figures(add_up([summed]))):
            by_key.setdefault(_key(figure), []).append(_place(summed, figure))
    found: dict[Scope, list[Figure]] = {}

    @cache
    def figures_of(jobs: frozenset[str]) -> Mapping[_Key, Figure]:
        return {_key(figure): figure for figure in figures(add_up([coarse[job] for job in sorted(jobs)]))}

    for key, places in by_key.items():
        for scope, jobs in publish(places).items():
            told = figures_of(jobs).get(key)
            if told and (scope.kind == "job" or key.measure not in OF_ONE_ROUND):
                found.setdefault(scope, []).append(told)
    return found


def _coarse(summed: SummedRound) -> SummedRound:
    """Without exact medians, which are somebody's own hours, and without parts that would tell of too few."""
    r = summed.round
    waits = Waits._make(map(without_exact, r.waits))
    return summed._replace(round=r._replace(reasons=_visible(r.reasons), left_at=_visible(r.left_at), waits=waits))


def _visible(parts: Mapping[PartName, int]) -> Mapping[PartName, int]:
    kept = visible_parts({str(name): people for name, people in parts.items()})
    return {name: people for name, people in parts.items() if str(name) in kept}


def _is_of_people(figure: Figure) -> bool:
    return not (figure.part or "").startswith(OF_INTERVIEWS)


def _is_shown(figure: Figure, summed: SummedRound) -> bool:
    place = _place(summed, figure)
    return (place.people == 0 or place.people >= FEWEST) and len(place.interviewers) != 1


def _withheld(figure: Figure) -> Figure:
    return Figure(figure.measure, 0, 0, competency=figure.competency, part=figure.part, why_not=WhyNot.FEW_PEOPLE)


def _place(summed: SummedRound, figure: Figure) -> Place:
    r = summed.round
    about = _interviewers(summed, figure) if MEASURES[figure.measure].about_interviewers else frozenset[str]()
    return Place(r.job, r.family, r.cycle, _quarter(r.closed_at or r.opened_at), figure.people, about)


def _interviewers(summed: SummedRound, figure: Figure) -> frozenset[str]:
    if figure.competency is None:
        return summed.round.interviewers
    return next(c.interviewers for c in summed.competencies if c.competency == figure.competency)


def _quarter(at: datetime) -> str:
    return f"{at.year}-Q{(at.month + 2) // 3}"


def _key(figure: Figure) -> _Key:
    return _Key(figure.measure, figure.competency, figure.part)
