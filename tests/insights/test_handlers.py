"""Facts in, rounds out: the service on a real database."""

import pytest

from services.insights.domain.rows import Assessment, Candidacy, Growth, Scorecard, Sitting
from services.insights.sql.rounds import load_round
from services.insights.sql.rows import ASSESSMENTS, CANDIDACIES, GROWTHS, SCORECARDS, SITTINGS
from tests.insights import halden
from tests.insights.halden import round_of
from tests.insights.sentences import everything_said
from tests.stage import Stage

pytestmark = pytest.mark.db


async def round_in(stage: Stage, job: str):
    async with stage.database.transaction(["halden"]) as conn:
        return await load_round(conn, "halden", job)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (CANDIDACIES, Candidacy),
        (SITTINGS, Sitting),
        (SCORECARDS, Scorecard),
        (ASSESSMENTS, Assessment),
        (GROWTHS, Growth),
    ],
)
def test_rows_are_found_by_their_places(table, row):
    assert tuple(table.named.get(column, column) for column in table.columns) == row._fields


async def test_what_the_services_say_of_a_round_is_summed_up_as_the_rules_have_it(stage):
    await stage.deliver(*everything_said())

    for job in (halden.story.FIRST_JOB, halden.story.NEXT_JOB):
        assert await round_in(stage, job) == round_of(job)
