"""Hours that somebody waited: exact of one round, in fixed bins where rounds are added up."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from statistics import median
from typing import NamedTuple

BIN_HOURS = (1, 4, 8, 24, 48, 72, 120, 168, 240, 336, 480, 720, 1_440)  # upper ends; what is longer has a bin, too
NOTHING = (0,) * (len(BIN_HOURS) + 1)
_HOUR = timedelta(hours=1)
Span = tuple[str, datetime | None, datetime | None]  # who waited, from and until when; none where either is not known


class Wait(NamedTuple):
    """How long people waited for one thing; times that run backwards are counted apart and measured nowhere.

    `median` and `p90` are exact, and there for one round only. `people`: whose waits those are that ended.
    """

    bins: tuple[int, ...] = NOTHING
    still: int = 0
    backwards: int = 0
    median: float | None = None
    p90: float | None = None
    people: int = 0

    @property
    def measured(self) -> int:
        """How many waits ended."""
        return sum(self.bins)


class Waits(NamedTuple):
    """The four waits of a round: for the first interview, the next one, the decision, the answer.

    And how long its job waited, once each: for an earlier candidate whom we accept, for an interview of an applicant.
    """

    first: Wait
    next: Wait
    decision: Wait
    answer: Wait
    match: Wait = Wait()
    applicant: Wait = Wait()


NO_WAITS = Waits(Wait(), Wait(), Wait(), Wait())


def wait_of(spans: Iterable[Span], still: int = 0) -> Wait:
    """The waits that ended, and how many have not."""
    every = [((end - begin) / _HOUR, who) for who, begin, end in spans if begin and end]
    if not every:
        return Wait(still=still)
    ended = sorted(wait for wait in every if wait[0] >= 0)
    hours, people = [h for h, _ in ended], {who for _, who in ended}
    bins = list(NOTHING)
    for h in hours:
        bins[bisect_left(BIN_HOURS, h)] += 1
    half, most = (median(hours), _p90(hours)) if hours else (None, None)
    return Wait(tuple(bins), still, len(every) - len(hours), half, most, len(people))


def add_waits(waits: Sequence[Wait]) -> Wait:
    """The same wait over several rounds: exact of one, else out of the bins."""
    if len(waits) == 1:
        return waits[0]
    bins = tuple(sum(column) for column in zip(*(w.bins for w in waits), strict=True)) or NOTHING
    still, backwards = sum(w.still for w in waits), sum(w.backwards for w in waits)
    people = sum(w.people for w in waits)
    return Wait(bins, still, backwards, quantile(bins, 0.5), quantile(bins, 0.9), people)


def quantile(bins: Sequence[int], share: float) -> float | None:
    """Hours by which this share had ended, evenly within a bin; the last bin is told by where it begins."""
    wanted, edges = share * sum(bins), (0, *BIN_HOURS)
    for index, (count, until) in enumerate(zip(bins, accumulate(bins), strict=True)):
        if count and until >= wanted:
            if index == len(BIN_HOURS):
                return float(BIN_HOURS[-1])
            within = (wanted - (until - count)) / count
            return edges[index] + within * (edges[index + 1] - edges[index])
    return None


def _p90(ordered: Sequence[float]) -> float:
    """As `statistics.quantiles` has it, inclusive, which reckons all nine tenths."""
    if len(ordered) == 1:
        return ordered[0]
    index, beyond = divmod((len(ordered) - 1) * 9, 10)
    after = ordered[min(index + 1, len(ordered) - 1)]
    return (ordered[index] * (10 - beyond) + after * beyond) / 10


def without_exact(wait: Wait) -> Wait:
    """As its bins tell it: an exact median may be the hours of one person."""
    return wait._replace(median=quantile(wait.bins, 0.5), p90=quantile(wait.bins, 0.9))
