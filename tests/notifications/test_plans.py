"""Every statement of notifications walks the index written for it."""

import pytest

from tests.notifications.facts import applied, completed, decided, halden, invited, job, profile
from tests.plans import MANY, STATISTICS, plan_of, prepare, statements_of, wrong_plans

pytestmark = pytest.mark.db

LISTS = {
    "waits_by_age",
    "waits_by_due",
    "waits_pkey",
    "asked_waits_by_age",
    "asked_waits_by_due",
    "asked_waits_pkey",
    "facts_of_surveys",
    "survey_batches_pkey",
    "facts_of_users",
    "facts_of_releases",
    "facts_of_campaigns",
    "facts_of_openings",
    "facts_of_news",
    "letters_nothing_new",
    "letters_waiting",
    "tasks_open",
    "reviews_by_job",
    "pauses_pkey",
}  # what is listed for a whole organisation


def everything_of(person):
    return profile(person), applied(person), completed(person), decided(person), invited(person)


async def approve_all(stage):
    async with stage.database.transaction("*") as conn:
        await conn.execute(
            """
            INSERT INTO verdicts (organization, letter, verdict, verdict_on, variant, by_user, given_at)
            SELECT organization, letter, 'approve', cause_at, variant, 'ines', cause_at FROM letters
            """
        )


@pytest.mark.parametrize("statistics", STATISTICS)
async def test_every_statement_walks_the_index_written_for_it(halden_stage, postgres, statistics):
    async def fill():
        await halden_stage.move_to("2026-11-13 16:05")
        people = [f"person-{n}" for n in range(MANY)]
        await halden_stage.deliver(
            halden("approve"), job(), *(fact for person in people for fact in everything_of(person))
        )
        await approve_all(halden_stage)

    await prepare(halden_stage, postgres, statistics, fill)

    assert await wrong_plans(halden_stage, "acme", LISTS) == ""
    assert await sorted_waits(halden_stage) == []


async def sorted_waits(stage):
    """Pages of who waits are walked in their order, over both tables of those who do: nothing is sorted."""
    pages = [s for s in statements_of("notifications") if "everyone_waiting" in s and "LIMIT $9" in s]
    assert len(pages) == 2
    async with stage.database.transaction(["acme"]) as conn:
        plans = [await plan_of(conn, page) for page in pages]
    return [line for plan in plans for line in plan if line in ("Sort", "->  Sort")]
