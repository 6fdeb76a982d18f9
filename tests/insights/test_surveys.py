"""Answers are shown in whole batches: by the job, then the cycle, then the year."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.insights.domain.findings import Certainty, findings
from services.insights.domain.heard import HeardAnswer
from services.insights.domain.measures import WhyNot
from services.insights.domain.rows import AnswerBatch
from services.insights.domain.surveys import LEAVES_CYCLE_AFTER, LEAVES_JOB_AFTER, batch, survey_figures

BEGAN = datetime(2026, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)
CLOSED = {"a": BEGAN, "b": BEGAN, "c": BEGAN}


def answer(number: int, job: str = "a", *, day: float = 0, cycle: str | None = "S") -> HeardAnswer:
    return HeardAnswer(f"{job}{number:02}", job, cycle, BEGAN + (number + day) * DAY / 10, (4,) * 9, 9)


def batches(
    answers: list[HeardAnswer], closed: dict[str, datetime] = CLOSED, now: datetime = BEGAN + 600 * DAY
) -> dict[str, str | None]:
    return {a.answer: a.batch for a in batch("acme", answers, closed, now)}


def test_every_five_of_a_job_are_a_batch_and_the_rest_waits():
    found = batches([answer(i) for i in range(7)], closed={})

    assert [found[f"a{i:02}"] for i in range(7)] == ["a/1"] * 5 + [None] * 2


def test_what_jobs_have_left_is_shown_together_with_their_cycle():
    answers = [answer(i, job) for job in "abc" for i in range(3)]

    early, late = (list(batches(answers, now=BEGAN + days * DAY).values()) for days in (89, 91))

    assert set(early) == {None}
    assert (late.count("cycle:S/1"), late.count(None)) == (6, 3)


def test_what_a_cycle_has_left_is_shown_with_the_year():
    found = batches([answer(i, job, cycle=cycle) for job, cycle in (("a", "S"), ("b", "W")) for i in range(3)])

    year = (BEGAN + LEAVES_JOB_AFTER + LEAVES_CYCLE_AFTER).year
    assert set(found.values()) == {f"year:{year}/1"}


LATER = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 600)), min_size=1, max_size=25)


@settings(max_examples=50)
@given(LATER, st.integers(0, 600))
def test_whatever_comes_later_never_changes_a_whole_batch(came, today):
    answers = [answer(i, job)._replace(at=BEGAN + day * DAY) for i, (job, day) in enumerate(came)]
    now = BEGAN + today * DAY

    before, after = batches([a for a in answers if a.at <= now], now=now), batches(answers, now=BEGAN + 2_000 * DAY)

    assert {a: name for a, name in before.items() if name}.items() <= after.items()
    assert all(5 <= list(after.values()).count(name) <= 9 for name in set(after.values()) - {None})


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
