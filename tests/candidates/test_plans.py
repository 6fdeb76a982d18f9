"""Every statement of candidates walks the index written for it."""

import pytest

from shared.contracts import CandidateMerged
from tests.candidates.sentences import DECIDED, an_interviewed_candidate, consented, opened, the_next_job
from tests.plans import MANY, STATISTICS, analyse, plan_of, statements_of, wrong_plans

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
    assert await walked_otherwise(stage) == {}


# Of a search each walk has an index in its order: nothing is sorted, and a page begins where the last one ended.
WALKS = {
    "AND candidate >= $2": ("members_pkey", "candidate"),
    "AND family = $2": ("members_by_family", "family candidate"),
    "AND tier = $2": ("members_by_tier", "tier candidate"),
    "AND cycle = $2": ("members_by_cycle", "cycle candidate"),
    "AND status = $2": ("members_by_status", "status candidate"),
    "AND word = $2": ("words_pkey", "word candidate"),
    "AND s.competency = $2": ("skills_by_level", "competency whole candidate"),
}


async def walked_otherwise(stage):
    """Walks of the search that another index would lead, or that are sorted, with their plans."""
    statements = [s for s in statements_of("candidates") if "ORDER BY candidate LIMIT" in s or "k(whole)" in s]
    otherwise = {}
    async with stage.database.transaction(["acme"]) as conn:
        for mark, (index, columns) in WALKS.items():
            [statement] = [s for s in statements if mark in s]
            plan = await plan_of(conn, statement)
            place = next(n for n, line in enumerate(plan) if index in line)
            conditions = f"{plan[place]} {plan[place + 1]}"
            is_sorted = [line.startswith("Sort") for line in plan[place - 1 : place]]
            if not all(f"{column} " in conditions for column in columns.split()) or any(is_sorted):
                otherwise[mark] = plan
    assert len(statements) == len(WALKS)
    return otherwise
