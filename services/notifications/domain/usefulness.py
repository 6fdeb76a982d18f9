"""Rule 3: how useful letters were comes back to those whose words went into them, as numbers from five on."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

AT_LEAST = 5  # ratings; and recomputed at every so many more


class LetterRating(NamedTuple):
    """One candidate's rating of a letter with words of this interviewer."""

    interviewer: str
    letter: str
    at: datetime
    rating: int


class UsefulnessSummary(NamedTuple):
    """Of the first five, ten, fifteen ... ratings: the mean, and how many gave 0, 1, 2, 3, 4 and 5."""

    interviewer: str
    ratings: int
    mean: float
    counts: list[int]


def shown(rated: Iterable[LetterRating]) -> list[UsefulnessSummary]:
    """By interviewer, in the order of their ids; nobody with fewer than five."""
    by_interviewer: dict[str, dict[str, LetterRating]] = {}
    for one in rated:
        by_interviewer.setdefault(one.interviewer, {})[one.letter] = one
    found = [_useful(user, list(ratings.values())) for user, ratings in sorted(by_interviewer.items())]
    return [useful for useful in found if useful.ratings]


def _useful(interviewer: str, rated: list[LetterRating]) -> UsefulnessSummary:
    count = len(rated) // AT_LEAST * AT_LEAST
    values = [one.rating for one in sorted(rated, key=lambda one: (one.at, one.letter))][:count]
    mean = round(sum(values) / count, 2) if count else 0.0
    return UsefulnessSummary(interviewer, count, mean, [values.count(value) for value in range(6)])
