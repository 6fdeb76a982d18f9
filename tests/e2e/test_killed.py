"""Killed with -9 while facts arrive, whatever it is: nothing is lost, nothing is said twice, nobody has to help."""

import asyncio

import pytest

from local.databases import SERVICES
from tests.e2e.week import MAILS, facts
from tests.e2e.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.db, pytest.mark.kafka, pytest.mark.timeout(600)]


async def test_services_killed_one_after_the_other_end_as_if_they_had_not(world: World) -> None:
    week, twin = await world.begin()
    told, before = facts(week), world.processes()

    for number, service in enumerate(SERVICES):
        await world.say(told[number :: len(SERVICES)])
        world.kill(service)
    await world.recovered(before, *SERVICES)
    await world.finish(week, twin)

    assert await world.differences(week, twin) == []
    assert world.mails(week) == MAILS


@pytest.mark.parametrize("server", ["postgres", "kafka"])
async def test_services_outlive_a_server_that_is_away(world: World, server: str) -> None:
    week, twin = await world.begin()
    told, before = facts(week), world.processes()

    await world.say(told[::2])
    async with asyncio.TaskGroup() as at_once:
        at_once.create_task(world.say(told[1::2]))
        at_once.create_task(world.lose(server, seconds=2))
    await world.recovered(before, server)
    await world.finish(week, twin)

    ended = world.ended(before)
    assert set(ended) == {server}, "\n".join(ended.values())
    assert await world.differences(week, twin) == []
    assert world.mails(week) == MAILS
