"""`ETag` and `If-Match`: who writes on what was changed in between is told so, on every route."""

import pytest

from shared.web.roles import Role
from tests.access.bodies import BODIES
from tests.access.worlds import CANDIDATES, INTERVIEWS, NOTIFICATIONS, World

pytestmark = pytest.mark.db

STALE = {"If-Match": '"0123456789abcdef"'}
WHO = ("recruiter", "admin")  # every PUT is open to one of them
EVERYONE = {"PUT /jobs/{job}/decisions", "PUT /jobs/{job}/approvals"}  # at once, by their number
UNASKED = {
    "PUT /letters/{letter}/answer",  # of a letter that nobody here asked for: tests/notifications/test_requests.py
    "PUT /mentorships/{relation}/renewal",  # both agree to it first: tests/candidates/test_mentoring.py
}
# What is read at another address, or nowhere: the ETag comes with the answer of the first PUT.
READ_AT = {
    "PUT /jobs/{job}/closing": "GET /jobs/{job}",
    "PUT /applications/{application}/decision": "GET /applications/{application}",
    "PUT /applications/{application}/decision/reversal": "GET /applications/{application}",
    "PUT /interviews/{interview}/completion": "GET /interviews/{interview}",
    "PUT /interviews/{interview}/cancellation": "GET /interviews/{interview}",
    "PUT /interviews/{interview}/absence": "GET /interviews/{interview}",
    "PUT /feedback/{feedback}/withdrawal": "GET /feedback/{feedback}",
    "PUT /memberships/{membership}/review": "GET /memberships/{membership}",
    "PUT /matches/{match}/review": "GET /matches/{match}",
    "PUT /mentorships/{relation}/answer": None,
    "PUT /mentorships/{relation}/end": None,
    "PUT /referrals/{referral}": None,
    "PUT /letters/{letter}/approval": "GET /letters/{letter}",
    "PUT /letters/{letter}/draft": "GET /letters/{letter}",
    "PUT /candidates/{candidate}/consents/{purpose}": None,
    "PUT /tasks/{task}/done": None,
    "PUT /tasks/{task}/reopening": None,
    "PUT /dead-letters/{record}/redriving": None,
    "PUT /dead-letters/{record}/discarding": None,
}
CHANGED_BY_READING = {"GET /reads", "GET /candidates/{candidate}/export"}  # they tell who read
IN_PARTS = {"GET /exports/{table}.csv"}  # told while it is read: nobody knows yet what it will be
ERASURE = "PUT /candidates/{candidate}/erasure"


def writes(world: World) -> list[str]:
    """Every PUT that there is something for; deciding everyone and answering have tests of their own."""
    missing = set() if "task" in world.mine else {"PUT /tasks/{task}/done", "PUT /tasks/{task}/reopening"}
    found = [r for r in world.routes("PUT") if r not in missing | EVERYONE | UNASKED]
    return sorted(found, key=ERASURE.__eq__)  # last: nothing is left of them


async def test_a_stale_version_is_refused_with_the_current_one_and_nothing_changes(world: World):
    before = await world.snapshot()

    for route in writes(world):
        answer = await world.ask(route, world.mine, *WHO, headers=STALE)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (412, "precondition-failed"), (route, answer.text)
        assert answer.headers["etag"] == f'"{told["version"]}"', route
        assert answer.headers["content-type"] == "application/problem+json"

    assert await world.snapshot() == before


async def test_what_was_read_may_be_changed_once_by_its_version(world: World):
    for route in writes(world):
        seen = await _read(world, route)
        if seen is None:
            continue
        first = await world.ask(route, world.mine, *WHO, headers={"If-Match": seen})
        assert first.status_code in (200, 201), (route, first.text)
        if first.headers["etag"] != version_of(seen):
            again = await world.ask(route, world.mine, *WHO, headers={"If-Match": seen})
            assert again.status_code == 412, route
        assert version_of(await _read(world, route) or "") == first.headers["etag"], route


async def _read(world: World, route: str) -> str | None:
    read_at = READ_AT.get(route, route.replace("PUT", "GET"))
    if read_at is None:
        return None
    answer = await world.ask(read_at, world.mine, *WHO)
    tag: str = answer.headers["etag"]
    return tag


def version_of(seen: str) -> str:
    """Of what was read, the part that the thing's next write is answered with."""
    version = seen.strip('"').partition(".")[0]
    return f'"{version}"'


async def test_whoever_holds_the_answer_gets_304_without_a_body(world: World):
    for route in world.routes("GET"):
        if route in CHANGED_BY_READING | IN_PARTS:
            continue
        first = await world.ask(route, world.mine, *Role)
        assert first.status_code == 200, (route, first.text)
        seen = first.headers["etag"]
        held = [f"W/{seen}", f'"other", {seen}', seen, "*"]
        answers = [await world.ask(route, world.mine, *Role, headers={"If-None-Match": h}) for h in held]
        stale = await world.ask(route, world.mine, *Role, headers={"If-None-Match": '"other"'})

        told = [(a.status_code, a.content, a.headers.get("content-type"), a.headers["etag"]) for a in answers]
        assert told == [(304, b"", None, seen)] * len(held), route
        assert (stale.status_code, stale.content) == (200, first.content), route
        assert "304" in world.operation(route)["responses"], route


@pytest.mark.parametrize("world", [INTERVIEWS], indirect=True, ids=["interviews"])
async def test_what_changed_beside_the_thing_is_told_again(world: World):
    """Who owes feedback is shown with an interview, though no fact of the interview itself says so."""
    before = await world.ask("GET /interviews/{interview}", world.mine, "recruiter")
    withdrawal = await world.ask("PUT /feedback/{feedback}/withdrawal", world.mine, "admin")

    again = {"If-None-Match": before.headers["etag"]}
    after = await world.ask("GET /interviews/{interview}", world.mine, "recruiter", headers=again)

    assert withdrawal.status_code == 201, withdrawal.text
    assert version_of(after.headers["etag"]) == version_of(before.headers["etag"])
    assert (after.status_code, after.json()["owed_by"]) == (200, sorted({*before.json()["owed_by"], "ada"}))


@pytest.mark.parametrize("world", [CANDIDATES], indirect=True, ids=["candidates"])
async def test_what_nobody_spoke_of_yet_is_written_on_as_it_was_read(world: World):
    seen = (await world.ask("GET /memberships/{membership}", world.mine, "recruiter")).headers["etag"]

    first = await world.ask("PUT /memberships/{membership}/review", world.mine, *WHO, headers={"If-Match": seen})
    late = await world.ask("PUT /memberships/{membership}/review", world.mine, *WHO, headers={"If-Match": seen})

    assert (first.status_code, late.status_code) == (201, 412)


async def test_every_answer_to_a_write_has_a_version(world: World):
    for route in writes(world):
        answer = await world.ask(route, world.mine, *WHO)
        assert answer.status_code in (200, 201), (route, answer.text)
        assert answer.headers["etag"].strip('"'), route
        kept = await world.ask(route, world.mine, *WHO, headers={"If-Match": answer.headers["etag"]})
        assert kept.status_code == 200, (route, kept.text)


@pytest.mark.parametrize("world", [CANDIDATES], indirect=True, ids=["candidates"])
async def test_only_what_is_not_there_is_made_with_if_none_match(world: World):
    only_new = {"If-None-Match": "*"}

    made = await world.ask("PUT /candidates/{candidate}", {"candidate": "zoe"}, headers=only_new)
    again = await world.ask("PUT /candidates/{candidate}", {"candidate": "zoe"}, headers=only_new)
    missing = await world.ask("PUT /candidates/{candidate}", {"candidate": "yan"}, headers={"If-Match": "*"})

    assert (made.status_code, again.status_code, missing.status_code) == (201, 412, 412)
    assert "version" not in missing.json()


@pytest.mark.parametrize("condition", ["abc", "*, *", '"a" "b"', ""])
async def test_a_condition_that_is_none_is_refused_by_its_name(world: World, condition):
    route = writes(world)[0]

    answer = await world.ask(route, world.mine, *WHO, headers={"If-Match": condition})

    assert (answer.status_code, answer.json()["code"]) == (422, "condition-invalid")
    assert answer.json()["errors"][0]["field"] == "/header/if-match"


WRITTEN = (INTERVIEWS, CANDIDATES, NOTIFICATIONS)  # insights is told nothing but by events


@pytest.mark.parametrize("world", WRITTEN, indirect=True, ids=lambda service: service.name)
async def test_a_weak_version_and_a_list_are_read_as_the_standard_says(world: World):
    route = next(r for r in writes(world) if READ_AT.get(r, r) is not None)
    seen = await _read(world, route)

    weak = await world.ask(route, world.mine, *WHO, headers={"If-Match": f"W/{seen}"})
    listed = await world.ask(route, world.mine, *WHO, headers={"If-Match": f'"other", {seen}'})

    assert (weak.status_code, listed.status_code) == (412, 200)


@pytest.mark.parametrize("world", [INTERVIEWS], indirect=True, ids=["interviews"])
async def test_everyone_is_decided_as_they_were_read_or_nobody(world: World):
    async def decide(**headers: str):
        body = {"decided_at": "2026-11-20T08:00:00Z", "expected": 1}
        token = world.browser.headers("recruiter")
        return await world.browser.client.put("/jobs/ws27/decisions", json=body, headers=token | headers)

    applied = {"candidate": "zoe", "job": "ws27", "submitted_at": "2026-11-20T08:00:00Z"}
    await world.browser.put("/applications/zoe-ws27", applied)
    seen = (await world.browser.get("/jobs/ws27/decisions")).headers["etag"]
    await world.browser.put("/jobs/ws27/closing", {"closed_at": "2026-11-23T09:00:00Z"})

    stale = await decide(**{"If-Match": '"0123456789abcdef"'})
    now = await decide(**{"If-Match": seen})
    again = await decide(**{"If-Match": seen})

    assert (stale.status_code, stale.json()["code"]) == (412, "precondition-failed")
    assert (now.status_code, now.json()["decided"]) == (200, 1), now.text
    assert again.status_code == 412


def test_every_write_has_a_body():
    assert len(BODIES) >= 20
