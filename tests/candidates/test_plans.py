"""Every statement of candidates walks the index written for it."""

import re

import pytest

from shared.contracts import CandidateMerged
from tests.candidates.sentences import DECIDED, an_interviewed_candidate, consented, opened, the_next_job
from tests.plans import MANY, STATISTICS, plan_of, prepare, statements_of, wrong_plans

pytestmark = pytest.mark.db

LISTS = {
    "facts_of_general",  # holds nobody but who applied without a job: those are asked for
    "facts_of_tallies",  # what is left of everybody who was erased: counted
    "facts_of_openings",  # a manager's jobs
    "facts_of_news",
    "matches_proposed",  # what waits for a review
}


def everything_of(person):
    yield from an_interviewed_candidate(person, "yes", "strong_yes")
    yield consented(person)
    yield CandidateMerged(surviving=person, merged=(f"{person}-2",), merged_at=DECIDED)


@pytest.mark.parametrize("statistics", STATISTICS)
async def test_every_statement_walks_the_index_written_for_it(stage, postgres, statistics):
    facts = [opened(), the_next_job(), *(fact for n in range(MANY) for fact in everything_of(f"person-{n}"))]
    await prepare(stage, postgres, statistics, lambda: stage.deliver(*facts))

    assert await wrong_plans(stage, "acme", LISTS) == ""
    assert await walked_otherwise(stage) == {}


# Each walk of a search has an index in its order: nothing is sorted that is not cut off already.
WALKS = {
    "members_by_family": "organization family tier status candidate",
    "members_by_cycle": "organization cycle tier status candidate",
    "members_by_both": "organization family cycle tier status candidate",
    "members_by_tier": "organization tier status candidate",
    "members_left": "organization candidate",
    "skills_by_level": "organization competency whole candidate",
    "words_pkey": "organization word candidate",
}


async def walked_otherwise(stage):
    """Walks of the search that are not led by all columns of their own index and cut off there, with how they are."""
    [statement] = [s for s in statements_of("candidates") if "by_family" in s]
    async with stage.database.transaction(["acme"]) as conn:
        plan = await plan_of(conn, statement)
    walks = {}
    for n, line in enumerate(plan):
        if index := re.search(r" using (\w+) on ", line):
            walks[index[1]] = " ".join(re.findall(r"\b(\w+) (?:=|>=) ", plan[n + 1]))
            cut_off = next(above for above in reversed(plan[:n]) if above in ("->  Limit", "->  Sort"))
            assert cut_off == "->  Limit", line
    return {index: walks.get(index) for index in WALKS if walks.get(index) != WALKS[index]}
