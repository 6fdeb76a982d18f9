"""Hiring managers act for their own jobs, interviewers for their own interviews and feedback: every route."""

from itertools import product

import pytest

from tests.access.bodies import BODIES
from tests.access.worlds import INTERVIEWS, OWN_WORDS, World
from tests.test_access import MAY

pytestmark = pytest.mark.db

# What is nobody's in particular, so that whoever may ask sees it.
EVERYBODYS = {
    "GET /organization",
    "GET /me",
    "GET /users",
    # Guarded for whoever does not read every scorecard: tests/insights/test_routes.py
    "GET /overview",
    "GET /cycles/{cycle}",
    "GET /families/{family}",
    "GET /growth",
    "GET /measures",
    "GET /exports/{table}.csv",
    "GET /users/{user}",  # a manager reads everyone's entry, an interviewer their own: below
}
RELATIONS = ("/mentorships", "/referrals")  # of people, not of jobs: tests/candidates/test_mentoring.py
MARKS = {"su27": ("amara", "su27", "ws27"), "ops": ("lukas", "ops")}


def routes_of(world: World, role: str, *methods: str) -> list[str]:
    allowed = MAY[world.service.name]
    found = [r for r in world.routes(*methods) if role in allowed[r] and r not in EVERYBODYS | OWN_WORDS]
    return [r for r in found if not r.split()[1].startswith(RELATIONS)]


def foreign(answer, job: str) -> list[str]:
    """What an answer holds of another job than this one."""
    other = "ops" if job == "su27" else "su27"
    return [mark for mark in MARKS[other] if f'"{mark}' in answer.text]


@pytest.mark.parametrize(("user", "job"), [("tomas", "su27"), ("vera", "ops")])
async def test_a_hiring_manager_sees_their_own_jobs_only(world: World, user, job, record_property):
    ids, others = (world.mine, world.theirs) if job == "su27" else (world.theirs, world.mine)
    routes = routes_of(world, "hiring_manager", "GET")
    record_property(f"own and others' objects, {world.service.name}, hiring manager {user}", f"{len(routes)} routes")
    for route in routes:
        own = await world.ask(route, ids, "hiring_manager", token={"user": user})
        assert own.status_code == 200, (route, own.text)
        assert foreign(own, job) == [], route
        if "{" in route:
            other = await world.ask(route, others, "hiring_manager", token={"user": user})
            assert (other.status_code, other.json().get("code", "").startswith("not-your")) == (403, True), route


async def test_a_hiring_manager_changes_nothing_of_other_jobs(world: World):
    before = await world.snapshot()

    for route in routes_of(world, "hiring_manager", "PUT"):
        assert route in BODIES
        answer = await world.ask(route, world.mine, "hiring_manager", token={"user": "vera"})
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-job"), route

    assert await world.snapshot() == before


@pytest.mark.parametrize(("user", "job"), [("ada", "su27"), ("bert", "ops")])
async def test_an_interviewer_sees_their_own_interviews_and_feedback_only(world: World, user, job, record_property):
    ids, others = (world.mine, world.theirs) if job == "su27" else (world.theirs, world.mine)
    routes = routes_of(world, "interviewer", "GET")
    record_property(f"own and others' objects, {world.service.name}, interviewer {user}", f"{len(routes)} routes")
    for route in routes:
        own = await world.ask(route, ids, "interviewer", token={"user": user})
        assert own.status_code == 200, (route, own.text)
        assert foreign(own, job) == [], route
        if "{" in route:
            other = await world.ask(route, others, "interviewer", token={"user": user})
            assert (other.status_code, other.json()["code"].startswith("not-your")) == (403, True), route


async def test_an_interviewer_changes_nothing_of_others(world: World):
    before = await world.snapshot()

    for route in routes_of(world, "interviewer", "PUT"):
        answer = await world.ask(route, world.mine, "interviewer", token={"user": "bert"})
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-feedback"), route

    assert await world.snapshot() == before


@pytest.mark.parametrize("world", [INTERVIEWS], indirect=True, ids=["interviews"])
async def test_an_interviewer_reads_no_other_entry(world: World):
    own = await world.ask("GET /users/{user}", world.mine, "interviewer", token={"user": "ada"})
    other = await world.ask("GET /users/{user}", world.mine, "interviewer", token={"user": "bert"})

    assert (own.status_code, other.status_code) == (200, 403)


@pytest.mark.parametrize("world", [INTERVIEWS], indirect=True, ids=["interviews"])
@pytest.mark.parametrize("role", ["interviewer", "hiring_manager", "recruiter"])
@pytest.mark.parametrize("user", ["bert", "cy", "tomas", "ines"])
async def test_nobody_reads_or_overwrites_somebody_elses_own_words(world: World, role, user):
    before = await world.snapshot()

    for route in OWN_WORDS - {"PUT /interviews/{interview}/note"}:
        answer = await world.ask(route, world.mine, role, token={"user": user})
        assert answer.status_code in (403, 404), (route, answer.text)
        assert "asked first" not in answer.text

    assert await world.snapshot() == before


@pytest.mark.parametrize("world", [INTERVIEWS], indirect=True, ids=["interviews"])
async def test_a_panel_alone_drafts_feedback_and_notes_its_interview(world: World):
    on_panel = {"ada": True, "cy": True, "bert": False, "tomas": False, "vera": False}
    for (user, is_on_panel), role in product(on_panel.items(), ("interviewer", "hiring_manager")):
        ids = world.mine | {"feedback": f"of-{user}-{role}"}
        for route in ("PUT /feedback/{feedback}/draft", "PUT /interviews/{interview}/note"):
            answer = await world.ask(route, ids, role, token={"user": user})
            assert answer.is_success is is_on_panel, (route, user, role, answer.text)
            assert is_on_panel or (answer.status_code, answer.json()["code"]) == (403, "not-your-interview")

    drafted = await world.ask("PUT /feedback/{feedback}/draft", world.mine | {"feedback": "of-ines"}, "recruiter",
                              token={"user": "ines"})  # fmt: skip
    noted = await world.ask("PUT /interviews/{interview}/note", world.mine, "recruiter", token={"user": "ines"})
    assert (drafted.status_code, noted.status_code) == (201, 403)
