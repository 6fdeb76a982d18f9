"""A token of another organisation: whatever the route and the role, nothing is seen and nothing is changed."""

import pytest

from shared.web.roles import Role
from tests.access.bodies import BODIES
from tests.access.worlds import World

pytestmark = pytest.mark.db

ELSEWHERE = {"token": {"organization": "elsewhere", "user": "ines"}}
SECRETS = ("Amara", "amara@", "Lukas", "Halden", "Data Analyst", "Read it again", "strong_yes", "Ada Lindqvist")


async def test_there_is_something_behind_every_route(world: World):
    missing = []
    for route in sorted(world.routes("GET"), key="GET /reads".__eq__):  # the read log last: the others fill it
        answer = await world.ask(route, world.mine, "admin", token={"user": "tomas"})
        if answer.status_code in (403, 404):
            answer = await world.ask(route, world.mine, "auditor", "interviewer")
        is_empty = route not in MAY_BE_EMPTY and any(f'"{name}":[]' in answer.text for name in LISTS)
        missing += (
            [f"{route}: {answer.status_code} {answer.text[:80]}"] if answer.status_code != 200 or is_empty else []
        )

    assert missing == []


LISTS = ("items", "points", "left_out")
# Nobody is undecided, five have to rate, and a task is made by what goes wrong.
MAY_BE_EMPTY = {
    "GET /jobs/{job}/decisions",
    "GET /jobs/{job}/answers",
    "GET /usefulness",
    "GET /tasks",
    "GET /responses",
}


SAME_FOR_ALL = ("GET /consent-texts/", "GET /measures", "GET /exports/")  # ours; of exports the names of columns


@pytest.mark.parametrize("role", [role.value for role in Role])
async def test_another_organisation_sees_nothing(world: World, role, record_property):
    for route in world.routes("GET"):
        answer = await world.ask(route, world.mine | {"task": "x:y"}, role, **ELSEWHERE)

        shown = [word for word in SECRETS if word in answer.text]
        assert shown == [], route
        if route.startswith(SAME_FOR_ALL):
            continue
        if "{" in route and not route.startswith("GET /events/"):
            assert answer.status_code in (403, 404), (route, answer.text)
        elif answer.status_code == 200:
            assert not any(value for value in answer.json().values() if isinstance(value, list)), route
    record_property(f"another tenant reads, {world.service.name}, {role}", f"{len(world.routes('GET'))} routes")


async def test_another_organisation_changes_nothing(world: World, record_property):
    before = await world.snapshot()

    answers = {}
    for route in world.routes("PUT", "POST", "DELETE", "PATCH"):
        assert route in BODIES, "a new route that changes something needs a body in tests/access/bodies.py"
        answer = await world.ask(route, {"task": "x:y"} | world.mine, *Role, **ELSEWHERE)
        answers[route] = answer.status_code
        assert not [word for word in SECRETS if word in answer.text], route

    assert await world.snapshot() == before
    assert {status for status in answers.values() if status not in (200, 201, 403, 404, 409)} == set(), answers
    record_property(f"another tenant writes, {world.service.name}", f"{len(answers)} routes, every role at once")
