"""What one fact alone costs: at a low rate a batch holds nothing else, and each statement is a round trip."""

import pytest

from tests.candidates.sentences import (
    applied,
    completed,
    consented,
    decided,
    feedback,
    opened,
    registered,
    scheduled,
)
from tests.interleaving import statements_for

pytestmark = pytest.mark.db

KIT = 5  # in an open transaction: the clock, people locked, the fact saved, whom it concerns, how far Kafka is read
SAYING = 2  # compared with what was said; saved and put into the outbox


async def test_a_fact_about_somebody_whom_no_rule_concerns_yet_costs_what_the_kit_does(stage):
    await stage.deliver(opened())

    costs = [
        await statements_for(stage, fact)
        for fact in (registered("ana"), applied("ana"), scheduled("ana"), completed("ana"), feedback("ana"))
    ]

    assert costs == [KIT + 3, KIT, KIT, KIT, KIT]  # who is new is locked by making their row, and found by name


async def test_a_fact_about_a_member_of_the_pool_loads_and_saves_each_thing_once(stage):
    await stage.deliver(opened(), registered("ana"), applied("ana"), scheduled("ana"), feedback("ana"))
    placing, words, levels, keeping, counting = 4, 2, 2, 3, 4  # counting: interviews, returns, closings, calendar

    assert (
        await statements_for(stage, decided("ana")) <= KIT + placing + SAYING + words + 1 + levels + keeping + counting
    )
    assert await statements_for(stage, feedback("ana", number=2)) <= KIT + placing + SAYING + words + levels + counting
    assert await statements_for(stage, consented("ana")) <= KIT + placing + SAYING + words + 1 + keeping + counting
