"""Answers are shown in whole batches of at least five."""

import pytest

from services.insights.domain.findings import Certainty, findings
from services.insights.domain.measures import WhyNot
from services.insights.domain.rows import AnswerBatch
from services.insights.domain.surveys import survey_figures
from services.insights.sql.surveys import load_answers
from shared.contracts import SurveyAnswered
from tests.insights.halden import NOW
from tests.stage import Heard


def shown(count: int, *points: int, recommend: int = 9) -> list[AnswerBatch]:
    return [AnswerBatch("acme", f"{i}", "a", "S", f"a/{i // 5}", points, recommend) for i in range(count)]


def test_four_answers_are_shown_to_nobody():
    assert [f.why_not for f in survey_figures([])] == [WhyNot.TOO_FEW]
    assert [f.why_not for f in survey_figures(shown(4, 4))] == [WhyNot.TOO_FEW]


def test_statements_have_means_and_the_recommendation_waits_for_twenty():
    of_five, of_twenty = ({(f.measure, f.part): f for f in survey_figures(shown(n, 4, 5))} for n in (5, 20))

    assert (of_five["cnps", None].why_not, of_twenty["cnps", None].value) == (WhyNot.TOO_FEW, 100)
    assert of_five["cnps", "mean"].value == 9
    assert [f.value for f in survey_figures(shown(5, 4, 5)) if f.part in ("1", "2")] == [4, 5]


def test_a_tenth_statement_is_answered_by_whoever_was_asked():
    given_ = survey_figures([*shown(5, 4, 5), *shown(5, 4, 5, 3)])

    assert [(f.part, f.of) for f in given_ if f.part in ("1", "3")] == [("1", 10), ("3", 5)]


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
