"""Every statement of interviews walks the index written for it."""

import pytest

from tests.candidates.sentences import applied, completed, decided, feedback, opened, scheduled
from tests.plans import MANY, STATISTICS, prepare, wrong_plans

pytestmark = pytest.mark.db


LISTS = {"interviews_by_id", "interviews_owed", "jobs_pkey"}  # counts and a manager's jobs: a whole organisation's


def everything_of(person):
    return applied(person), scheduled(person), completed(person), feedback(person), decided(person)


@pytest.mark.parametrize("statistics", STATISTICS)
async def test_every_statement_walks_the_index_written_for_it(stage, postgres, statistics):
    facts = [opened(), *(fact for n in range(MANY) for fact in everything_of(f"person-{n}"))]
    await prepare(stage, postgres, statistics, lambda: stage.deliver(*facts))

    assert await wrong_plans(stage, "acme", LISTS) == ""
