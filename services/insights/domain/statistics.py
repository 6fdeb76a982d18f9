"""Statistics that hold for a handful of people: closed forms and one bootstrap, without a library of their size."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from math import fsum, sqrt
from operator import mul
from random import Random
from statistics import NormalDist, fmean, quantiles, stdev
from typing import NamedTuple

Z = NormalDist().inv_cdf(0.975)
RESAMPLES, FEWEST_RESAMPLES, DRAWS = 2_000, 200, 60_000  # fewer resamples of many people: their intervals are narrow
BYTE = 256


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
    n = sums.n
    expected = 2 * (n * sums.q - sums.s**2) / (n * (n - 1)) if n > 1 else 0.0
    return 1 - sums.d / n / expected if expected > 1e-12 else None


def alpha_interval(units: Iterable[RatedUnit], scope: str) -> Interval | None:
    """From resampling people; the same units of the same scope give the same interval. None where nothing varies."""
    alike = Counter(units)
    return _interval_of_alike(tuple(sorted(alike.items())), scope) if alike else None


@lru_cache(maxsize=256)  # most of what happens in a round rates nobody
def _interval_of_alike(alike: Sequence[tuple[RatedUnit, int]], scope: str) -> Interval | None:
    kinds, counts = zip(*alike, strict=True)
    columns = [*zip(*kinds, strict=True)]
    random = Random(sha256(scope.encode()).digest())  # noqa: S311  # no secret
    times = max(FEWEST_RESAMPLES, min(RESAMPLES, DRAWS // sum(counts)))
    found = [alpha(_sums_of(drawn, columns)) for drawn in _resamples(random, counts, times)]
    return _middle([value for value in found if value is not None])


def _sums_of(counts: Sequence[int], columns: Sequence[Sequence[float]]) -> AgreementSums:
    n, s, q, d = (sum(map(mul, counts, column)) for column in columns)
    return AgreementSums(sum(counts), int(n), s, q, d)


def _resamples(random: Random, counts: Sequence[int], times: int) -> Iterator[Sequence[int]]:
    """As many people drawn anew of as many, so many times: how often each kind of them came."""
    if sum(counts) > BYTE:
        yield from (_drawn_of_many(random, counts) for _ in range(times))
        return
    kinds, everyone = range(len(counts)), [kind for kind, count in enumerate(counts) for _ in range(count)]
    for resample in _resampled_bytes(random, bytes(everyone), times):
        yield [resample.count(kind) for kind in kinds]


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


def _resampled_bytes(random: Random, everyone: bytes, times: int) -> Iterator[bytes]:
    """A random byte is a person; those beyond the last multiple of all people are dropped: nobody is likelier."""
    people = len(everyone)
    table = everyone * (BYTE // people)
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
