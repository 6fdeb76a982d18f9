"""Leniency: how one interviewer rates beside others who saw the same people; for this interviewer alone."""

from collections.abc import Iterable
from statistics import fmean, stdev

from services.insights.domain.measures import MEASURES, Figure, WhyNot
from services.insights.domain.rows import Assessment, Calibration
from services.insights.domain.statistics import t_interval

POINTS = 4  # from 0 to 1 to points of five
OTHERS_FLOOR = 3
WORTH_SAYING = 0.5  # points: smaller differences say nothing


def calibrate(assessments: Iterable[Assessment]) -> list[Calibration]:
    """Of each interviewer with jointly rated people: the mean of their own minus the others' mean, a person once."""
    rated: dict[tuple[str, str, str], dict[str, list[float]]] = {}
    organizations = {}
    for a in assessments:
        if a.level is not None:
            rated.setdefault((a.candidate, a.application, a.competency), {}).setdefault(a.interviewer, []).append(
                a.level
            )
            organizations[a.interviewer] = a.organization
    apart: dict[str, dict[str, list[float]]] = {}
    others: dict[str, set[str]] = {}
    for (candidate, _, _), levels in sorted(rated.items()):
        for interviewer in levels:
            theirs = {other: fmean(sorted(given)) for other, given in levels.items() if other != interviewer}
            if theirs:
                own = fmean(sorted(levels[interviewer])) - fmean(sorted(theirs.values()))
                apart.setdefault(interviewer, {}).setdefault(candidate, []).append(own * POINTS)
                others.setdefault(interviewer, set()).update(theirs)
    means = {i: [fmean(points) for points in people.values()] for i, people in apart.items()}
    return [_calibration(organizations[i], i, means[i], len(others[i])) for i in sorted(means)]


def leniency(known: Calibration | None) -> Figure:
    """What an interviewer is shown of themselves."""
    if known is None:
        return Figure("leniency", 0, 0, why_not=WhyNot.NOTHING_YET)
    figure = Figure("leniency", known.people, known.people)
    if known.people < MEASURES["leniency"].floor or known.others < OTHERS_FLOOR:
        return figure._replace(why_not=WhyNot.TOO_FEW)
    return figure._replace(value=known.mean, low=known.low, high=known.high)


def is_worth_saying(figure: Figure) -> bool:
    """Whether the difference is large enough for a word, and its sign known."""
    if figure.value is None or figure.low is None or figure.high is None:
        return False
    return abs(figure.value) >= WORTH_SAYING and (figure.low > 0 or figure.high < 0)


def _calibration(organization: str, interviewer: str, points: list[float], others: int) -> Calibration:
    mean, spread = fmean(points), stdev(points) if len(points) > 1 else 0.0
    low, high = t_interval(points) or (mean, mean)
    return Calibration(organization, interviewer, len(points), others, mean, spread, low, high)
