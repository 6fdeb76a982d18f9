"""Our closed forms beside published libraries."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.insights.domain.statistics import (
    AgreementSums,
    agreement_sums,
    alpha,
    alpha_interval,
    net_promoter,
    newcombe,
    rated_unit,
    t_interval,
    t_quantile,
    wilson,
)
from services.insights.domain.waits import BIN_HOURS, add_waits, quantile, wait_of

NOW = datetime(2026, 3, 2, tzinfo=UTC)
FEW = settings(max_examples=25)  # both sides are smooth: it is their formulas that are compared
LEVELS = st.sampled_from([0, 0.25, 0.5, 0.75, 1, 1 / 3])
PEOPLE = st.lists(st.lists(LEVELS, min_size=1, max_size=4), min_size=2, max_size=12)
COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@FEW
@given(COUNTS)
def test_the_interval_of_a_share_is_wilsons(libraries, counted):
    k, n = counted

    assert wilson(k, n) == pytest.approx(libraries.proportion.proportion_confint(k, n, method="wilson"), abs=1e-12)
    assert wilson(k, n) == pytest.approx(
        tuple(libraries.stats.binomtest(k, n).proportion_ci(method="wilson")), abs=1e-12
    )


@FEW
@given(COUNTS, COUNTS)
def test_the_interval_of_a_difference_is_newcombes(libraries, mine, theirs):
    expected = libraries.proportion.confint_proportions_2indep(*mine, *theirs, method="newcomb", compare="diff")

    assert newcombe(*mine, *theirs) == pytest.approx(expected, abs=1e-9)


@FEW
@given(PEOPLE)
def test_agreement_from_sums_is_krippendorffs_alpha(people):
    ratings = np.full((4, len(people)), np.nan)
    for column, given_ in enumerate(people):
        ratings[: len(given_), column] = given_
    ours = alpha(agreement_sums(rated_unit(g) for g in people if len(g) > 1))

    if len({v for g in people if len(g) > 1 for v in g}) > 1:
        assert ours == pytest.approx(krippendorff.alpha(ratings, level_of_measurement="interval"), abs=1e-9)
    else:
        assert ours is None


@FEW
@given(PEOPLE, PEOPLE)
def test_the_sums_of_two_rounds_are_those_of_all_their_people(one, other):
    units, others = ([rated_unit(g) for g in people if len(g) > 1] for people in (one, other))

    assert agreement_sums(units) + agreement_sums(others) == pytest.approx(agreement_sums(units + others))
    assert agreement_sums([]) == AgreementSums()


def two_raters(people: int) -> list[list[float]]:
    random = Random(7)
    true = [random.choice([0.25, 0.5, 0.75]) for _ in range(people)]
    return [[min(max(level + random.choice([-0.25, 0, 0.25]), 0), 1) for _ in range(2)] for level in true]


@pytest.mark.parametrize("people", [30, 300])
def test_the_interval_of_alpha_is_that_of_resampled_people(people):
    ratings = two_raters(people)
    units = [rated_unit(g) for g in ratings]
    drawn = np.random.default_rng(1).integers(0, people, size=(400, people))
    resampled = [krippendorff.alpha(np.array(ratings)[d].T, level_of_measurement="interval") for d in drawn]

    ours = alpha_interval(units, "halden/su27-data/sql")

    assert ours == pytest.approx(tuple(np.percentile(resampled, [2.5, 97.5])), abs=0.3 / people**0.5)
    assert ours == alpha_interval(units[::-1], "halden/su27-data/sql")
    assert ours != alpha_interval(units, "halden/su27-data/python")


@pytest.mark.parametrize("level", [0, 1 / 3, 166 / 199, 0.7, 1])
@pytest.mark.parametrize("people", [30, 256, 257])
def test_where_nothing_varies_there_is_no_alpha(level, people):
    assert alpha_interval([rated_unit([level, level])] * people, "a") is None
    assert alpha_interval([rated_unit([level, level])] * (people - 1) + [rated_unit([level, 0.5])], "a") is not None


def test_of_nobody_there_is_no_alpha():
    assert alpha_interval([], "a") is None


@pytest.mark.parametrize("freedom", [4, 9, 14, 30, 200])
def test_students_quantile_is_scipys(libraries, freedom):
    assert t_quantile(freedom) == pytest.approx(libraries.stats.t.ppf(0.975, freedom), abs=1e-3)


@FEW
@given(st.lists(st.integers(-16, 16).map(lambda v: v / 4), min_size=15, max_size=60).filter(lambda v: len(set(v)) > 1))
def test_the_interval_of_a_mean_is_students(libraries, values):
    expected = libraries.stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=libraries.stats.sem(values))

    assert t_interval(values) == pytest.approx(expected, abs=1e-4)


def test_of_four_values_no_interval_is_told():
    assert t_interval([1, 2, 3, 4]) is None


@FEW
@given(st.lists(st.integers(0, 10), min_size=1, max_size=60))
def test_the_recommendation_has_the_standard_error_of_its_three_answers(answers):
    score = [1 if a >= 9 else -1 if a <= 6 else 0 for a in answers]
    found = net_promoter(score.count(1), score.count(-1), len(score))
    half = 1.959964 * np.std(score) / len(score) ** 0.5

    assert found.value == pytest.approx(100 * np.mean(score))
    assert found.interval.high == pytest.approx(100 * min(np.mean(score) + half, 1), abs=1e-4)
    assert found.interval.low == pytest.approx(100 * max(np.mean(score) - half, -1), abs=1e-4)


HOURS = st.lists(st.floats(0, 3_000), min_size=1, max_size=40)


@FEW
@given(HOURS)
def test_waits_of_one_round_are_exact(hours):
    found = wait_of(("p", NOW, NOW + timedelta(hours=h)) for h in hours)

    assert found.median == pytest.approx(np.median(hours), abs=1e-6)
    assert found.p90 == pytest.approx(np.percentile(hours, 90), abs=1e-6)
    assert found.measured == len(hours)


@FEW
@given(HOURS, HOURS)
def test_waits_added_up_are_told_within_their_bin(one, other):
    added = add_waits([wait_of(("p", NOW, NOW + timedelta(hours=h)) for h in hours) for hours in (one, other)])
    exact = float(np.quantile(one + other, 0.5, method="inverted_cdf"))
    edges = (0, *BIN_HOURS, float("inf"))
    low, high = next((a, b) for a, b in pairwise(edges) if exact <= b)

    assert added.median is not None
    assert low - 1e-6 <= added.median <= high
    assert added.measured == len(one) + len(other)


def test_times_that_run_backwards_are_counted_and_not_measured():
    found = wait_of([("p", NOW, NOW - timedelta(hours=1)), ("p", NOW, NOW + timedelta(days=400))], still=2)

    assert (found.measured, found.backwards, found.still, found.median) == (1, 1, 2, 400 * 24)
    assert quantile(found.bins, 0.5) == BIN_HOURS[-1]
    assert add_waits([]).median is None
