"""Answers are shown in whole batches of at least five."""

import pytest

from services.insights.domain.findings import Certainty, findings
from services.insights.domain.measures import WhyNot
from services.insights.domain.rows import AnswerBatch
from services.insights.domain.surveys import survey_figures
from services.insights.sql.surveys import load_answers
from shared.contracts import SurveyAnswered, SurveyPool
from tests.heard import Heard
from tests.insights.halden import NOW


def shown(count: int, *points: int, recommend: int = 9) -> list[AnswerBatch]:
    return [AnswerBatch("acme", f"{i}", "a", "S", i // 5, points, recommend) for i in range(count)]


def test_four_answers_are_shown_to_nobody():
    assert [f.why_not for f in survey_figures([])] == [WhyNot.TOO_FEW]
    assert [f.why_not for f in survey_figures(shown(4, 4))] == [WhyNot.TOO_FEW]


def test_statements_have_means_and_the_recommendation_waits_for_twenty():
    of_five, of_twenty = ({(f.measure, f.part): f for f in survey_figures(shown(n, 4, 5))} for n in (5, 20))

    assert (of_five["cnps", None].why_not, of_twenty["cnps", None].value) == (WhyNot.TOO_FEW, 100)
    assert of_five["cnps", "mean"].value == 9
    assert [f.value for f in survey_figures(shown(5, 4, 5)) if f.part in ("1", "2")] == [4, 5]


NINE = (4,) * 9


def offers(*batches: tuple[int | None, ...], pool: SurveyPool = SurveyPool.JOB, first: int = 0) -> list[AnswerBatch]:
    """Batches of answers, by what each says of the offer."""
    return [
        AnswerBatch("acme", f"{pool}-{number}-{n}", "a", "S", number, NINE, 9, offer, pool)
        for number, batch in enumerate(batches, start=first)
        for n, offer in enumerate(batch)
    ]


def told_of_the_offer(*answers: AnswerBatch) -> tuple[int, float] | None:
    return next(((f.of, f.value) for f in survey_figures(answers) if f.part == "10" and f.value), None)


def test_the_tenth_statement_may_stay_empty_and_is_shown_by_fives_of_those_who_said_something():
    older, few, more = (None,) * 5, (2, 3, None, None, None), (4, 4, 4, None, None)

    assert told_of_the_offer(*offers(older)) is None
    assert told_of_the_offer(*offers(older, few)) is None
    assert told_of_the_offer(*offers(older, few, more)) == (5, 3.4)
    assert told_of_the_offer(*offers(older, few, more, few)) == (5, 3.4)
    assert told_of_the_offer(*offers((1, 2, 3, 4, 5))) == (5, 3)


def test_no_page_minus_another_is_what_fewer_than_five_said_of_the_offer():
    of_job, of_cycle = offers((2, 3, None, None, None)), offers((4, 4, 4, 4, None), pool=SurveyPool.CYCLE, first=1)
    whole = offers((1, 1, 1, 1, 1), pool=SurveyPool.CYCLE, first=2)

    assert told_of_the_offer(*of_job, *of_cycle) is None
    assert told_of_the_offer(*of_job, *of_cycle, *whole) == told_of_the_offer(*of_cycle, *whole) == (9, 21 / 9)


def test_a_description_that_did_not_match_is_a_finding():
    [said] = findings(survey_figures(shown(12, 5, 2)))

    assert (said.rule, said.certainty, said.figure.part) == ("survey", Certainty.CLEAR, "2")


def in_batch(number: int, pool: str, count: int, *, size: int = 5, job: str = "a") -> list[Heard]:
    """Answers that came so far of a batch."""
    about = {"job": job, "cycle": "S", "answers": (4,) * 9, "recommend": 9}
    batch = {"number": number, "pool": pool, "size": size}
    said = [{**about, "answer": f"{job}-{number}-{n}", "batch": batch if number else None} for n in range(count)]
    return [Heard(SurveyAnswered.model_validate(one), at=NOW) for one in said]


@pytest.mark.db
async def test_pages_hold_whole_batches_of_their_own_pools(stage):
    waiting = in_batch(0, "job", 9)
    pooled = [*in_batch(2, "cycle", 3), *in_batch(2, "cycle", 2, job="b")]
    await stage.deliver(*waiting, *in_batch(1, "job", 5), *pooled, *in_batch(3, "year", 5), *in_batch(4, "job", 4))

    async def shown_of(**page: str) -> int:
        async with stage.database.transaction(["acme"]) as conn:
            return len(await load_answers(conn, "acme", **page))

    assert (await shown_of(of_job="a"), await shown_of(of_job="b"), await shown_of(of_cycle="S")) == (5, 0, 10)
    assert await shown_of() == 15

    await stage.deliver(*in_batch(4, "job", 5))
    assert (await shown_of(of_job="a"), await shown_of()) == (10, 20)
