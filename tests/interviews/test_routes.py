"""What people and programs say and ask over HTTP, on a real database."""

from collections.abc import Awaitable, Callable

import asyncpg
import httpx
import pytest

pytestmark = pytest.mark.db

JOB = {
    "title": "Data Analyst Intern",
    "opened_at": "2026-10-01T08:00:00Z",
    "language": "en",
    "team": [{"user": "tomas", "role": "hiring_manager"}],
}
APPLICATION = {"candidate": "ana", "job": "su27", "submitted_at": "2026-10-20T08:00:00Z"}
SCHEDULE = {
    "application": "a1",
    "candidate": "ana",
    "starts_at": "2026-11-04T14:00:00Z",
    "ends_at": "2026-11-04T15:00:00Z",
    "interviewers": [{"user": "ada"}, {"user": "ben"}, {"user": "cy", "feedback_required": False}],
}
VERDICT = {
    "application": "a1",
    "candidate": "ana",
    "interview": "i1",
    "interviewer": "ada",
    "submitted_at": "2026-11-05T08:00:00Z",
    "overall": "yes",
}
COMPLETION = {"completed_at": "2026-11-04T15:00:00Z"}
USER = {"name": "Ada Lindqvist", "email": "ada@halden.example"}
WRITES = [
    ("/users/ada", USER),
    ("/jobs/su27", JOB),
    ("/applications/a1", APPLICATION),
    ("/interviews/i1", SCHEDULE),
    ("/interviews/i1/completion", COMPLETION),
    ("/feedback/f1", VERDICT),
    ("/interviews/i1/cancellation", {"cancelled_at": "2026-11-03T09:00:00Z", "by": "candidate"}),
    ("/interviews/i1/absence", {"missed_at": "2026-11-04T14:20:00Z", "by": "candidate"}),
    ("/applications/a1/decision", {"decided_at": "2026-11-13T15:00:00Z", "outcome": "not_selected"}),
    ("/applications/a1/decision/reversal", {"reversed_at": "2026-11-14T09:00:00Z"}),
    ("/feedback/f1/withdrawal", {"withdrawn_at": "2026-11-06T09:00:00Z"}),
    ("/jobs/su27/closing", {"closed_at": "2026-11-13T15:00:00Z", "outcome": "nobody_hired"}),
    ("/organization", {"name": "Halden", "timezone": "Europe/Berlin", "country": "DE"}),
]
ONES = ["/users/ada", "/jobs/su27", "/applications/a1", "/interviews/i1", "/feedback/f1", "/organization"]
LISTS = ["/users", "/jobs", "/applications", "/interviews", "/feedback", "/feedback-overdue"]


@pytest.fixture
async def a_round(browser):
    """Everything said once, in order, by an admin."""
    for path, body in WRITES:
        assert (await browser.put(path, body, "admin")).status_code == 201, path
    return browser


@pytest.fixture
async def completed(browser):
    """One interview that took place, and Ada's feedback about it."""
    for path, body in WRITES[:6]:
        await browser.put(path, body, "admin")
    return browser


@pytest.mark.parametrize(("path", "body"), WRITES)
async def test_the_same_again_changes_nothing(a_round, stage, path, body):
    before = await stage.fetch("SELECT count(*) FROM outbox")

    answer = await a_round.put(path, body, "admin")

    assert (answer.status_code, answer.json()) == (200, {"recorded": "same"})
    assert await stage.fetch("SELECT count(*) FROM outbox") == before


async def test_another_title_is_a_change(a_round):
    answer = await a_round.put("/jobs/su27", JOB | {"title": "Data Analyst"})

    assert (answer.status_code, answer.json()) == (200, {"recorded": "changed"})


@pytest.mark.parametrize(("path", "body"), WRITES)
async def test_who_only_reads_may_not_write(browser, path, body):
    assert (await browser.put(path, body, "auditor")).status_code == 403


@pytest.mark.parametrize("path", [*ONES, *LISTS, "/interviews/counts"])
async def test_an_auditor_reads_everything(a_round, path):
    assert (await a_round.get(path, "auditor")).status_code == 200


@pytest.mark.parametrize("path", ONES)
async def test_another_tenant_finds_nothing(a_round, path):
    assert (await a_round.get(path, "admin", organization="globex")).status_code == 404


@pytest.mark.parametrize("path", LISTS)
async def test_another_tenant_lists_nothing(a_round, path):
    assert (await a_round.get(path, "admin", organization="globex")).json()["items"] == []


@pytest.mark.parametrize("role", ["interviewer", "analyst", "integration"])
async def test_everybody_reads_who_they_are_and_where(a_round, role):
    ada = await a_round.get("/me", role, user="ada")
    stranger = await a_round.get("/me", role, user="u-7", organization="globex")

    assert ada.json() == {
        "user": "ada", "name": "Ada Lindqvist", "timezone": None,
        "organization": "Halden", "organization_timezone": "Europe/Berlin",
    }  # fmt: skip
    assert {name for name, said in stranger.json().items() if said} == {"user"}


async def test_without_a_token_nobody_is_let_in(browser):
    assert (await browser.client.get("/jobs")).status_code == 401


async def test_who_owes_feedback_and_since_when(completed):
    answer = await completed.get("/feedback-overdue")

    assert [(o["interviewer"], o["since"], o["due_at"]) for o in answer.json()["items"]] == [
        ("ben", "2026-11-04T15:00:00Z", "2026-11-18T18:00:00Z")
    ]


async def test_an_interviewer_sees_their_own_only(completed):
    assert (await completed.get("/interviews/i1", "interviewer", user="ada")).status_code == 200
    assert (await completed.get("/interviews/i1", "interviewer", user="eve")).status_code == 403
    assert (await completed.get("/interviews", "interviewer", user="eve")).json()["items"] == []
    assert (await completed.get("/feedback/f1", "interviewer", user="ben")).status_code == 403
    assert (await completed.get("/feedback", "interviewer", user="ben")).json()["items"] == []


async def test_an_interviewer_gives_feedback_in_their_own_name_about_their_own_interview(completed):
    bens = VERDICT | {"interviewer": "ben"}

    assert (await completed.put("/feedback/f2", bens, "interviewer", user="ben")).status_code == 201
    assert (await completed.put("/feedback/f3", bens, "interviewer", user="ada")).status_code == 403
    assert (await completed.put("/feedback/f1", bens, "interviewer", user="ben")).status_code == 403
    eves = VERDICT | {"interviewer": "eve"}
    assert (await completed.put("/feedback/f4", eves, "interviewer", user="eve")).status_code == 403


async def test_a_hiring_manager_decides_for_their_own_jobs(completed):
    path, body = "/applications/a1/decision", {"decided_at": "2026-11-13T15:00:00Z", "outcome": "hired"}

    assert (await completed.put(path, body, "hiring_manager", "auditor", user="eve")).status_code == 403
    assert (await completed.put(path, body, "coordinator")).status_code == 403
    assert (await completed.put(path, body, "hiring_manager", user="tomas")).status_code == 201
    assert (await completed.get("/jobs", "hiring_manager", user="eve")).json()["items"] == []


async def test_a_decision_is_read_as_it_was_said(completed):
    decision = {
        "decided_at": "2026-11-13T15:00:00Z",
        "outcome": "not_selected",
        "reason": {"code": "skills", "class": "we_declined", "disqualifying": True},
        "would_reconsider": True,
        "reconsider_after": "2027-05-01T00:00:00Z",
        "notice": {"by": "platform", "not_before": "2026-11-16T08:00:00Z", "sent_at": "2026-11-14T08:00:00Z"},
    }

    await completed.put("/applications/a1/decision", decision)

    known = (await completed.get("/applications/a1")).json()["decision"]
    assert {field: known[field] for field in decision} == decision


async def test_a_decision_is_taken_back_and_made_again(completed):
    path, body = "/applications/a1/decision", {"decided_at": "2026-11-13T15:00:00Z", "outcome": "not_selected"}
    states = []
    for step, said in (
        (path, body),
        (f"{path}/reversal", {"reversed_at": "2026-11-14T09:00:00Z"}),
        (path, body | {"decided_at": "2026-11-15T09:00:00Z", "outcome": "hired"}),
    ):
        assert (await completed.put(step, said)).is_success
        known = (await completed.get("/applications/a1")).json()
        states.append((known["state"], known["outcome"]))

    assert states == [("decided", "not_selected"), ("undecided", None), ("decided", "hired")]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/jobs/none/closing", {"closed_at": "2026-11-13T15:00:00Z"}, 404, "job-not-found"),
        ("/interviews/none/completion", COMPLETION, 404, "interview-not-found"),
        ("/feedback/none/withdrawal", {"withdrawn_at": "2026-11-06T09:00:00Z"}, 404, "feedback-not-found"),
        ("/applications/a9", APPLICATION | {"job": "none"}, 409, "job-unknown"),
        ("/interviews/i9", SCHEDULE | {"application": "none"}, 409, "application-unknown"),
        ("/interviews/i9", SCHEDULE | {"candidate": "bo"}, 409, "another-candidate"),
        ("/interviews/i1/completion", COMPLETION | {"application": "a2"}, 409, "another-application"),
        ("/feedback/f9", VERDICT | {"interview": "none"}, 409, "interview-unknown"),
        ("/applications/a1/decision/reversal", {"reversed_at": "2026-11-14T09:00:00Z"}, 409, "not-decided"),
        ("/jobs/su27", JOB | {"job": "other"}, 422, "another-id"),
        ("/jobs/su27", JOB | {"title": "<b>"}, 422, "invalid"),
        ("/jobs/su27", JOB | {"opened_at": "2026-12-24T08:00:00Z"}, 422, "time-in-future"),
        ("/interviews/i1/completion", COMPLETION | {"basis": "assumed"}, 422, "basis-not-said"),
    ],
)
async def test_a_refusal_has_a_code_and_stores_nothing(completed, stage, path, body, status, code):
    before = await stage.fetch("SELECT topic, fact, time FROM facts ORDER BY 1, 2")

    answer = await completed.put(path, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await stage.fetch("SELECT topic, fact, time FROM facts ORDER BY 1, 2") == before


async def test_what_is_not_json_or_too_large_is_refused(browser):
    headers = browser.headers("admin") | {"content-type": "text/plain"}
    large = JOB | {"description": "x" * 1_100_000}

    assert (await browser.client.put("/jobs/su27", content="title", headers=headers)).status_code == 415
    assert (await browser.put("/jobs/su27", large)).status_code == 413


Get = Callable[..., Awaitable[httpx.Response]]


async def _pages(get: Get, path: str) -> list[list[str]]:
    pages, cursor = [], ""
    while cursor is not None:
        page = (await get(f"{path}&cursor={cursor}" if cursor else path)).json()
        pages.append([item["interview"] for item in page["items"]])
        cursor = page["cursor"]
    return pages


async def test_a_cursor_leads_through_all_pages(completed):
    for n in range(2, 6):
        await completed.put(f"/interviews/i{n}", SCHEDULE, "admin")

    assert await _pages(completed.get, "/interviews?limit=2") == [["i1", "i2"], ["i3", "i4"], ["i5"]]
    assert await _pages(completed.get, "/interviews?job=su27&candidate=ana&limit=200") == [
        [f"i{n}" for n in range(1, 6)]
    ]
    assert await _pages(completed.get, "/interviews?state=missed") == [[]]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("query", ["cursor=forged", "cursor=WzFd", "limit=0", "limit=201"])
async def test_a_forged_cursor_or_limit_is_refused(browser, path, query):
    assert (await browser.get(f"{path}?{query}")).status_code == 422


async def test_counts_name_every_state(completed):
    answer = await completed.get("/interviews/counts?job=su27")

    assert answer.json() == {"scheduled": 0, "completed": 1, "cancelled": 0, "missed": 0}


async def test_a_commit_that_fails_is_no_success(browser, stage, databases):
    owner = await asyncpg.connect(await _owner_url(stage, databases))
    await owner.execute(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''disk full''; END';
        CREATE CONSTRAINT TRIGGER refusing AFTER INSERT ON facts DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION refuse();
        """
    )
    await owner.close()

    answer = await browser.put("/jobs/su27", JOB)

    assert answer.status_code >= 500
    assert await stage.fetch("SELECT FROM facts") == []


async def _owner_url(stage, databases) -> str:
    name = (await stage.fetch("SELECT current_database() AS name"))[0]["name"]
    template = databases.template("interviews")
    return template.owner_url.replace(template.name, name)


async def test_every_route_is_described(browser):
    document = (await browser.client.get("/openapi.json")).json()

    assert all(o["summary"] and o["description"] for ops in document["paths"].values() for o in ops.values())
    assert document["components"]["schemas"]["Decision"]["examples"]


async def test_the_settings_say_what_is_missing_for_going_live_and_can_be_sent_back(browser):
    frame = {"controller": "Halden GmbH", "privacy_url": "https://halden.example/p", "reply_person": "ines"}
    await browser.put("/organization", {"name": "Halden"}, "admin")
    before = (await browser.get("/organization")).json()
    await browser.put("/organization", before | frame, "admin")
    after = (await browser.get("/organization")).json()
    wrong = await browser.put("/organization", before | {"privacy_url": "http://halden.example"}, "admin")

    legal = ["controller", "privacy_url", "imprint_url", "supervisory_authority"]
    assert before["missing_for_live"] == ["reply_person", *legal]
    assert after["missing_for_live"] == ["imprint_url", "supervisory_authority"]
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "/privacy_url")
