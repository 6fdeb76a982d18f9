"""A field that a route does not know is named and refused: a typo would otherwise be lost without a word."""

import pytest

from shared.web.roles import Role
from tests.access.bodies import BODIES
from tests.access.worlds import World

pytestmark = pytest.mark.db


async def test_an_unknown_query_parameter_is_refused_with_those_there_are_on_every_route(world: World):
    before = await world.snapshot()

    for route in [*world.routes("GET", "PUT", "POST"), "GET /live", "GET /ready", "GET /metrics", "PUT /clock"]:
        known = sorted(p["name"] for p in world.operation(route).get("parameters", []) if p["in"] == "query")
        answer = await world.ask(route, {"task": "x:y"} | world.mine, *Role, params={"limt": "1", "x" * 300: ""})
        told = answer.json()
        assert (answer.status_code, told["code"], told["known"]) == (422, "unknown-parameter", known), route
        named = [(e["field"], e["code"]) for e in told["errors"]]
        assert named == [("/query/limt", told["code"]), (f"/query/{'x' * 100}", told["code"])], route

    assert await world.snapshot() == before


async def test_of_many_unknown_parameters_ten_are_named(world: World):
    answer = await world.browser.client.get("/live", params={f"p{n}": "" for n in range(500)})

    assert (answer.status_code, len(answer.json()["errors"])) == (422, 10)


async def test_a_link_opens_with_what_mail_gateways_add_to_it(world: World):
    for path in world.document["paths"]:
        if "{token}" in path:
            added = await world.browser.client.get(path.format(token="x"), params={"utm_source": "m", "fbclid": "1"})
            plain = await world.browser.client.get(path.format(token="x"))
            assert added.status_code == plain.status_code != 422, path


async def test_an_unknown_field_is_refused_by_its_path_on_every_route(world: World):
    before = await world.snapshot()

    for route in world.routes("PUT"):
        if "requestBody" not in world.operation(route):
            continue
        method, path = route.split()
        body = {**BODIES[route], "surprise": 1}
        answer = await world.browser.client.request(
            method,
            path.format(**{"task": "x:y"} | world.mine),
            json=body,
            headers=world.browser.headers("recruiter", "admin"),
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), route
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("/surprise", "unknown-field")], route

    assert await world.snapshot() == before
