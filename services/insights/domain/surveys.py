"""Surveys are shown in whole batches of at least five, so no two pages differ by less."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from statistics import fmean
from typing import NamedTuple

from services.insights.domain.heard import HeardAnswer
from services.insights.domain.measures import MEASURES, Figure, WhyNot
from services.insights.domain.rows import AnswerBatch
from services.insights.domain.statistics import Interval, net_promoter, t_interval
from shared.contracts import LATEST

BATCH = 5
LEAVES_JOB_AFTER = timedelta(days=90)
LEAVES_CYCLE_AFTER = timedelta(days=365)


class _Waiting(NamedTuple):
    """An answer that waits for others, and since when."""

    since: datetime
    answer: HeardAnswer


def batch(
    organization: str, answers: Iterable[HeardAnswer], closed: Mapping[str, datetime], now: datetime
) -> list[AnswerBatch]:
    """Every five of one job, in the order they came; what is left 90 days after closing waits with the cycle's.

    A batch never changes once it is whole: who answers later waits for others. `closed`: jobs that are, and since when.
    """
    by_job: dict[str, list[HeardAnswer]] = {}
    for answer in sorted(answers, key=lambda a: (a.at, a.answer)):
        by_job.setdefault(answer.job, []).append(answer)
    batched: dict[str, str] = {}
    by_cycle: dict[str | None, list[_Waiting]] = {}
    for job, given in sorted(by_job.items()):
        leaves_at = closed[job] + LEAVES_JOB_AFTER if job in closed else LATEST
        in_time = [a for a in given if a.at <= leaves_at]
        whole = len(in_time) // BATCH * BATCH
        batched |= {a.answer: f"{job}/{index // BATCH + 1}" for index, a in enumerate(in_time[:whole])}
        left = [_Waiting(max(leaves_at, a.at), a) for a in given if a.answer not in batched]
        by_cycle.setdefault(given[0].cycle, []).extend(w for w in left if w.since <= now)
    batched |= _pooled(by_cycle, now)
    return [_row(organization, a, batched.get(a.answer)) for given in by_job.values() for a in given]


def survey_figures(answered: Iterable[AnswerBatch]) -> list[Figure]:
    """Each statement's mean with the interval, counts of its points, and the recommendation; whole batches only."""
    shown = [a for a in answered if a.batch]
    if len(shown) < BATCH:
        return [Figure("survey", 0, 0, why_not=WhyNot.TOO_FEW)]
    return [*_statements(shown), _recommended(shown)]


def _pooled(by_cycle: Mapping[str | None, list[_Waiting]], now: datetime) -> dict[str, str]:
    """By answer, the batch of its cycle; what a cycle has left a year later, or has no cycle, waits with the year's."""
    batched: dict[str, str] = {}
    by_year: dict[int, list[_Waiting]] = {}
    for cycle, waiting in by_cycle.items():
        found = _whole(waiting, f"cycle:{cycle}") if cycle else {}
        batched |= found
        for left in waiting:
            since = left.since + (LEAVES_CYCLE_AFTER if cycle else timedelta())
            if left.answer.answer not in found and since <= now:
                by_year.setdefault(since.year, []).append(_Waiting(since, left.answer))
    for year, waiting in by_year.items():
        batched |= _whole(waiting, f"year:{year}")
    return batched


def _whole(waiting: Iterable[_Waiting], name: str) -> dict[str, str]:
    """Whoever waits becomes a batch as soon as they are five; those who come at the same moment come together."""
    found: dict[str, str] = {}
    together: list[_Waiting] = []
    number = 1
    ordered = sorted(waiting, key=lambda w: (w.since, w.answer.job, w.answer.answer))
    for (moment, _), arrived in groupby(ordered, key=lambda w: (w.since, w.answer.job)):
        together = [w for w in together if moment < w.since + LEAVES_CYCLE_AFTER] + list(arrived)
        if len(together) >= BATCH:
            found |= {w.answer.answer: f"{name}/{number}" for w in together}
            together, number = [], number + 1
    return found


def _row(organization: str, a: HeardAnswer, name: str | None) -> AnswerBatch:
    return AnswerBatch(organization, a.answer, a.job, a.cycle, name, a.answers, a.recommend)


def _statements(shown: Sequence[AnswerBatch]) -> Iterator[Figure]:
    """Statements that were added later are answered by fewer; they are shown from five on, too."""
    for statement in range(max(len(a.answers) for a in shown)):
        points = [a.answers[statement] for a in shown if len(a.answers) > statement]
        of, part = len(points), str(statement + 1)
        if of >= BATCH:
            low, high = t_interval(points) or Interval(fmean(points), fmean(points))
            yield Figure("survey", of, of, value=fmean(points), low=max(low, 1), high=min(high, 5), part=part)
            for point in range(1, 6):
                k = points.count(point)
                yield Figure("survey", of, of, k, float(k), part=f"{part}:{point}")


def _recommended(shown: Sequence[AnswerBatch]) -> Figure:
    of, given = len(shown), [a.recommend for a in shown]
    if of < MEASURES["cnps"].floor:
        return Figure("cnps", of, of, why_not=WhyNot.TOO_FEW)
    found = net_promoter(sum(r >= 9 for r in given), sum(r <= 6 for r in given), of)
    return Figure("cnps", of, of, value=found.value, **found.interval._asdict())
