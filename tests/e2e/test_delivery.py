"""How facts are delivered does not matter: twice and in any order they end as once and in order."""

import json
import random

import pytest

from cli.trace.tree import TraceStep, trace
from tests.e2e.week import MAILS, Week, facts
from tests.e2e.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.db, pytest.mark.kafka, pytest.mark.timeout(600)]


Edges = set[tuple[str, str]]  # cause and effect


def _edges(told: TraceStep) -> Edges:
    return {(told.event, effect.event) for effect in told.caused}.union(*map(_edges, told.caused))


async def _caused(world: World, week: Week) -> Edges:
    """Every fact that any service holds because of another."""
    found: Edges = set()
    for database in world.stage.databases:
        async with database.transaction(week.organization) as conn:
            rows = await conn.fetch("SELECT causation, event FROM facts WHERE causation IS NOT NULL")
            found |= {(row[0], row[1]) for row in rows}
    return found


async def test_a_week_ends_with_members_matches_and_mails_and_a_trace_tells_why(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
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

    monkeypatch.setenv("TALENTLOOP_HOME", str(world.home.folder))
    caused = await _caused(world, week)
    roots = {cause for cause, _ in caused} - {effect for _, effect in caused}
    told = [tree for root in roots for tree in await trace(root, week.organization)]
    assert len(roots) > len(MAILS)
    assert caused - set().union(*map(_edges, told)) == set()


async def test_every_fact_twice_and_shuffled_ends_the_same(world: World) -> None:
    week, twin = await world.begin()
    told = facts(week)

    await world.say(random.sample([*told, *told], k=2 * len(told)))
    await world.finish(week, twin)

    assert await world.differences(week, twin) == []
    assert world.mails(week) == MAILS
