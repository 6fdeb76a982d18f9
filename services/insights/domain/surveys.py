"""Surveys are shown in whole batches of at least five, which notifications makes: no two pages differ by less."""

from collections.abc import Iterator, Sequence
from statistics import fmean

from services.insights.domain.measures import MEASURES, Figure, WhyNot
from services.insights.domain.rows import AnswerBatch
from services.insights.domain.statistics import Interval, net_promoter, t_interval
from shared.contracts.reading import FEWEST_SHOWN, offers_shown

MEAN = "mean"  # of the recommendation, 0 to 10: shown from one batch on, as its score is not


def survey_figures(shown: Sequence[AnswerBatch]) -> list[Figure]:
    """Each statement's mean with the interval, counts of its points, and the recommendation."""
    if len(shown) < FEWEST_SHOWN:
        return [Figure("survey", 0, 0, why_not=WhyNot.TOO_FEW)]
    return [*_statements(shown), _recommended(shown), _mean_recommendation(shown)]


def _statements(shown: Sequence[AnswerBatch]) -> Iterator[Figure]:
    """The last one may stay empty, so fewer answer it; it is shown from five on, too."""
    offers = offers_shown((a.place, a.batch, a.offer) for a in shown)
    for statement, points in enumerate([*zip(*(a.answers for a in shown), strict=True), offers]):
        of, part = len(points), str(statement + 1)
        if of >= FEWEST_SHOWN:
            low, high = t_interval(list(points)) or Interval(fmean(points), fmean(points))
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


def _mean_recommendation(shown: Sequence[AnswerBatch]) -> Figure:
    given = [a.recommend for a in shown]
    low, high = t_interval(given) or Interval(fmean(given), fmean(given))
    of = len(given)
    return Figure("cnps", of, of, value=fmean(given), low=max(low, 0), high=min(high, 10), part=MEAN)
