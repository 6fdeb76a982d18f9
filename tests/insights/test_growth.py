"""Growth of those who were told beside those who were not, and of how few it is shown to nobody."""

from datetime import timedelta

import pytest

from services.insights.domain.grown import growth_figures
from services.insights.domain.rows import Growth, GrowthKind
from services.insights.domain.statistics import wilson
from tests.insights import halden


def grown(kind: GrowthKind, people: int, better: int) -> list[Growth]:
    return [
        Growth("acme", f"{kind}{i}", "sql", f"l{i}", f"a{i}", "j1", "data", kind, 0.5, 0.5 + (i < better), halden.NOW)
        for i in range(people)
    ]


@pytest.mark.parametrize(
    ("told", "untold", "is_guarded", "why_not"),
    [(12, 11, True, None), (12, 4, False, "too_few"), (12, 4, True, "few_people")],
)
def test_growth_shows_the_told_beside_the_untold(told, untold, is_guarded, why_not):
    growths = [*grown(GrowthKind.TOLD, told, 9), *grown(GrowthKind.UNTOLD, untold, 2)]

    found = growth_figures(growths, is_guarded=is_guarded)

    assert [(f.part, f.why_not) for f in found] == [("told", why_not), ("untold", why_not), (None, why_not)]


def test_growth_is_the_difference_of_two_shares_of_people_who_came_back():
    again = [g._replace(competency="python", after=0.5, after_at=halden.NOW) for g in grown(GrowthKind.TOLD, 2, 0)]
    gone = [g._replace(person="gone", after=None, after_at=None) for g in grown(GrowthKind.TOLD, 1, 1)]

    told, untold, apart = growth_figures(
        [*grown(GrowthKind.TOLD, 10, 9), *again, *gone, *grown(GrowthKind.UNTOLD, 10, 3)], is_guarded=False
    )

    assert [(f.k, f.of, f.people, f.value) for f in (told, untold)] == [(9, 12, 10, 0.75), (3, 10, 10, 0.3)]
    assert (apart.people, round(apart.value, 2), apart.low < 0.45 < apart.high) == (20, 0.45, True)
    assert (untold.low, untold.high) == tuple(wilson(3, 10))


def test_guarded_growth_is_of_those_who_came_back_first():
    later = [
        g._replace(person=f"later{i}", after_at=halden.NOW + timedelta(days=1))
        for i, g in enumerate(grown(GrowthKind.TOLD, 3, 0))
    ]

    told, *_ = growth_figures(
        [*later, *grown(GrowthKind.TOLD, 10, 10), *grown(GrowthKind.UNTOLD, 10, 1)], is_guarded=True
    )

    assert (told.k, told.of) == (10, 10)


def test_guarded_growth_changes_by_five_people_or_not_at_all():
    def told(people: int) -> int:
        growths = [*grown(GrowthKind.TOLD, people, 9), *grown(GrowthKind.UNTOLD, 11, 2)]
        return growth_figures(growths, is_guarded=True)[0].of

    assert [told(people) for people in (9, 10, 12, 14, 15)] == [5, 10, 10, 10, 15]


@pytest.mark.parametrize(("own", "why_not"), [(0, None), (7, "too_few"), (8, "few_people"), (12, "few_people")])
def test_nobody_takes_whom_they_know_from_growth_and_finds_a_few(own, why_not):
    growths = [*grown(GrowthKind.TOLD, 12, 9), *grown(GrowthKind.UNTOLD, 11, 2)]
    growths = [*(g._replace(job="mine") for g in growths[:own]), *growths[own:]]

    found = growth_figures(growths, is_guarded=True, known=frozenset({"mine"}))

    assert [f.why_not for f in found] == [why_not] * 3
