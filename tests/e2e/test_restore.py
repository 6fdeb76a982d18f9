"""Databases restored from a backup learn from Kafka what they missed, and what was said already."""

from pathlib import Path

import pytest

from tests.e2e.backups import restore
from tests.e2e.kept import State, differences
from tests.e2e.week import MAILS, facts
from tests.e2e.world import Home, entered

pytestmark = [pytest.mark.e2e, pytest.mark.db, pytest.mark.kafka, pytest.mark.timeout(600)]

# What a person said about a letter, and which mailbox got it, is on no topic: these are as old as the backup.
OF_THE_HOUSE = ("notifications.verdicts", "notifications.edits", "notifications.ledger")


async def test_example_31_restored_to_the_day_before_it_ends_the_same_without_a_mail(
    stack: Home, tmp_path: Path
) -> None:
    async with entered(stack) as world:
        week, twin = await world.begin()
        told = facts(week)
        await world.say(told[: len(told) // 2])
        await world.stage.settle()
        stack.talentloop("backup", str(tmp_path))
        await world.say(told[len(told) // 2 :])
        await world.finish(week, twin)
        before = await world.state(week)

    with stack.stopped():
        restore(stack, tmp_path)

    async with entered(stack) as world:
        await world.stage.move(week.next_monday)
        assert differences(on_topics(await world.state(week)), on_topics(before)) == []
        assert world.mails(week) == MAILS


def on_topics(state: State) -> State:
    """What follows from facts."""
    return {name: rows for name, rows in state.items() if name not in OF_THE_HOUSE}
