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
    return [f if _is_shown(f, coarse) else withheld(f) for f in figures(add_up([coarse])) if _is_of_people(f)]


def guarded_scopes(rounds: Iterable[SummedRound], known: frozenset[str] = frozenset()) -> Mapping[Scope, list[Figure]]:
    """The figures of every family, cycle and quarter and of everybody, each the sum of those rounds that leave nobody
    to be found by subtraction. `known`: the jobs whose working figures the reader has.
    """
    coarse = {summed.round.job: _coarse(summed) for summed in rounds}

    @cache
    def figures_of(jobs: frozenset[str]) -> Mapping[_Key, Figure]:
        return {_key(figure): figure for figure in figures(add_up([coarse[job] for job in sorted(jobs)]))}

    published = cache(publish)  # many figures are of the same people
    found: dict[Scope, list[Figure]] = {}
    for key, places in _places(coarse.values(), known).items():
        for scope, jobs in published(tuple(places)).items():
            told = figures_of(jobs).get(key) if scope.kind != "job" else None
            if told:
                found.setdefault(scope, []).append(told)
    return found


def _places(rounds: Iterable[SummedRound], known: frozenset[str]) -> Mapping[_Key, list[Place]]:
    """By figure, who is behind it in each round."""
    found: dict[_Key, list[Place]] = {}
    for summed in rounds:
        r = summed.round
        where = (r.job, r.family, r.cycle, _quarter(r.closed_at or r.opened_at))
        for figure in filter(_is_of_people, figures(add_up([summed]))):
            if figure.measure not in OF_ONE_ROUND:
                place = Place(*where, figure.people, _interviewers(summed, figure), r.job in known)
                found.setdefault(_key(figure), []).append(place)
    return found


def _coarse(summed: SummedRound) -> SummedRound:
    """Without exact medians, which are somebody's own hours, and without parts that would tell of too few."""
    r = summed.round
    return summed._replace(
        round=r._replace(
            reasons=_visible(r.reasons),
            left_at=_visible(r.left_at),
            misunderstood=_visible(r.misunderstood),
            put_right={about: k for about, k in r.put_right.items() if about in _visible(r.misunderstood)},
            waits=Waits._make(map(without_exact, r.waits)),
        )
    )


def _visible(parts: Mapping[PartName, int]) -> Mapping[PartName, int]:
    kept = visible_parts({str(name): people for name, people in parts.items()})
    return {name: people for name, people in parts.items() if str(name) in kept}


def _is_of_people(figure: Figure) -> bool:
    return not (figure.part or "").startswith(OF_INTERVIEWS)


def _is_shown(figure: Figure, summed: SummedRound) -> bool:
    return (figure.people == 0 or figure.people >= FEWEST) and len(_interviewers(summed, figure)) != 1


def withheld(figure: Figure) -> Figure:
    """The same without its numbers."""
    return Figure(figure.measure, 0, 0, competency=figure.competency, part=figure.part, why_not=WhyNot.FEW_PEOPLE)


def _interviewers(summed: SummedRound, figure: Figure) -> frozenset[str]:
    """Of whom it tells, where it tells of interviewers at all."""
    if not MEASURES[figure.measure].about_interviewers:
        return frozenset()
    if figure.competency is None:
        return summed.round.interviewers
    return next(c.interviewers for c in summed.competencies if c.competency == figure.competency)


def _quarter(at: datetime) -> str:
    return f"{at.year}-Q{(at.month + 2) // 3}"


def _key(figure: Figure) -> _Key:
    return _Key(figure.measure, figure.competency, figure.part)
