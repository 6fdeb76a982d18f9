"""What waits for people: counted, by owner, for managers of their own jobs; and what was done by mistake."""

import pytest

from tests.notifications.facts import applied, at, completed, decided, halden, ines, job, profile
from tests.notifications.sentences import WENT_WELL, gave, hunted, judged

pytestmark = pytest.mark.db


@pytest.fixture
async def story(halden_stage) -> None:
    """Amara's letter waits since Friday, Noor for a decision since the interview: by now both promises are broken."""
    await halden_stage.move_to("2026-11-13 16:05")
    await halden_stage.deliver(
        halden("approve"), ines(), job(), job("ops", team=()),
        profile("amara"), applied("amara"), decided("amara"),
        profile("noor"), applied("noor", "ops"), completed("noor"),
    )  # fmt: skip
    await halden_stage.move_to("2026-12-01 09:00")


async def test_waits_are_told_by_what_is_missing_whose_turn_it_is_and_how_late(browser, story):
    everyone = (await browser.get("/waiting")).json()["items"]
    decisions = (await browser.get("/waiting?missing=decision")).json()["items"]
    late = (await browser.get("/waiting?overdue=true")).json()["items"]
    totals = (await browser.get("/waiting/totals")).json()
    first = (await browser.get("/waiting/totals?limit=1")).json()
    rest = (await browser.get(f"/waiting/totals?limit=1&cursor={first['cursor']}")).json()

    assert {w["candidate"] for w in everyone} == {"amara", "noor"}
    assert [w["candidate"] for w in decisions] == ["noor"]
    assert [w["candidate"] for w in late] == [w["candidate"] for w in everyone if w["overdue"]]
    assert sum(t["waiting"] for t in totals["items"]) == 2
    assert first["items"] + rest["items"] == totals["items"]


async def test_whoever_is_overdue_comes_first_and_page_after_page_is_everybody_once(halden_stage, browser, story):
    await halden_stage.deliver(
        profile("mei"), applied("mei"), completed("mei", completed_at=at("2026-11-18 10:00")),
        profile("zoe"), applied("zoe"), decided("zoe", decided_at=at("2026-11-20 10:00")),
    )  # fmt: skip
    await halden_stage.move_to("2026-12-01 09:30")
    by_age = (await browser.get("/waiting")).json()["items"]
    by_day = (await browser.get("/waiting?order=due")).json()["items"]
    pages, cursor = [], ""
    while cursor is not None:
        page = (await browser.get(f"/waiting?order=due&limit=1{cursor and f'&cursor={cursor}'}")).json()
        pages, cursor = [*pages, *page["items"]], page["cursor"]

    assert [w["candidate"] for w in by_age] == ["noor", "amara", "mei", "zoe"]
    assert [(w["candidate"], w["overdue"]) for w in by_day] == [
        ("noor", True), ("amara", True), ("zoe", True), ("mei", False),
    ]  # fmt: skip
    assert pages == by_day


async def test_a_hiring_manager_sees_who_waits_for_their_own_jobs(browser, story):
    waiting = (await browser.get("/waiting", "hiring_manager", user="tomas")).json()["items"]
    totals = (await browser.get("/waiting/totals", "hiring_manager", user="tomas")).json()["items"]
    tasks = (await browser.get("/tasks", "hiring_manager", user="tomas")).json()["items"]
    work = (await browser.get("/work", "hiring_manager", user="tomas")).json()
    strangers = [await browser.get(p, "hiring_manager", user="vera") for p in ("/waiting", "/tasks", "/work")]

    assert [w["candidate"] for w in waiting] == ["amara"]
    assert [t["waiting"] for t in totals] == [1]
    assert {t["job"] for t in tasks} == {"su27-data"}
    assert (work["waiting"], work["overdue"], work["tasks"]) == (1, 1, len(tasks))
    assert [s.json().get("items", []) for s in strangers] == [[], [], []]
    assert set(strangers[-1].json().values()) == {0}


async def test_a_task_is_found_by_owner_and_kind_and_opens_again(browser, story):
    stale = (await browser.get("/tasks?kind=stale_letter")).json()["items"]
    task = next(t for t in stale if t["candidate"] == "amara")
    others = (await browser.get("/tasks?kind=reply")).json()["items"]
    owned = (await browser.get(f"/tasks?owner={task['owner']}")).json()["items"]
    before = (await browser.get("/work")).json()["tasks"]

    await browser.put(f"/tasks/{task['task']}/done", {})
    done = (await browser.get("/work")).json()["tasks"]
    opened = await browser.put(f"/tasks/{task['task']}/reopening", {})
    again = await browser.put(f"/tasks/{task['task']}/reopening", {})

    assert others == []
    assert task in owned
    assert (before - done, opened.json()["done_at"], again.json()) == (1, None, opened.json())
    assert (await browser.get("/work")).json()["tasks"] == before


async def test_letters_come_by_job_in_the_order_in_which_they_leave(browser, halden_stage):
    await halden_stage.move_to("2026-11-13 16:05")
    await halden_stage.deliver(*hunted("approve"), *judged("amara", timezone="Asia/Tokyo"), *judged("noor"))
    await halden_stage.deliver(gave("noor", "ada", WENT_WELL | {"sql": "Great culture fit."}, when=decided("noor").at))

    every = (await browser.get("/letters?job=su27-data")).json()["items"]
    one = (await browser.get("/letters?job=su27-data&limit=1")).json()
    next_ = (await browser.get(f"/letters?job=su27-data&limit=1&cursor={one['cursor']}")).json()
    waiting = (await browser.get("/letters?state=waiting&kind=decision")).json()["items"]
    none = (await browser.get("/letters?kind=survey")).json()["items"]
    by_job = (await browser.get("/approvals")).json()["items"]
    own = (await browser.get("/approvals", "hiring_manager", user="vera")).json()["items"]
    counted = [(await browser.get("/work", "hiring_manager", user=user)).json() for user in ("tomas", "vera")]

    assert [letter["send_at"] for letter in every] == sorted(letter["send_at"] for letter in every)
    assert one["items"] + next_["items"] == every[:2]
    assert {letter["candidate"] for letter in waiting} == {"amara", "noor"}
    assert (none, own) == ([], [])
    assert [work["letters_to_approve"] for work in counted] == [2, 0]
    assert by_job == [{"job": "su27-data", "ready": 1, "to_look_at": 1}]


async def test_the_brake_is_read_before_it_is_pulled(browser):
    before = await browser.get("/outreach/pause", "coordinator")
    await browser.put("/outreach/pause", {"paused": True}, "admin")
    after = await browser.get("/outreach/pause", "coordinator")

    assert (before.json(), after.json()["paused"]) == ({"paused": False, "since": None}, True)
