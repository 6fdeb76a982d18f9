"""Lists: each has a cursor and a limit of at most 200, and pages of one tell the same as one page of all."""

import pytest

from shared.web.roles import Role
from tests.access.worlds import World

pytestmark = pytest.mark.db

# Not lists of things, though there is a list at the top: each is bounded by what it is about.
BOUNDED = {
    "GET /candidates/{candidate}/export",  # whole on purpose
    "GET /consent-texts/{purpose}",  # as many as there ever were
    "GET /candidates/{candidate}",  # stated skills, at most 200; a person's ids
    "GET /candidates/{candidate}/consents",  # one for each purpose
    "GET /candidates/{candidate}/summary",  # at most 200 of each kind
    "GET /events/{source}/{event}",  # what one event caused
    "GET /organization",
    "GET /survey",  # the nine statements
    "GET /interviews/{interview}",  # the competencies that its form asks about
    "GET /feedback/{feedback}/draft",  # a draft's ratings, at most 50
    "GET /rounds/{job}",  # figures, of the measures that there are
    "GET /overview",
    "GET /cycles/{cycle}",
    "GET /families/{family}",
    "GET /growth",
    "GET /interviewers/me",
    "GET /measures",
}


def lists_of(world: World) -> list[str]:
    """Routes that answer with a list of objects at the top."""
    return [r for r in world.routes("GET") if r not in BOUNDED and _listed(world, r)]


def _listed(world: World, route: str) -> list[str]:
    properties = world.shape(route).get("properties", {})
    return [
        name
        for name, schema in properties.items()
        if schema.get("type") == "array" and world.resolved(schema["items"]).get("type") == "object"
    ]


async def test_every_list_has_a_cursor_and_a_limit(world: World):
    assert lists_of(world)
    for route in lists_of(world):
        asked = {p["name"]: p["schema"] for p in world.operation(route).get("parameters", [])}
        assert {"cursor", "limit"} <= set(asked), f"{route} is a list: give it Cursor and Limit of shared.web.cursors"
        assert (asked["limit"]["maximum"], asked["limit"]["minimum"], asked["limit"]["default"]) == (200, 1, 50), route
        assert "cursor" in world.shape(route)["properties"], route


async def test_every_list_has_the_same_envelope(world: World):
    for route in lists_of(world):
        assert _listed(world, route) == ["items"], f"{route} is a list: answer with a Page of shared.web.cursors"
        assert {"items", "cursor"} <= set((await world.ask(route, world.mine, *Role)).json()), route


async def test_pages_of_one_tell_the_same_as_one_page_of_all(world: World):
    for route in lists_of(world):
        if route == "GET /reads":  # reading the others adds to it: it has a test of its own
            continue
        names = _listed(world, route)
        everything = (await world.ask(route, world.mine, "auditor", "admin", params={"limit": "200"})).json()
        pages: dict[str, list] = {name: [] for name in names}
        cursor = None
        for _ in range(100):
            params = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
            page = (await world.ask(route, world.mine, "auditor", "admin", params=params)).json()
            for name in names:
                pages[name] += page[name]
            if not (cursor := page["cursor"]):
                break
        assert everything["cursor"] is None, route
        assert pages == {name: everything[name] for name in names}, route


async def test_a_limit_above_200_and_a_foreign_cursor_are_refused(world: World):
    for route in lists_of(world):
        many = await world.ask(route, world.mine, "auditor", "admin", params={"limit": "201"})
        wrong = await world.ask(
            route, world.mine, "auditor", "admin", params={"cursor": "WyJhIiwgImIiLCAiYyIsICJkIiwgImUiXQ=="}
        )

        assert (many.status_code, many.json()["errors"][0]["field"]) == (422, "/query/limit"), route
        assert (wrong.status_code, wrong.json()["code"]) == (422, "cursor-invalid"), route
