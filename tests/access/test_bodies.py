"""A field that a route does not know is named and refused: a typo would otherwise be lost without a word."""

import pytest

from tests.access.worlds import BODIES, World

pytestmark = pytest.mark.db


async def test_an_unknown_field_is_refused_by_its_path_on_every_route(world: World):
    before = await world.snapshot()

    for route in world.routes("PUT"):
        if "requestBody" not in world.operation(route):
            continue
        method, path = route.split()
        body = {**BODIES[route], "surprise": 1}
        answer = await world.browser.client.request(
            method, path.format(**world.mine), json=body, headers=world.browser.headers("recruiter", "admin")
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), route
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("/surprise", "unknown-field")], route

    assert await world.snapshot() == before
