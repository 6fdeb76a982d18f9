"""Reading the log again and deriving everything again change nothing, and nobody gets mail."""

import re

import pytest

from local.databases import LISTENING
from tests.e2e.kept import differences
from tests.e2e.week import MAILS
from tests.e2e.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.db, pytest.mark.kafka, pytest.mark.timeout(600)]

# What a slip of the hand might do to what is derived.
DAMAGE = {
    "interviews": ("UPDATE interviews SET state = 'missed'", "DELETE FROM applications", "UPDATE jobs SET title = 'X'"),
    "candidates": ("UPDATE members SET tier = 'developing'", "DELETE FROM matches", "DELETE FROM jobs"),
    "notifications": ("DELETE FROM letters", "DELETE FROM waits", "UPDATE readers SET address = 'x@x.example'"),
    "insights": ("DELETE FROM candidacies", "UPDATE rounds SET sums = '[]'", "DELETE FROM assessments"),
}


async def test_rewound_services_read_everything_again_and_say_nothing(world: World) -> None:
    _, week = await world.begin()
    await world.finish(week)
    facts, state = await world.facts(week), await world.state(week)

    said = [world.home.talentloop("rewind", service, "--yes") for service in LISTENING]

    for service, words in zip(LISTENING, said, strict=True):  # each waits until it can say so
        assert re.search(rf"[1-9][\d,]* records read again: 0 facts were news to {service}\.", words), words
    await world.stage.catch_up()

    assert await world.facts(week) == facts
    assert differences(await world.state(week), state) == []
    assert world.mails(week) == MAILS


async def test_rebuilt_services_mend_what_was_damaged_and_say_nothing(world: World) -> None:
    _, week = await world.begin()
    await world.finish(week)
    facts, state = await world.facts(week), await world.state(week)
    await world.damage(week, DAMAGE)
    assert {row.partition(".")[0] for row in differences(await world.state(week), state)} == set(LISTENING)

    for service in LISTENING:
        world.home.talentloop("rebuild", service, "--yes")
    await world.stage.catch_up()

    assert await world.facts(week) == facts
    assert differences(await world.state(week), state) == []
    assert world.mails(week) == MAILS
