"""What people and programs ask and say over HTTP."""

from datetime import timedelta

import pytest

from shared.contracts import match_id, membership_id
from shared.web.roles import Role
from tests.candidates.sentences import (
    CONSENTED,
    NOW,
    amara,
    an_interviewed_candidate,
    applied,
    consented,
    noor,
    opened,
    place_of,
    the_next_job,
)

pytestmark = pytest.mark.db

MEMBERSHIP, MATCH = membership_id("mei", "data"), match_id("amara", "ws27")
CONSENT = {"granted": True, "given_at": CONSENTED, "text_version": "1", "language": "en", "how": "phone"}
REVIEW = {"action": "confirm", "reason": "Read both scorecards again."}
ACCEPTED = {"outcome": "accepted", "reason": {"code": "fits"}}


@pytest.fixture
async def story(stage) -> None:
    """Amara and Noor are matched with the next job, Mei is held, Lukas has no consent."""
    mei = an_interviewed_candidate("mei", "strong_yes", "strong_no")
    lukas = an_interviewed_candidate("lukas", "yes", "yes")
    await stage.deliver(opened(), *amara(consented("amara")), *noor(consented("noor")), *mei, *lukas, the_next_job())


async def test_a_profile_is_new_then_changed_then_the_same(browser, stage):
    answers = [
        await browser.put("/candidates/ana", {"name": "Ana"}),
        await browser.put("/candidates/ana", {"name": "Ana Alves", "email": "ana@example.org"}),
        await browser.put("/candidates/ana", {"name": "Ana Alves", "email": "ana@example.org"}),
    ]

    assert [(a.status_code, a.json()["recorded"]) for a in answers] == [
        (201, "created"),
        (200, "changed"),
        (200, "same"),
    ]
    assert (await browser.get("/candidates/ana")).json()["email"] == "ana@example.org"
    assert len(await stage.fetch("SELECT 1 FROM outbox")) == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "/name"),
        ({"name": "x" * 201}, "/name"),
        ({"name": "<b>Ana"}, "/name"),
        ({"name": "Ana", "email": "a"}, "/email"),
    ],
)
async def test_a_bad_profile_is_refused_by_field_and_nothing_is_stored(browser, stage, body, field):
    answer = await browser.put("/candidates/ana", body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [e["field"] for e in answer.json()["errors"]] == [field]
    assert await stage.fetch("SELECT 1 FROM facts") == []


async def test_a_skill_said_tomorrow_is_refused(browser):
    skills = [{"name": "SQL", "said_at": (NOW + timedelta(days=1)).isoformat()}]

    answer = await browser.put("/candidates/ana", {"name": "Ana", "skills": skills})

    assert (answer.status_code, answer.json()["code"]) == (422, "time-in-future")
    assert [error["field"] for error in answer.json()["errors"]] == ["/skills/0/said_at"]


async def test_consents_are_kept_and_an_older_answer_is_refused(browser):
    unknown = await browser.put("/candidates/ana/consents/talent_pool", CONSENT)
    await browser.put("/candidates/ana", {"name": "Ana"})

    first = await browser.put("/candidates/ana/consents/talent_pool", CONSENT)
    again = await browser.put("/candidates/ana/consents/talent_pool", CONSENT)
    older = await browser.put(
        "/candidates/ana/consents/talent_pool", {**CONSENT, "granted": False, "given_at": "2026-11-15T08:00:00Z"}
    )

    assert [(a.status_code, a.json().get("code")) for a in (unknown, first, again, older)] == [
        (404, "candidate-not-found"), (201, None), (200, None), (409, "newer-known"),
    ]  # fmt: skip
    consents = (await browser.get("/candidates/ana/consents")).json()["consents"]
    assert [(c["purpose"], c["granted"]) for c in consents] == [("talent_pool", True)]
    assert (await browser.put("/candidates/ana/consents/marketing", CONSENT)).status_code == 422


async def test_a_consent_from_the_future_is_refused_by_field(browser, stage):
    await browser.put("/candidates/ana", {"name": "Ana"})

    tomorrow = CONSENT | {"given_at": (NOW + timedelta(days=1)).isoformat()}
    answer = await browser.put("/candidates/ana/consents/talent_pool", tomorrow)

    assert (answer.status_code, answer.json()["code"]) == (422, "time-in-future")
    assert [error["field"] for error in answer.json()["errors"]] == ["/given_at"]
    assert await stage.said("consent-changed") == []


async def test_example_13_a_job_without_competencies_is_matched_in_words_only(browser, stage):
    await stage.deliver(opened(), *amara(consented("amara")), the_next_job(competencies=[]))
    assert await stage.fetch("SELECT 1 FROM dead_letters") == []

    [match] = (await browser.get("/jobs/ws27/matches")).json()["items"]

    assert (match["candidate"], match["score"], match["of"], match["blockers"]) == ("amara", None, 0, [])
    assert match["words"]


@pytest.mark.usefixtures("story")
async def test_the_pool_is_read_in_pages_and_by_filter(browser):
    first = (await browser.get("/pool?limit=3")).json()
    second = (await browser.get(f"/pool?limit=3&cursor={first['cursor']}")).json()

    assert [m["candidate"] for m in first["items"] + second["items"]] == ["amara", "lukas", "mei", "noor"]
    assert second.get("cursor") is None
    for query, expected in {
        "status=held": ["mei"],
        "tier=silver_medalist": ["amara", "lukas"],
        "family=data&status=active": ["amara", "noor"],
        "cycle=Summer%202027&status=invited": ["lukas"],
        "family=operations": [],
        "status=left": [],
    }.items():
        assert [m["candidate"] for m in (await browser.get(f"/pool?{query}")).json()["items"]] == expected
    assert (await browser.get("/pool?cursor=x")).status_code == 422
    assert (await browser.get("/pool?limit=201")).status_code == 422


@pytest.mark.usefixtures("story")
async def test_a_person_confirms_who_is_held(browser, stage):
    answers = [await browser.put(f"/memberships/{MEMBERSHIP}/review", REVIEW) for _ in range(2)]

    assert [a.status_code for a in answers] == [201, 200]
    assert await place_of(stage, "mei") == ("promising", "invited")
    shown = (await browser.get(f"/memberships/{MEMBERSHIP}")).json()
    assert (shown["status"], shown["review"]["by"], shown["review"]["action"]) == ("invited", "ines", "confirm")
    assert len(await stage.fetch("SELECT 1 FROM outbox WHERE topic = 'membership-reviewed'")) == 1


@pytest.mark.usefixtures("story")
async def test_a_person_chooses_a_tier_or_removes(browser, stage):
    path = f"/memberships/{MEMBERSHIP}/review"

    without_tier = await browser.put(path, {"action": "retier", "reason": "Too low."})
    await browser.put(path, {"action": "retier", "tier": "silver_medalist", "reason": "Too low."})
    assert await place_of(stage, "mei") == ("silver_medalist", "invited")
    await browser.put(path, {"action": "remove", "reason": "Asked us to."})

    assert without_tier.status_code == 422
    assert await place_of(stage, "mei") == "removed"


@pytest.mark.usefixtures("story")
async def test_a_jobs_matches_show_everyone_considered(browser):
    found = (await browser.get("/jobs/ws27/matches")).json()

    assert (found["considered"], found["is_open"], found["family"]) == (4, True, "data")
    assert [(m["candidate"], m["score"], m["blockers"]) for m in found["items"][:2]] == [
        ("amara", 86.7, []), ("noor", 69.8, []),
    ]  # fmt: skip
    assert {m["candidate"]: m["blockers"] for m in found["items"][2:]} == {"lukas": ["consent"], "mei": ["consent"]}
    assert found["items"][1]["words"].startswith("Meets 2 of 3; SQL 2.5 of 4 (two interviewers, 18 days ago)")
    assert all(m["run"] for m in found["items"])
    newest_last = sorted(found["items"], key=lambda m: m["candidate"])
    newest_last.sort(key=lambda m: m["newest_interview_at"], reverse=True)
    newest_last.sort(key=lambda m: (bool(m["blockers"]), m["must_haves_missed"]))
    assert found["items"] == newest_last


@pytest.mark.usefixtures("story")
async def test_applicants_of_the_job_itself_are_shown_as_blocked(browser, stage):
    await stage.deliver(applied("lukas", "ws27", submitted_at=NOW))

    found = (await browser.get("/jobs/su27/matches")).json()

    assert {m["candidate"]: m["run"] for m in found["items"]} == dict.fromkeys(["amara", "lukas", "mei", "noor"])
    assert all("already_decided" in m["blockers"] for m in found["items"])


@pytest.mark.usefixtures("story")
async def test_a_person_accepts_a_match_and_the_run_tells(browser, stage):
    answers = [await browser.put(f"/matches/{MATCH}/review", ACCEPTED) for _ in range(2)]

    assert [a.status_code for a in answers] == [201, 200]
    shown = (await browser.get(f"/matches/{MATCH}")).json()
    run = (await browser.get(f"/runs/{shown['run']}")).json()
    assert (shown["review"]["outcome"], run["review"]["by"]) == ("accepted", "ines")
    assert (run["result"]["score"], run["inputs"]["candidate"]) == (86.7, "amara")
    assert len(await stage.fetch("SELECT 1 FROM outbox WHERE topic = 'match-reviewed'")) == 1


@pytest.mark.usefixtures("story")
async def test_a_dismissed_match_is_withdrawn_and_may_be_taken_back(browser):
    await browser.put(f"/matches/{MATCH}/review", {"outcome": "dismissed", "reason": {"code": "other"}})
    assert (await browser.get(f"/matches/{MATCH}")).json()["blockers"] == ["already_decided"]

    await browser.put(f"/matches/{MATCH}/review", ACCEPTED)

    assert (await browser.get(f"/matches/{MATCH}")).json()["blockers"] == []


@pytest.mark.usefixtures("story")
async def test_an_acceptance_that_may_be_taken_back_says_until_when_nobody_is_invited(browser):
    soon = ACCEPTED | {"not_before": "2026-11-23T09:10:00Z"}
    accepted = [await browser.put(f"/matches/{MATCH}/review", body) for body in (soon, ACCEPTED)]
    review = (await browser.get(f"/matches/{MATCH}")).json()["review"]
    undone = await browser.put(f"/matches/{MATCH}/review", {"outcome": "dismissed", "reason": {"code": "undone"}})

    assert [answer.json()["recorded"] for answer in (*accepted, undone)] == ["created", "same", "changed"]
    assert (review["outcome"], review["not_before"]) == ("accepted", "2026-11-23T09:10:00Z")


@pytest.mark.usefixtures("story")
async def test_a_blocked_match_cannot_be_accepted(browser):
    answer = await browser.put(f"/matches/{match_id('lukas', 'ws27')}/review", ACCEPTED)

    assert (answer.status_code, answer.json()["code"], answer.json()["blockers"]) == (409, "match-blocked", ["consent"])


@pytest.mark.usefixtures("story")
async def test_waste_counts_what_came_of_interviews(browser):
    projected = (await browser.get("/waste?projected=true")).json()
    counted = (await browser.get("/waste")).json()

    assert (projected["interviews"], projected["people"], projected["open"]) == (8, 4, 8)
    assert projected["wasted"] == {"of": 8, "wasted": 4, "share": 0.5}
    assert projected["without_the_loop"] == {"of": 8, "wasted": 8, "share": 1.0}
    assert counted["wasted"] == {"of": 0, "wasted": 0, "share": None}
    assert (await browser.get("/waste?job=ws27&projected=true")).json()["interviews"] == 0
    assert (await browser.get("/waste?family=data&cycle=Summer%202027")).json()["interviews"] == 8


READS = ["/candidates/amara", "/candidates/amara/consents"]
SHARED = ["/pool", "/waste"]  # with hiring managers, of their own jobs
JOB_READS = [f"/memberships/{MEMBERSHIP}", "/jobs/ws27/matches", f"/matches/{MATCH}"]
WRITES = [("/candidates/amara", {"name": "A"}), ("/candidates/amara/consents/survey", CONSENT)]
REVIEWS = [(f"/memberships/{MEMBERSHIP}/review", REVIEW), (f"/matches/{MATCH}/review", ACCEPTED)]


@pytest.mark.usefixtures("story")
async def test_roles_read_what_they_may(browser):
    for role in Role:
        reads = role not in (Role.INTERVIEWER, Role.HIRING_MANAGER, Role.ANALYST)
        for path in READS:
            assert (await browser.get(path, role)).status_code == (200 if reads else 403), (path, role)
        for path in JOB_READS:
            assert (await browser.get(path, role)).status_code == (200 if reads else 403), (path, role)
        for path in SHARED:
            shared = reads or role is Role.HIRING_MANAGER
            assert (await browser.get(path, role)).status_code == (200 if shared else 403), (path, role)


@pytest.mark.usefixtures("story")
async def test_roles_write_what_they_may(browser):
    for role in Role:
        writes = role in (Role.INTEGRATION, Role.RECRUITER, Role.COORDINATOR, Role.ADMIN)
        decides = role in (Role.RECRUITER, Role.ADMIN)
        for path, body in WRITES:
            assert ((await browser.put(path, body, role)).status_code in (200, 201)) is writes, (path, role)
        for path, body in REVIEWS:
            assert ((await browser.put(path, body, role)).status_code in (200, 201)) is decides, (path, role)


@pytest.mark.usefixtures("story")
async def test_a_hiring_manager_reads_pool_and_waste_of_their_own_jobs(browser):
    asked = ["/pool", "/pool?candidate=amara", "/waste", "/waste?job=su27"]

    whole = [(await browser.get(path)).json() for path in asked]
    own = [(await browser.get(path, "hiring_manager", user="tomas")).json() for path in asked]
    others = [(await browser.get(path, "hiring_manager", user="greta")).json() for path in asked[:3]]

    assert own == whole
    assert (own[0]["items"][0]["candidate"], own[2]["interviews"] > 0) == ("amara", True)
    assert ([found["items"] for found in others[:2]], others[2]["interviews"]) == ([[], []], 0)
    refused = await browser.get("/waste?job=su27", "hiring_manager", user="greta")
    assert (refused.status_code, refused.json()["code"]) == (403, "not-your-job")


@pytest.mark.usefixtures("story")
async def test_a_hiring_manager_acts_for_their_own_jobs(browser):
    for path, body in REVIEWS:
        assert (await browser.put(path, body, "hiring_manager", user="tomas")).status_code == 201
        assert (await browser.put(path, body, "hiring_manager", user="greta")).json()["code"] == "not-your-job"
    for path in JOB_READS:
        assert (await browser.get(path, "hiring_manager", user="tomas")).status_code == 200


@pytest.mark.usefixtures("story")
async def test_another_tenant_finds_nothing(browser):
    run = (await browser.get(f"/matches/{MATCH}")).json()["run"]
    for path in ["/candidates/amara", "/candidates/amara/consents", *JOB_READS, f"/runs/{run}"]:
        assert (await browser.get(path, organization="halden")).status_code == 404, path
    for path, body in REVIEWS:
        assert (await browser.put(path, body, organization="halden")).status_code == 404, path
    assert (await browser.get("/pool", organization="halden")).json()["items"] == []
    assert (await browser.get("/waste", organization="halden")).json()["interviews"] == 0


async def test_without_a_token_nobody_is_let_in(browser):
    for path in [*READS, *JOB_READS]:
        assert (await browser.client.get(path)).status_code == 401
    for path, body in [*WRITES, *REVIEWS]:
        assert (await browser.client.put(path, json=body)).status_code == 401


async def test_what_is_not_there_has_a_name(browser):
    codes = [(await browser.get(p)).json()["code"] for p in ["/candidates/x", *JOB_READS, "/runs/x"]]

    assert codes == ["candidate-not-found", "membership-not-found", "job-not-found", "match-not-found", "run-not-found"]


async def test_every_route_is_documented(browser):
    document = (await browser.client.get("/openapi.json")).json()

    ours = {p: set(o) for p, o in document["paths"].items() if p not in ("/live", "/ready", "/metrics", "/clock")}
    assert len(ours) > 12
    for path, operations in ours.items():
        for method in operations:
            assert document["paths"][path][method]["description"], (path, method)
