"""How facts are delivered does not matter: twice and in any order they end as once and in order."""

import json
import random

import pytest

from tests.e2e.week import MAILS, facts
from tests.e2e.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.db, pytest.mark.kafka, pytest.mark.timeout(600)]


async def test_a_week_ends_with_members_matches_and_mails(world: World) -> None:
    week, twin = await world.begin()
    await world.say(facts(week))

    await world.finish(week, twin)

    state = await world.state(week)
    members = [json.loads(row) for row in state["candidates.members"]]
    matches = [json.loads(row) for row in state["candidates.matches"]]
    assert {m["candidate"]: (m["tier"], m["status"]) for m in members} == {
        "amara": ("silver_medalist", "active"),
        "diego": ("unassessed", "not_invited"),
        "mei": ("promising", "held"),
        "noor": ("promising", "left"),
        "ruth": ("promising", "invited"),
        "tom": ("unassessed", "not_invited"),
    }
    assert {m["candidate"]: m["blockers"] for m in matches} == {
        "amara": [],
        "hanna": ["consent", "open_application"],
        "lukas": ["consent", "open_application"],
        "mei": ["consent"],
        "noor": ["consent"],
        "ruth": ["consent"],
    }
    assert state["mails"] == MAILS


async def test_every_fact_twice_and_shuffled_ends_the_same(world: World) -> None:
    week, twin = await world.begin()
    told = facts(week)

    await world.say(random.sample([*told, *told], k=2 * len(told)))
    await world.finish(week, twin)

    assert await world.differences(week, twin) == []
    assert world.mails(week) == MAILS
