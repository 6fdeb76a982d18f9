"""Answers are shown in whole batches of at least five."""

from services.insights.domain.findings import Certainty, findings
from services.insights.domain.measures import WhyNot
from services.insights.domain.rows import AnswerBatch
from services.insights.domain.surveys import survey_figures


def shown(count: int, *points: int, recommend: int = 9) -> list[AnswerBatch]:
    return [AnswerBatch("acme", f"{i}", "a", "S", f"a/{i // 5}", points, recommend) for i in range(count)]


def test_four_answers_are_shown_to_nobody():
    waiting = [row._replace(batch=None) for row in shown(9, 4)]

    assert [f.why_not for f in survey_figures(waiting)] == [WhyNot.TOO_FEW]
    assert [f.why_not for f in survey_figures(shown(4, 4))] == [WhyNot.TOO_FEW]


def test_statements_have_means_and_the_recommendation_waits_for_twenty():
    of_five, of_twenty = ({f.measure: f for f in survey_figures(shown(n, 4, 5))} for n in (5, 20))

    assert (of_five["cnps"].why_not, of_twenty["cnps"].value) == (WhyNot.TOO_FEW, 100)
    assert [f.value for f in survey_figures(shown(5, 4, 5)) if f.part in ("1", "2")] == [4, 5]


def test_a_tenth_statement_is_answered_by_whoever_was_asked():
    given_ = survey_figures([*shown(5, 4, 5), *shown(5, 4, 5, 3)])

    assert [(f.part, f.of) for f in given_ if f.part in ("1", "3")] == [("1", 10), ("3", 5)]


def test_a_description_that_did_not_match_is_a_finding():
    [said] = findings(survey_figures(shown(12, 5, 2)))

    assert (said.rule, said.certainty, said.figure.part) == ("survey", Certainty.CLEAR, "2")
