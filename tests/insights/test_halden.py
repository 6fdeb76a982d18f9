"""The demo's round in figures: eight people tell what to watch, not yet what is so."""

import pytest

from services.insights.domain.figures import figures
from services.insights.domain.findings import Act, Certainty, findings
from services.insights.domain.guarded import add_told, guarded_round
from services.insights.domain.measures import MEASURES, Figure, WhyNot
from services.insights.domain.sums import add_up
from tests.insights.halden import round_of


@pytest.fixture(scope="module")
def told() -> list[Figure]:
    return figures(add_up([round_of()]))


def one(found: list[Figure], measure: str, competency: str | None = None, part: str | None = None) -> Figure:
    [figure] = [f for f in found if (f.measure, f.competency, f.part) == (measure, competency, part)]
    return figure


def in_percent(figure: Figure) -> tuple[int | None, int, int, int]:
    return figure.k, figure.of, round(100 * (figure.low or 0)), round(100 * (figure.high or 0))


@pytest.mark.parametrize(
    ("measure", "competency", "part", "expected"),
    [
        ("met", "sql", None, (4, 7, 25, 84)),
        ("met", "python", None, (5, 6, 44, 97)),
        ("met", "communication", None, (7, 7, 65, 100)),
        ("met", None, "must_haves", (4, 7, 25, 84)),
        ("apart", "sql", None, (1, 6, 3, 56)),
        ("apart", "communication", None, (1, 5, 4, 62)),
        ("not_assessed", "sql", None, (0, 13, 0, 23)),
        ("not_assessed", "communication", None, (1, 13, 1, 33)),
        ("held", None, None, (13, 15, 62, 96)),
        ("scored", None, None, (12, 13, 67, 99)),
        ("promised", None, None, (8, 8, 68, 100)),
        ("wasted", None, None, (1, 13, 1, 33)),
        ("wasted", None, "without_loop", (13, 13, 77, 100)),
        ("gaps", "sql", None, (4, 6, 30, 90)),
        ("gaps", "python", None, (4, 6, 30, 90)),
        ("gaps", "communication", None, (2, 6, 10, 70)),
    ],
)
def test_shares_of_the_round_have_their_intervals(told, measure, competency, part, expected):
    assert in_percent(one(told, measure, competency, part)) == expected


def test_what_few_people_cannot_show_says_why(told):
    assert one(told, "alpha", "sql").why_not is WhyNot.TOO_FEW
    assert one(told, "apart", "python").why_not is WhyNot.ONE_INTERVIEWER
    assert one(told, "not_assessed", "python").why_not is WhyNot.TOO_FEW
    assert one(told, "accepted").why_not is WhyNot.NOTHING_YET


def test_the_round_leaves_a_pool_of_three_and_three(told):
    gained = {f.part: f.k for f in told if f.measure == "gained"}
    reused = {f.part: f.k for f in told if f.measure == "reused" and f.k}

    assert gained == {"silver_medalist": 3, "promising": 3, "invited": 6, "active": 4}
    assert reused == {"left_applied": 1, "left_hired": 1}
    assert {f.part: f.k for f in told if (f.part or "").startswith("returned:")} == {
        "returned:hire": 2,
        "returned:letter": 10,
    }


def test_waits_are_medians_in_hours(told):
    waits = {f.measure: round((f.value or 0) / 24) for f in told if f.measure.startswith("wait") and f.part is None}

    assert waits.pop("wait_match") == 0  # nobody was known before
    assert waits == {"wait_first": 3, "wait_next": 0, "wait_decision": 8, "wait_answer": 3, "wait_applicant": 1}
    assert not [f for f in told if f.part == "still"]


def test_it_hints_at_two_gaps_and_is_sure_of_nothing(told):
    said = [(f.rule, f.certainty, f.figure.competency, f.act) for f in findings(told)]

    assert said == [
        ("gaps", Certainty.HINT, "sql", Act.CAMPAIGN),
        ("gaps", Certainty.HINT, "python", Act.CAMPAIGN),
    ]


def test_the_next_job_lived_of_the_first():
    reused = {f.part: f.k for f in figures(add_up([round_of("ws27-ae")])) if f.measure == "reused"}

    assert reused == {
        "proposed": 3, "accepted": 1, "interested": 1, "applied": 1, "rehired": 1, "left_applied": 0, "left_hired": 0,
    }  # fmt: skip


def test_guarded_it_tells_of_no_four_people_no_interviewer_and_nobodys_hours(told):
    guarded = guarded_round(round_of())

    assert not [f for f in guarded if (f.measure, f.competency) == ("not_assessed", "python")]  # Ben alone asked
    assert one(guarded, "met", "python").k == 5
    assert not [f for f in guarded if (f.part or "").startswith(("reason:", "step:", "returned:"))]
    assert one(guarded, "wait_decision").value != one(told, "wait_decision").value
    assert all(f.people == 0 or f.people >= 5 for f in guarded)


def test_a_round_of_one_tells_nothing_and_is_in_no_published_sum():
    together = add_told([guarded_round(round_of()), guarded_round(round_of("ws27-ae"))])

    assert guarded_round(round_of("ws27-ae")) == []
    assert one(together, "promised").of == 8


def test_what_was_told_of_two_rounds_adds_up_to_what_is_told_of_both_at_once():
    twice = figures(add_up([round_of(), round_of()]))

    together = add_told([guarded_round(round_of())] * 2)

    for measure, competency in (("met", "sql"), ("flat", "sql"), ("gaps", "python"), ("held", None), ("wasted", None)):
        [told] = [f for f in together if (f.measure, f.competency) == (measure, competency) and f.low is not None][:1]
        assert told in twice, measure
    waits = [f._replace(people=0) for f in together if f.measure.startswith("wait_") and f.part in (None, "p90")]
    assert waits == [f._replace(people=0) for f in twice if f in waits or f._replace(people=0) in waits]
    assert waits


def test_every_figure_is_of_a_measure_in_the_table(told):
    assert {f.measure for f in told} <= MEASURES.keys()
    assert len(MEASURES) == 35
