"""The read log: whoever opens a candidate is in it, in the same transaction, and nobody can take it back."""

import asyncpg
import httpx
import pytest

from tests.access.worlds import NOTIFICATIONS, OWN_WORDS, World

pytestmark = pytest.mark.db


OF_EACH = {"GET /candidates", "GET /rounds/{job}/people"}  # whom the caller names by id; how each was rated


def names_a_person(world: World, route: str) -> bool:
    """Whether a route answers about one candidate: what it shows has one, or the caller asks by one."""
    asked = {p["name"] for p in world.operation(route).get("parameters", [])}
    properties = world.shape(route).get("properties", {})
    one = "{" in route and bool({"candidate", "recipient", "submitted"} & set(properties) or route.endswith("/matches"))
    return one or route in OF_EACH or ("candidate" in asked and route != "GET /reads")


async def opened(world: World) -> list[str]:
    rows = await world.stage.fetch("SELECT reader, candidate, route, request FROM reads ORDER BY id")
    return [f"{row['reader']} {row['candidate']} {row['route']}" for row in rows]


async def test_every_route_that_shows_one_candidate_writes_it_down(world: World):
    logged = []
    for route in world.routes("GET"):
        before = len(await opened(world))
        answer = await world.ask(
            route, world.mine, "recruiter", "auditor", "admin", params=world.asked(route, candidate="amara")
        )
        assert answer.status_code == 200, (route, answer.text)
        after = await opened(world)

        reader = "ada" if route in OWN_WORDS else "ines"
        assert (f"{reader} amara {route.split()[1]}" in after[before:]) is names_a_person(world, route), route
        logged += [route] if len(after) > before else []

    assert len(logged) >= 2


@pytest.mark.parametrize("world", [NOTIFICATIONS], indirect=True, ids=["notifications"])
async def test_a_write_that_answers_with_a_person_writes_it_down(world: World):
    await world.ask("PUT /letters/{letter}/approval", world.mine, "recruiter")

    assert await opened(world) == ["ines amara /letters/{letter}/approval"]


async def test_what_cannot_be_written_down_is_not_shown(world: World, postgres):
    route = next(r for r in world.routes("GET") if names_a_person(world, r) and "{" in r)
    [name] = await world.stage.fetch("SELECT current_database() AS name")
    owner = await asyncpg.connect(postgres.url(name["name"]))
    await owner.execute("ALTER TABLE reads ADD CHECK (false) NOT VALID")
    await owner.close()

    answer = await world.ask(route, world.mine, "recruiter", "auditor")

    assert answer.status_code == 500
    assert "amara" not in answer.text


async def test_a_refused_reading_is_no_reading(world: World):
    for route in world.routes("GET"):
        await world.ask(route, world.mine, "recruiter", token={"organization": "elsewhere"})
        await world.ask(route, world.mine, "hiring_manager", token={"user": "vera"})

    assert [line for line in await opened(world) if "amara" in line] == []


@pytest.mark.parametrize(
    "statement", ["UPDATE reads SET reader = 'nobody'", "DELETE FROM reads", "TRUNCATE reads", "DROP TABLE reads"]
)
async def test_the_application_can_only_add(world: World, statement):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await world.stage.fetch(statement)


async def test_auditors_page_through_it_newest_first(world: World):
    route = next(r for r in world.routes("GET") if names_a_person(world, r) and "{" in r)
    for reader in ("ines", "tomas", "ines"):
        await world.ask(route, world.mine, "recruiter", "auditor", token={"user": reader})

    async def read(**params: str) -> httpx.Response:
        return await world.ask("GET /reads", {}, "auditor", params=params)

    everything = (await read()).json()["items"]
    first = (await read(limit="2")).json()
    second = (await read(limit="2", cursor=first["cursor"])).json()
    assert [r["reader"] for r in everything] == ["ines", "tomas", "ines"]
    assert first["items"] + second["items"] == everything
    assert second["cursor"] is None
    assert [r["reader"] for r in (await read(reader="tomas")).json()["items"]] == ["tomas"]
    assert len((await read(candidate="amara")).json()["items"]) == 3
    assert len((await read(candidate="amara", reader="tomas")).json()["items"]) == 1
    assert (await read(candidate="noor")).json()["items"] == []
    assert everything[0]["route"] == route.split()[1]
    assert everything[0]["request"]


async def test_nobody_but_auditors_and_admins_reads_it(world: World):
    answer = await world.ask("GET /reads", {}, "recruiter", "coordinator", "integration", "hiring_manager")

    assert (answer.status_code, answer.json()["code"]) == (403, "role-not-allowed")
