"""Adverse impact: whether the people of one group are selected less often than those of another, step by step.

The groups are an auditor's own and never leave their machine; here they are words without a meaning.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import comb, exp, log, sqrt
from statistics import fmean, median
from typing import NamedTuple

from services.insights.domain.rows import Candidacy
from services.insights.domain.statistics import Interval, Z
from shared.contracts import Outcome

FEWEST = 5  # people: fewer are told in the total only
SMALLEST_SHARE = 0.02  # of everybody: smaller groups are told and compared with nobody
FOUR_FIFTHS = 0.8
INTERVIEWED, HIRED, ABOVE_MEDIAN = "interviewed", "hired", "above_median"


class GroupRate(NamedTuple):
    """How many of one group were selected at one step. `group` None: everybody.

    `ratio`: their rate to that of the group with the highest; `chance`: how often chance alone makes so large a
    difference (Fisher's exact test, two sides). None where groups are too small to be compared, `is_small` below 2 %.
    """

    step: str
    group: str | None
    selected: int
    people: int
    ratio: float | None = None
    interval: Interval | None = None
    chance: float | None = None
    is_small: bool = False

    @property
    def rate(self) -> float | None:
        """The share; of nobody there is none."""
        return self.selected / self.people if self.people else None


def impact(
    candidacies: Sequence[Candidacy], levels: Mapping[str, Sequence[float]], groups: Mapping[str, str]
) -> list[GroupRate]:
    """Each step, each group. `levels`: all ratings of a person; `groups`: by the id that stands for them."""
    steps = _steps(candidacies, groups) | _above_median(levels, groups)
    return [rate for step, (selected, of) in steps.items() for rate in _rates(step, selected, of, groups)]


def _steps(candidacies: Sequence[Candidacy], groups: Mapping[str, str]) -> dict[str, tuple[set[str], set[str]]]:
    """Step -> who was selected, of whom. A step is reached by an interview that took place."""
    known = [c for c in candidacies if c.candidate in groups]
    applied = {c.candidate for c in known}
    positions = sorted({step for c in known for step in c.steps})
    reached = {p: {c.candidate for c in known if max(c.steps, default=p - 1) >= p} for p in positions}
    found = {INTERVIEWED: (set().union(*(reached[p] for p in positions[:1])), applied)}
    found |= {f"step {after}": (reached[after], reached[p]) for p, after in pairwise(positions)}
    decided = {c.candidate for c in known if c.decided_at}
    return found | {HIRED: ({c.candidate for c in known if c.outcome is Outcome.HIRED}, decided)}


def _above_median(
    levels: Mapping[str, Sequence[float]], groups: Mapping[str, str]
) -> dict[str, tuple[set[str], set[str]]]:
    """Who was rated above the middle of everybody who was rated."""
    means = {person: fmean(sorted(given)) for person, given in levels.items() if person in groups and given}
    middle = median(means.values()) if means else 0
    return {ABOVE_MEDIAN: ({person for person, mean in means.items() if mean > middle}, set(means))}


def _rates(step: str, selected: set[str], of: set[str], groups: Mapping[str, str]) -> Iterator[GroupRate]:
    by_group: dict[str, set[str]] = {}
    for person in of:
        by_group.setdefault(groups[person], set()).add(person)
    told = [
        GroupRate(step, group, len(selected & people), len(people), is_small=len(people) < SMALLEST_SHARE * len(of))
        for group, people in sorted(by_group.items())
        if len(people) >= FEWEST
    ]
    large = [r for r in told if not r.is_small]
    highest = max(large, key=lambda r: (r.rate or 0, r.people), default=None)
    yield GroupRate(step, None, len(selected & of), len(of))
    for rate in told:
        is_compared = highest and highest.selected and rate in large and rate != highest and len(large) > 1
        yield _compared(rate, highest) if highest and is_compared else rate


def _compared(rate: GroupRate, highest: GroupRate) -> GroupRate:
    ratio = rate.selected / rate.people / (highest.selected / highest.people)
    chance = fisher(rate.selected, rate.people, highest.selected, highest.people)
    return rate._replace(ratio=ratio, interval=ratio_interval(rate, highest), chance=chance)


def ratio_interval(one: GroupRate, other: GroupRate) -> Interval:
    """The 95 % interval of a ratio of shares (Katz); half a person is added where nobody was selected."""
    extra = 0.0 if one.selected and other.selected else 0.5
    a, n = one.selected + extra, one.people + extra
    c, m = other.selected + extra, other.people + extra
    spread = Z * sqrt(max(1 / a - 1 / n + 1 / c - 1 / m, 0))
    middle = log(a / n) - log(c / m)
    return Interval(exp(middle - spread), exp(middle + spread))


def fisher(k: int, n: int, other_k: int, other_n: int) -> float:
    """Fisher's exact test with two sides: every table with these margins that is no likelier than this one."""
    total = k + other_k
    ways = [comb(n, i) * comb(other_n, total - i) for i in range(max(0, total - other_n), min(n, total) + 1)]
    seen = comb(n, k) * comb(other_n, other_k)
    return sum(w for w in ways if w <= seen) / sum(ways)


def unknown(groups: Mapping[str, str], known: Iterable[str]) -> int:
    """How many of the auditor's people nobody has heard of."""
    return len(groups.keys() - set(known))
