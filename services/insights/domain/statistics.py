"""Statistics that hold for a handful of people: closed forms and one bootstrap, without a library of their size."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from math import fsum, sqrt
from operator import mul
from random import Random
from statistics import NormalDist, fmean, quantiles, stdev
from struct import Struct
from typing import NamedTuple

Z = NormalDist().inv_cdf(0.975)
RESAMPLES, FEWEST_RESAMPLES, DRAWS = 2_000, 200, 60_000  # fewer resamples of many people: their intervals are narrow
BYTE = 256
# A whole number of four fields: up to a million ratings, in steps far below what alpha tells apart.
FIELDS, ONE = Struct("<4Q"), 1 << 44


class Interval(NamedTuple):
    """The 95 % interval."""

    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the sign is known."""
        return self.low > 0 or self.high < 0


class RatedUnit(NamedTuple):
    """What several interviewers said of one person in one thing: n ratings, their sum, sum of squares, disagreement."""

    n: int
    s: float
    q: float
    d: float


class AgreementSums(NamedTuple):
    """Sums over units, which add up over jobs."""

    units: int = 0
    n: int = 0
    s: float = 0.0
    q: float = 0.0
    d: float = 0.0

    def __add__(self, other: tuple[float, ...]) -> "AgreementSums":  # type: ignore[override]  # adds up, does not append
        units, n, s, q, d = (mine + theirs for mine, theirs in zip(self, other, strict=True))
        return AgreementSums(int(units), int(n), s, q, d)


class NetPromoter(NamedTuple):
    """Promoters minus detractors, -100 to 100."""

    value: float
    interval: Interval


@lru_cache(maxsize=4_096)
def wilson(k: int, n: int) -> Interval:
    """The interval of a share k/n. Raises ZeroDivisionError of nothing."""
    share, weight = k / n, Z * Z / n
    middle = (share + weight / 2) / (1 + weight)
    half = Z * sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    return Interval(0.0 if k == 0 else middle - half, 1.0 if k == n else middle + half)


def newcombe(k: int, n: int, other_k: int, other_n: int) -> Interval:
    """The interval of the difference of two shares, from Wilson's of each (Newcombe 1998, method 10)."""
    share, other = k / n, other_k / other_n
    mine, theirs = wilson(k, n), wilson(other_k, other_n)
    return Interval(
        share - other - sqrt((share - mine.low) ** 2 + (theirs.high - other) ** 2),
        share - other + sqrt((mine.high - share) ** 2 + (other - theirs.low) ** 2),
    )


def rated_unit(ratings: Sequence[float]) -> RatedUnit:
    """The sums of at least two ratings of one person."""
    n, s, q = len(ratings), sum(ratings), sum(v * v for v in ratings)
    return RatedUnit(n, s, q, max(2 * (n * q - s * s) / (n - 1), 0.0))


def mean_of(levels: Sequence[float]) -> float:
    """The same in whichever order. Raises ZeroDivisionError of nothing."""
    return levels[0] if len(levels) == 1 else fsum(levels) / len(levels)


def agreement_sums(units: Iterable[RatedUnit]) -> AgreementSums:
    """The sums of all units."""
    found = list(units)
    n, s, q, d = (sum(column) for column in zip(*found, strict=True)) if found else (0, 0.0, 0.0, 0.0)
    return AgreementSums(len(found), int(n), s, q, d)


def alpha(sums: AgreementSums) -> float | None:
    """Krippendorff's alpha for intervals; None where all ratings are the same, or there are none."""
    return _alpha(sums.n, sums.s, sums.q, sums.d)


def _alpha(n: int, s: float, q: float, d: float) -> float | None:
    expected = 2 * (n * q - s * s) / (n * (n - 1)) if n > 1 else 0.0
    return 1 - d / n / expected if expected > 1e-12 else None


def alpha_interval(units: Iterable[RatedUnit], scope: str) -> Interval | None:
    """From resampling people; the same units of the same scope give the same interval. None where nothing varies."""
    alike = Counter(units)
    return _interval_of_alike(tuple(sorted(alike.items())), scope) if alike else None


@lru_cache(maxsize=256)  # most of what happens in a round rates nobody
def _interval_of_alike(alike: Sequence[tuple[RatedUnit, int]], scope: str) -> Interval | None:
    random = Random(sha256(scope.encode()).digest())  # noqa: S311  # no secret
    found = map(_alpha_of_whole, _resampled_sums(random, alike))
    return _middle([value for value in found if value is not None])


def _resampled_sums(random: Random, alike: Sequence[tuple[RatedUnit, int]]) -> Iterator[int]:
    """As many people drawn anew of as many, again and again: the sum of each draw."""
    counts, kinds = [count for _, count in alike], [_whole(unit) for unit, _ in alike]
    people = sum(counts)
    times = max(FEWEST_RESAMPLES, min(RESAMPLES, DRAWS // people))
    if people > BYTE:
        return (sum(map(mul, _drawn_of_many(random, counts), kinds)) for _ in range(times))
    everyone = [whole for whole, count in zip(kinds, counts, strict=True) for _ in range(count)]
    return (sum(map(everyone.__getitem__, drawn)) for drawn in _drawn_of_few(random, people, times))


def _whole(unit: RatedUnit) -> int:
    """Its four sums side by side in one whole number: many are added up at once, and exactly."""
    return int.from_bytes(FIELDS.pack(unit.n, *(round(value * ONE) for value in unit[1:])), "little")


def _alpha_of_whole(whole: int) -> float | None:
    n, s, q, d = FIELDS.unpack(whole.to_bytes(FIELDS.size, "little"))
    return _alpha(n, s / ONE, q / ONE, d / ONE)


def _drawn_of_many(random: Random, counts: Sequence[int]) -> Sequence[int]:
    """Kind by kind: how many of those who are none of the kinds before."""
    left = others = sum(counts)
    found = []
    for count in counts:
        drawn = _binomial(random, left, count / others)
        found.append(drawn)
        left, others = left - drawn, others - count
    return found


def _binomial(random: Random, people: int, share: float) -> int:
    """How many random numbers lie below a share: digit by digit in base two, those of all who are undecided at once."""
    if share == 1:
        return people
    below = 0
    while people and share:
        digit, share = divmod(share * 2, 1)
        zeros = people - random.getrandbits(people).bit_count()
        below += zeros if digit else 0
        people = people - zeros if digit else zeros
    return below


def _drawn_of_few(random: Random, people: int, times: int) -> Iterator[bytes]:
    """A random byte is a person; those beyond the last multiple of all people are dropped: nobody is likelier."""
    table = bytes(range(people)) * (BYTE // people)
    beyond, table = bytes(range(len(table), BYTE)), table.ljust(BYTE, b"\0")
    drawn = b""
    while len(drawn) < people * times:
        drawn += random.randbytes(people * times).translate(table, beyond)
    return (drawn[first : first + people] for first in range(0, people * times, people))


def _middle(values: list[float]) -> Interval | None:
    if len(values) < 2:
        return None
    cuts = quantiles(values, n=40, method="inclusive")
    return Interval(cuts[0], cuts[-1])


def net_promoter(promoters: int, detractors: int, n: int) -> NetPromoter:
    """With the interval of its standard error. Raises ZeroDivisionError of nothing."""
    p, d = promoters / n, detractors / n
    half = Z * sqrt(max(p + d - (p - d) ** 2, 0.0) / n)
    return NetPromoter(100 * (p - d), Interval(100 * max(p - d - half, -1.0), 100 * min(p - d + half, 1.0)))


def t_interval(values: Sequence[float]) -> Interval | None:
    """The interval of the mean; None of fewer than five."""
    n = len(values)
    if n < 5:
        return None
    mean, half = fmean(values), t_quantile(n - 1) * stdev(values) / sqrt(n)
    return Interval(mean - half, mean + half)


def t_quantile(freedom: int) -> float:
    """Student's 97.5 % quantile by the expansion of Cornish and Fisher: to 0.001 from 4 degrees of freedom on."""
    z = Z
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return z + sum(term / float(freedom) ** power for power, term in enumerate(terms, start=1))
