"""Jobs by when they were opened, interviews by when they begin, and how much feedback is owed."""

import pytest

from tests.candidates.sentences import applied, closed, completed, decided, feedback, opened, scheduled

pytestmark = pytest.mark.db


@pytest.fixture
async def story(stage) -> None:
    """Two data jobs and one of operations; Amara and Ben applied for the first, Cleo for operations."""
    ines = {"user": "ines", "role": "recruiter"}
    vera = {"user": "vera", "role": "hiring_manager"}
    await stage.deliver(
        opened(team=[ines, {"user": "tomas", "role": "hiring_manager"}]),
        opened("ws27", title="Working Student", opened_at="2026-11-01T08:00:00Z", cycle="Winter 2027", team=[vera]),
        opened("ops", title="Café Operations", opened_at="2026-09-01T08:00:00Z", family="Ops", team=[ines, vera]),
        closed("gone"),
        applied("amara"), applied("ben"), applied("cleo", "ops"),
        decided("ben"),
        scheduled("amara", 1, interviewers=[{"user": "ada"}, {"user": "cy"}]),
        scheduled("ben", 1, interviewers=[{"user": "ada"}]),
        scheduled("cleo", 1, job="ops", starts_at="2026-11-03T14:00:00Z", ends_at="2026-11-03T15:00:00Z",
                  interviewers=[{"user": "cy"}]),
        completed("amara", 1), completed("ben", 1),
        feedback("ben"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "jobs"),
    [
        ("", ["ws27", "su27", "ops", "gone"]),
        ("?family=DATA", ["ws27", "su27"]),
        ("?cycle=Winter 2027", ["ws27"]),
        ("?text=caf%C3%89", ["ops"]),
        ("?text=%25", []),
        ("?mine=true", ["su27", "ops"]),
        ("?mine=true&state=open&family=ops", ["ops"]),
        ("?ids=su27,ops,unknown", ["su27", "ops"]),
    ],
)
async def test_jobs_come_newest_first_by_every_filter(browser, story, query, jobs):
    answer = await browser.get(f"/jobs{query}")

    assert [job["job"] for job in answer.json()["items"]] == jobs


async def test_jobs_lead_on_from_page_to_page_and_say_how_many_wait(browser, story):
    pages, cursor = [], ""
    while cursor is not None:
        page = (await browser.get(f"/jobs?limit=1&cursor={cursor}" if cursor else "/jobs?limit=1")).json()
        pages += page["items"]
        cursor = page["cursor"]

    told = [(j["job"], j["family"], j["cycle"], j["applications"], j["undecided"]) for j in pages]
    assert told == [
        ("ws27", "data", "Winter 2027", 0, 0),
        ("su27", "data", "Summer 2027", 2, 1),
        ("ops", "ops", "Summer 2027", 1, 1),
        ("gone", "general", None, 0, 0),
    ]


async def test_a_hiring_manager_lists_and_names_their_own_jobs_only(browser, story):
    answer = await browser.get("/jobs?ids=su27,ops", "hiring_manager", user="vera")

    assert [job["job"] for job in answer.json()["items"]] == ["ops"]


async def test_interviews_of_some_days_come_in_the_order_in_which_they_begin(browser, story):
    first = (await browser.get("/interviews?from=2026-11-01T00:00:00Z&limit=2")).json()
    rest = (await browser.get(f"/interviews?from=2026-11-01T00:00:00Z&limit=2&cursor={first['cursor']}")).json()
    before = (await browser.get("/interviews?to=2026-11-04T00:00:00Z")).json()
    own = (await browser.get("/interviews?from=2026-11-01T00:00:00Z", "interviewer", user="cy")).json()
    wrong = await browser.get("/interviews?from=2026-11-01")

    everyone = [i["interview"] for i in first["items"] + rest["items"]]
    assert everyone == ["cleo-ops-i1", "amara-su27-i1", "ben-su27-i1"]
    assert [i["interview"] for i in before["items"]] == ["cleo-ops-i1"]
    assert [i["interview"] for i in own["items"]] == ["cleo-ops-i1", "amara-su27-i1"]
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "/query/from")


async def test_users_are_named_by_their_ids(browser):
    for user in ("ada", "ben", "cy"):
        await browser.put(f"/users/{user}", {"name": user.title(), "email": f"{user}@halden.example"})

    answer = await browser.get("/users?ids=cy,ada,unknown")

    assert [user["name"] for user in answer.json()["items"]] == ["Ada", "Cy"]


@pytest.mark.parametrize(
    ("role", "user", "mine", "all_"),
    [
        ("recruiter", "ines", 0, 3), ("interviewer", "ada", 1, 1), ("interviewer", "bert", 0, 0),
        ("hiring_manager", "tomas", 0, 2), ("hiring_manager", "vera", 0, 1),
    ],
)  # fmt: skip
async def test_work_counts_the_feedback_that_is_owed(browser, story, role, user, mine, all_):
    answer = await browser.get("/work", role, user=user)

    assert answer.json() == {"feedback_owed_by_me": mine, "feedback_owed": all_}


async def test_work_is_not_told_again_while_it_is_the_same(browser, story):
    first = await browser.get("/work")
    again = {"If-None-Match": first.headers["etag"], **browser.headers()}

    same = await browser.client.get("/work", headers=again)
    await browser.put("/feedback/amara-su27-f9", {
        "application": "amara-su27", "candidate": "amara", "interview": "amara-su27-i1", "interviewer": "ada",
        "submitted_at": "2026-11-05T08:00:00Z", "overall": "yes",
    })  # fmt: skip
    changed = await browser.client.get("/work", headers=again)

    assert (same.status_code, changed.status_code, changed.json()["feedback_owed"]) == (304, 200, 2)
