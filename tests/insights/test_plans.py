"""Every statement of insights walks the index written for it."""

import pytest

from shared.contracts import CandidateMerged
from tests.candidates.sentences import DECIDED, an_interviewed_candidate, opened
from tests.plans import MANY, STATISTICS, prepare, wrong_plans

pytestmark = pytest.mark.db

LISTS = {
    "facts_of_openings",  # a manager's jobs
    "facts_of_news",  # what was told many, of an organisation
    "facts_of_campaigns",
    "facts_of_written_to",  # whom
    "facts_of_rounds",  # what was told of each, of an organisation
    "facts_of_surveys",  # few beside the rest, and batched over all jobs
    "growths_seen",  # who came back, of everybody
    "rounds_pkey",  # the rounds of an organisation
    "rounds_by_end",  # the same, the newest first
}


def everything_of(person: str):
    yield from an_interviewed_candidate(person, "yes", "strong_yes")
    yield CandidateMerged(surviving=person, merged=(f"{person}-2",), merged_at=DECIDED)


@pytest.mark.parametrize("statistics", STATISTICS)
async def test_every_statement_walks_the_index_written_for_it(stage, postgres, statistics):
    facts = [opened(), *(fact for n in range(MANY) for fact in everything_of(f"person-{n}"))]
    await prepare(stage, postgres, statistics, lambda: stage.deliver(*facts))

    assert await wrong_plans(stage, "acme", LISTS) == ""
