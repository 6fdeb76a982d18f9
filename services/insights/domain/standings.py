"""Who stands behind a round's levels: for whoever may read its scorecards anyway."""

from collections.abc import Collection, Iterable
from statistics import fmean
from typing import NamedTuple

from services.insights.domain.growth import is_met
from services.insights.domain.rows import Assessment


class Standing(NamedTuple):
    """One person in one competency: the mean of those who rated them, 1 to 5, and whether that is what the job asks."""

    candidate: str
    competency: str
    level: float
    ratings: int
    met: bool | None


def standings(assessments: Iterable[Assessment], hidden: Collection[str]) -> list[Standing]:
    """By person and competency, in the order of their ids. `hidden`: people of whom the reader is not told yet."""
    found: dict[tuple[str, str], list[Assessment]] = {}
    for one in assessments:
        if one.level is not None and one.candidate not in hidden:
            found.setdefault((one.candidate, one.competency), []).append(one)
    return [_standing(*whose, rated) for whose, rated in sorted(found.items())]


def _standing(candidate: str, competency: str, rated: list[Assessment]) -> Standing:
    mean = fmean(one.level for one in rated if one.level is not None)
    wanted = next((one.job_level for one in rated if one.job_level is not None), None)
    met = None if wanted is None else is_met(mean, wanted)
    return Standing(candidate, competency, round(1 + 4 * mean, 2), len(rated), met)
