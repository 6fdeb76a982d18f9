"""Every statement of candidates walks the index written for it."""

import pytest

from shared.contracts import CandidateMerged
from tests.candidates.sentences import DECIDED, an_interviewed_candidate, consented, opened, the_next_job
from tests.plans import MANY, STATISTICS, analyse, wrong_plans

pytestmark = pytest.mark.db

WHOLE_ORGANIZATION = {"people_pkey"}  # rule 9 and jobs of the family `general` ask about everyone


def everything_of(person):
    yield from an_interviewed_candidate(person, "yes", "strong_yes")
    yield consented(person)
    yield CandidateMerged(surviving=person, merged=(f"{person}-2",), merged_at=DECIDED)


@pytest.mark.parametrize("statistics", STATISTICS)
async def test_every_statement_walks_the_index_written_for_it(stage, postgres, statistics):
    if statistics == "analysed when empty":
        await analyse(postgres, stage)
    if statistics != "empty":
        await stage.deliver(
            opened(), the_next_job(), *(fact for n in range(MANY) for fact in everything_of(f"person-{n}"))
        )
    if statistics == "analysed with one organisation":
        await analyse(postgres, stage)

    assert await wrong_plans(stage, "acme", WHOLE_ORGANIZATION) == ""
