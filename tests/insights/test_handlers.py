"""Facts in, rounds out: the service on a real database."""

import json

import pytest

from services.insights.sql.rounds import load_round
from services.insights.sql.surveys import load_answers
from tests.insights import halden
from tests.insights.halden import round_of
from tests.insights.sentences import everything_said
from tests.stage import Stage

pytestmark = pytest.mark.db


async def round_in(stage: Stage, job: str):
    async with stage.database.transaction(["halden"]) as conn:
        return await load_round(conn, "halden", job)


async def test_what_the_services_say_of_a_round_is_summed_up_as_the_rules_have_it(stage):
    await stage.deliver(*everything_said())

    for job in (halden.story.FIRST_JOB, halden.story.NEXT_JOB):
        expected = round_of(job)
        assert await round_in(stage, job) == expected._replace(round=expected.round._replace(cycle=None))


async def test_a_page_shows_only_the_batches_that_are_whole_on_it(stage):
    pools = [("su27", "job", 1)] * 5 + [("su27", "cycle", 2)] * 2 + [("ws27", "cycle", 2)] * 3 + [("su27", None, None)]
    async with stage.database.transaction(["acme"]) as conn:
        for n, (job, pool, number) in enumerate(pools):
            body = {
                "answers": [4] * 9,
                "recommend": 8,
                "cycle": "S",
                "batch": pool and {"pool": pool, "number": number},
            }
            await conn.execute(
                "INSERT INTO facts (organization, fact, topic, job, time, event, source, body)"
                " VALUES ('acme', $1, 'survey-answered', $2, now(), $1, 't', $3)",
                f"s{n}", job, json.dumps(body),
            )  # fmt: skip
        of_job = await load_answers(conn, "acme", of_job="su27")
        of_cycle = await load_answers(conn, "acme", of_cycle="S")
        of_all = await load_answers(conn, "acme")

    shown = [[a.batch for a in answers if a.batch] for answers in (of_job, of_cycle, of_all)]
    assert shown == [["1"] * 5, ["1"] * 5 + ["2"] * 5, ["1"] * 5 + ["2"] * 5]
