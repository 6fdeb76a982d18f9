"""Named rules: clear where the interval lies beyond the threshold, a hint where the point alone does."""

import pytest

from services.insights.domain.calibration import calibrate, is_worth_saying, leniency
from services.insights.domain.figures import count, share
from services.insights.domain.findings import Act, Certainty, Difference, compare, findings
from services.insights.domain.measures import Figure, WhyNot
from services.insights.domain.rows import Assessment
from tests.insights.rounds import NOW

CLEAR, HINT = Certainty.CLEAR, Certainty.HINT


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (share("not_assessed", 15, 30, competency="sql"), CLEAR),
        (share("not_assessed", 4, 12, competency="sql"), HINT),
        (share("not_assessed", 3, 12, competency="sql"), None),
        (share("apart", 12, 30, competency="sql"), CLEAR),
        (share("unmet", 0, 8, competency="sql"), CLEAR),
        (share("unmet", 0, 7, competency="sql"), HINT),
        (share("unmet", 0, 4, competency="sql"), None),
        (share("promised", 4, 30), CLEAR),
        (share("promised", 9, 10), HINT),
        (share("scored", 29, 30), None),
        (share("scored", 7, 10), HINT),
        (share("shareable", 5, 10), HINT),
        (share("shareable", 6, 10), None),
        (share("shareable", 4, 20), CLEAR),
        (share("shareable", 0, 20, part="letters"), None),
        (share("flat", 8, 10, competency="sql", part="5"), HINT),
        (share("flat", 7, 10, competency="sql", part="5"), None),
        (share("flat", 40, 40, competency="sql", part="5"), CLEAR),
        (share("unsaid", 3, 9, competency="css"), HINT),
        (share("unsaid", 20, 30, competency="css"), CLEAR),
        (share("answered", 3, 6, part="about:role"), HINT),
        (share("answered", 4, 6, part="about:role"), None),
        (share("answered", 2, 20, part="about:role"), CLEAR),
        (share("answered", 0, 6, competency="sql"), None),
        (share("withdrew", 3, 8), HINT),
        (share("gaps", 2, 5, competency="sql"), None),
        (share("gaps", 3, 5, competency="sql"), HINT),
        (share("gaps", 30, 40, competency="sql"), CLEAR),
        (share("wasted", 20, 40), CLEAR),
        (share("wasted", 13, 13, part="without_loop"), None),
        (count("never_asked", 0, 9, competency="sql"), HINT),
        (count("never_asked", 0, 10, competency="sql"), CLEAR),
        (count("gained", 1, 6, part="invited"), CLEAR),
        (count("gained", 3, 6, part="invited"), None),
        (count("gained", 0, 2, part="invited"), None),
        (Figure("alpha", 40, 40, value=0.6, low=0.4, high=0.75, competency="sql"), CLEAR),
        (Figure("alpha", 40, 40, value=0.7, low=0.5, high=0.85, competency="sql"), HINT),
        (Figure("alpha", 40, 40, value=0.85, low=0.8, high=0.9, competency="sql"), None),
    ],
)
def test_a_figure_is_said_as_surely_as_it_is_known(figure, expected):
    assert [f.certainty for f in findings([figure])] == ([expected] if expected else [])


@pytest.mark.parametrize(("taken_up", "rules"), [(2, ["gaps"]), (3, [])])
def test_what_a_campaign_told_half_of_them_is_no_gap_any_more(taken_up, rules):
    told = share("answered", taken_up, 6, competency="sql")

    assert [f.rule for f in findings([share("gaps", 6, 8, competency="sql"), told])] == rules


def test_five_are_told_and_what_is_clear_comes_first():
    hints = [share("gaps", 3, 6, competency=name) for name in "abcde"]

    said = findings([*hints, share("wasted", 20, 40)])

    assert [f.certainty for f in said] == [CLEAR, HINT, HINT, HINT, HINT]
    assert said[0].act is Act.POOL


@pytest.mark.parametrize(
    ("mine", "earlier", "expected"),
    [
        (share("met", 18, 20), share("met", 5, 20), Difference.HIGHER),
        (share("met", 5, 20), share("met", 18, 20), Difference.LOWER),
        (share("met", 9, 20), share("met", 5, 20), Difference.NOT_KNOWN),
        (share("met", 9, 9), share("met", 0, 20), Difference.TOO_FEW),
    ],
)
def test_rounds_are_compared_only_as_far_as_their_numbers_can_show(mine, earlier, expected):
    assert compare(mine, earlier) is expected


def rated(person: int, interviewer: str, level: float) -> Assessment:
    about = (f"{person}-{interviewer}", "sql", f"p{person}", f"a{person}", "j1", interviewer, None)
    return Assessment("acme", *about, asked=True, given=True, level=level, job_level=4, at=NOW)


def jointly(people: int, *, by: float, others: int = 3) -> list[Assessment]:
    """Ada rates higher than the others, by so many points of five."""
    found = []
    for i in range(people):
        theirs = 0.25 * (i % 3)
        found += [rated(i, "ada", theirs + by / 4), *(rated(i, f"o{(i + n) % others}", theirs) for n in range(2))]
    return found


@pytest.mark.parametrize(
    ("assessments", "why_not", "is_said"),
    [
        (jointly(20, by=0.8), None, True),
        (jointly(20, by=0.4), None, False),
        (jointly(14, by=0.8), WhyNot.TOO_FEW, False),
        (jointly(20, by=0.8, others=2), WhyNot.TOO_FEW, False),
    ],
)
def test_an_interviewer_hears_of_leniency_where_it_is_large_and_sure(assessments, why_not, is_said):
    known = {c.interviewer: c for c in calibrate(assessments)}

    figure = leniency(known["ada"])

    assert (figure.why_not, is_worth_saying(figure)) == (why_not, is_said)


def test_who_interviewed_alone_hears_nothing():
    assert calibrate([rated(1, "ada", 1)]) == []
    assert leniency(None).why_not is WhyNot.NOTHING_YET
