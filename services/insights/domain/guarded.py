"""Figures for whoever may read no single person: analysts, exports, other services, and the years to come."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple, TypeVar

from services.insights.domain.figures import count, figures, share
from services.insights.domain.guard import FEWEST, visible_parts
from services.insights.domain.measures import MEASURES, Figure, WhyNot
from services.insights.domain.sums import Round, SummedRound, add_up
from services.insights.domain.waits import BIN_HOURS, Waits, quantile, without_exact
from shared.contracts import CompetencyKind

PartName = TypeVar("PartName", str, int)
OF_ONE_ROUND = frozenset(("never_asked", "unsaid", "alpha"))  # told of single rounds only
OF_INTERVIEWS = ("returned:",)  # parts that one person may be in twice: no people to count
OF_GIVEN = frozenset(("agreed", "shareable"))  # of scorecards that were given, not of those that are owed
HOURS = "hours:"  # a part for each bin of a wait: up to so many hours
BINS = (*map(str, BIN_HOURS), "more")
OFTEN = frozenset(
    (
        "met", "not_assessed", "apart", "agreed", "held", "promised", "scored", "shareable", "withdrew", "accepted",
        "gaps", "wasted", "wait_first", "wait_next", "wait_decision", "wait_answer",
    )
)  # fmt: skip


class Key(NamedTuple):
    """What a figure is of."""

    measure: str
    competency: str | None
    part: str | None


def key_of(figure: Figure) -> Key:
    """Its name among the figures of a round."""
    return Key(figure.measure, figure.competency, figure.part)


def guarded_round(summed: SummedRound) -> list[Figure]:
    """One round's figures of at least five people, and of two interviewers where they tell of these."""
    if 0 < summed.round.counts.people < FEWEST:
        return []
    coarse = _coarse(summed)
    found = [*figures(add_up([coarse])), *_hours(coarse.round.waits)]
    return [f for f in found if _is_of_people(f) and _is_shown(f, coarse)]


def with_withheld(told: Sequence[Figure], summed: SummedRound, why: WhyNot) -> list[Figure]:
    """What was told of a round, and of what it was not why there is no figure; which those are tells nothing."""
    known = {key_of(figure) for figure in told}
    every = (f for f in figures(add_up([summed])) if f.measure in OFTEN and f.part is None)
    hidden = (Figure(f.measure, 0, 0, competency=f.competency, why_not=why) for f in every if key_of(f) not in known)
    listed = {c.competency for c in summed.competencies if c.listed}
    return [*told, *(f for f in hidden if f.competency is None or f.competency in listed)]


def add_told(rounds: Iterable[Sequence[Figure]]) -> list[Figure]:
    """What was told of several rounds, added up: nothing follows from it that does not follow from what was told."""
    found: dict[Key, list[Figure]] = {}
    for told in rounds:
        for figure in told:
            if figure.k is not None and figure.measure not in OF_ONE_ROUND:
                found.setdefault(key_of(figure), []).append(figure)
    sums = {key: _sum(same) for key, same in found.items()}
    return [*_retold(sums), *_added_waits(sums)]


def _sum(same: Sequence[Figure]) -> Figure:
    first, k = same[0], sum(f.k or 0 for f in same)
    of, people = sum(f.of for f in same), sum(f.people for f in same)
    add = count if all(f.low is None and f.value == f.k for f in same) else share
    figure = add(first.measure, k, of, people, competency=first.competency, part=first.part)
    return figure._replace(low=None, high=None) if first.measure == "levels" else figure


def _retold(sums: Mapping[Key, Figure]) -> Iterator[Figure]:
    """What depends on a value is found anew: which level is commonest, and whether still nobody meets a must-have."""
    for key, figure in sums.items():
        if key.measure == "unmet":
            met = sums.get(key._replace(measure="met"))
            if met and met.k == 0:
                yield share("unmet", 0, met.of, met.people, competency=key.competency)
        elif key.measure == "flat":
            continue
        elif not (key.part or "").startswith(HOURS):
            yield figure
    for competency in dict.fromkeys(key.competency for key in sums if key.measure == "levels"):
        fifths = [f for key, f in sums.items() if key.measure == "levels" and key.competency == competency]
        most = max(fifths, key=lambda f: f.k or 0)
        yield share("flat", most.k or 0, most.of, most.people, competency=competency, part=most.part)


def _added_waits(sums: Mapping[Key, Figure]) -> Iterator[Figure]:
    for measure in dict.fromkeys(key.measure for key in sums if (key.part or "").startswith(HOURS)):
        told = (sums.get(Key(measure, None, HOURS + name)) for name in BINS)
        bins = [f.k or 0 if f else 0 for f in told]
        of = sum(bins)
        yield Figure(measure, of, of, value=quantile(bins, 0.5))
        yield Figure(measure, of, of, value=quantile(bins, 0.9), part="p90")


def _hours(waits: Waits) -> Iterator[Figure]:
    """Of each wait how many ended in which bin, as far as any did: bins add up, medians do not."""
    for name, wait in waits._asdict().items():
        if wait.measured >= MEASURES[f"wait_{name}"].floor:
            for until, k in zip(BINS, wait.bins, strict=True):
                if k:
                    yield count(f"wait_{name}", k, wait.measured, wait.people, part=HOURS + until)


def _coarse(summed: SummedRound) -> SummedRound:
    """Without exact medians, which are somebody's own hours, and without parts that would tell of too few."""
    r = summed.round
    understood = _understood(r)
    return summed._replace(
        round=r._replace(
            reasons=_visible(r.reasons),
            left_at=_visible(r.left_at),
            misunderstood=understood,
            put_right={about: k for about, k in r.put_right.items() if about in understood},
            waits=Waits._make(map(without_exact, r.waits)),
        )
    )


def _visible(parts: Mapping[PartName, int]) -> Mapping[PartName, int]:
    kept = visible_parts({str(name): people for name, people in parts.items()})
    return {name: people for name, people in parts.items() if str(name) in kept}


def _understood(r: Round) -> Mapping[str, int]:
    """People may be in several parts: all are told, or none, where parts and whole would tell who is in few of them."""
    parts, whole = [*r.misunderstood.values()], r.counts.misunderstood
    apart = [whole - k for k in parts] + [abs(whole - one - other) for one, other in combinations(parts, 2)]
    return {} if any(0 < k < FEWEST for k in (*parts, *apart)) else r.misunderstood


def _is_of_people(figure: Figure) -> bool:
    return not (figure.part or "").startswith(OF_INTERVIEWS)


def _is_shown(figure: Figure, summed: SummedRound) -> bool:
    is_many = figure.people == 0 or figure.people >= FEWEST
    return is_many and len(_interviewers(summed, figure)) != 1 and not _tells_of_the_rest(figure, summed)


def _tells_of_the_rest(figure: Figure, summed: SummedRound) -> bool:
    """Who meets all of several things, beside who meets each, tells of few who were assessed in some of them only."""
    if figure.measure != "met" or figure.part is None:
        return False
    of_values = figure.part == "values"
    each = (c for c in summed.competencies if (c.kind is CompetencyKind.VALUE if of_values else c.must_have))
    return any(0 < c.people - figure.of < FEWEST for c in each)


def _interviewers(summed: SummedRound, figure: Figure) -> frozenset[str]:
    """Of whom it tells, where it tells of interviewers at all."""
    if not MEASURES[figure.measure].about_interviewers:
        return frozenset()
    if figure.competency is None:
        return summed.round.givers if figure.measure in OF_GIVEN else summed.round.interviewers
    return next(c.interviewers for c in summed.competencies if c.competency == figure.competency)
