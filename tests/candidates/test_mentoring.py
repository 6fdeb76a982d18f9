"""Rule 12: mentors, from the proposal to the last day; and referrals."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from services.candidates.domain.mentoring import Relation, judge, last_day
from services.candidates.main import SERVICE
from shared.contracts import ApplicationDecisionReversed, ConsentChanged, Purpose, UserRegistered
from shared.web.links import Links
from tests.browser import KEY, Browser, browsing
from tests.candidates.pages import configured, released, sent, yes
from tests.candidates.sentences import NOW, consented, decided, later, newest, noor, opened, registered

GOAL = "Write the exit condition first."
PROPOSAL = {"candidate": "noor", "user": "ada", "goals": [GOAL], "starts_on": "2026-11-23"}
YES = yes(Purpose.MENTORING, adult="true", relation="m1")
ADA = UserRegistered(user="ada", name="Ada Lindqvist", email="ada@halden.example")


@pytest.fixture
async def browser(stage, tmp_path) -> AsyncIterator[Browser]:
    async with browsing(SERVICE, stage, tmp_path) as somebody:
        await stage.deliver(configured(), ADA, opened(), *noor(released("noor"), sent("noor")))
        yield somebody


def page(candidate: str = "noor") -> str:
    return "/me/" + Links(KEY).sign("pool", "acme", candidate, NOW + timedelta(days=365))


async def agree(browser, relation: str = "m1", user: str = "ada", *, agreed: bool = True):
    return await browser.put(f"/mentorships/{relation}/answer", {"agreed": agreed}, "interviewer", user=user)


async def stage_of(browser, relation: str = "m1") -> tuple[str, str | None]:
    shown = (await browser.get(f"/mentorships/{relation}")).json()
    return shown["stage"], shown["reason"]


async def both(browser, **answer: str):
    await browser.put("/mentorships/m1", PROPOSAL)
    await agree(browser)
    return await browser.client.post(page(), data=YES | answer)


async def test_a_recruiter_proposes_the_mentor_accepts_and_the_candidate_agrees_to_the_goals(stage, browser):
    proposed = await browser.put("/mentorships/m1", PROPOSAL)
    assert (proposed.status_code, await stage_of(browser)) == (201, ("proposed", None))
    assert "Ada Lindqvist" not in (await browser.client.get(page())).text

    assert (await agree(browser)).status_code == 201
    assert await stage_of(browser) == ("agreed", None)
    asked = (await browser.client.get(page())).text
    assert all(words in asked for words in ("Ada Lindqvist of Halden would like to be your mentor", GOAL, "full age"))
    assert "private-mentor-answer" not in {r["topic"] for r in await stage.fetch("SELECT topic FROM outbox")}

    young = await browser.client.post(page(), data={k: v for k, v in YES.items() if k != "adult"})
    assert "Please confirm that you are of full age." in young.text
    assert await stage_of(browser) == ("agreed", None)
    done = await both(browser)
    assert "Ada Lindqvist of Halden is your mentor until 23 February 2027." in done.text
    assert [m["relation"] for m in await stage.said("mentorship-accepted")] == ["m1"]
    [consent] = [c for c in await stage.said("consent-changed") if c["purpose"] == "mentoring"]
    assert (consent["conditions"], consent["text_version"]) == (["adult"], "mentoring-2026-12")


async def test_a_goal_nobody_suggested_and_a_third_mentorship_are_refused(stage, browser):
    wrong = await browser.put("/mentorships/m1", PROPOSAL | {"goals": ["Become a rocket scientist."]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "goal-unknown")
    assert (await browser.put("/mentorships/m1", PROPOSAL | {"candidate": "zoe"})).status_code == 404

    others = [PROPOSAL | {"candidate": candidate} for candidate in ("kim", "lee")]
    await stage.deliver(*(event for other in ("kim", "lee") for event in (registered(other), released(other))))
    for relation, proposal in (("m1", PROPOSAL), ("m2", others[0])):
        assert (await browser.put(f"/mentorships/{relation}", proposal)).status_code == 201
    third = await browser.put("/mentorships/m3", others[1])
    assert (third.status_code, third.json()["code"]) == (409, "mentor-full")
    await agree(browser, "m2", agreed=False)
    assert await stage_of(browser, "m2") == ("ended", "declined")
    assert (await browser.put("/mentorships/m3", others[1])).status_code == 201


async def test_a_yes_is_to_one_mentor_and_never_to_another_who_was_not_shown(stage, browser):
    await browser.put("/mentorships/m1", PROPOSAL)
    second = await browser.put("/mentorships/m2", PROPOSAL | {"user": "ben"})
    await agree(browser)
    asked = (await browser.client.get(page())).text
    await browser.put("/mentorships/m1/end", None)
    await stage.move(NOW + timedelta(minutes=1))
    instead = await browser.put("/mentorships/m2", PROPOSAL | {"user": "ben"})
    await agree(browser, "m2", "ben")

    stale = await browser.client.post(page(), data=YES)
    no = await browser.client.post(page(), data={"about": "mentoring", "answer": "no", "relation": "m1"})
    unseen = await stage_of(browser, "m2")
    fresh = await browser.client.post(page(), data=YES | {"relation": "m2"})

    assert "Somebody would like to be your mentor, and is waiting for your answer." in asked
    assert (second.status_code, second.json()["code"], instead.status_code) == (409, "mentorship-running", 201)
    for answer in (stale, no):
        assert "Somebody else is asking you now: please read it, then answer." in answer.text
    assert 'name="relation" value="m2"' in stale.text
    assert (unseen, fresh.status_code) == (("agreed", None), 200)
    assert await stage_of(browser, "m2") == ("active", None)


@pytest.mark.parametrize("other", [{"goals": ["Draw it first."]}, {"starts_on": "2027-01-11"}], ids=["goals", "days"])
async def test_a_mentor_says_yes_to_the_goals_and_days_that_were_shown(stage, browser, other):
    point = released("noor").development[0].model_copy(update={"suggestion": "Draw it first."})
    second = released("noor").model_copy(update={"letter": "l2", "application": "noor-2", "development": (point,)})
    await stage.deliver(second)
    await browser.put("/mentorships/m1", PROPOSAL)
    mentors = "/mentoring/" + Links(KEY).sign("mentor", "acme", "m1/ada", NOW + timedelta(days=60))
    shown = (await browser.client.get(mentors)).text
    [goals] = re.findall(r'name="goals" value="([^"]+)"', shown)
    await browser.put("/mentorships/m1", PROPOSAL | other)

    by_hand = {"agreed": True, "version": goals}
    refused = await browser.put("/mentorships/m1/answer", by_hand, "interviewer", user="ada")
    stale = await browser.client.post(mentors, data={"answer": "yes", "goals": goals})
    before = await stage_of(browser)
    [goals] = re.findall(r'name="goals" value="([^"]+)"', stale.text)
    await browser.client.post(mentors, data={"answer": "yes", "goals": goals})

    assert "What it would be about has changed: please read it, then answer." in stale.text
    assert other.get("goals", ["until 11 April 2027"])[0] in stale.text
    assert (refused.status_code, refused.json()["version"]) == (412, goals)
    assert (before, await stage_of(browser)) == (("proposed", None), ("agreed", None))


async def test_only_the_mentor_answers_and_an_answered_proposal_is_not_changed(browser):
    await browser.put("/mentorships/m1", PROPOSAL)
    assert (await agree(browser, user="ben")).json()["code"] == "mentorship-not-found"
    as_recruiter = await browser.put("/mentorships/m1/answer", {"agreed": True})
    assert as_recruiter.json()["code"] == "not-your-mentorship"
    await agree(browser)
    changed = await browser.put("/mentorships/m1", PROPOSAL | {"starts_on": "2026-12-01"})
    assert (changed.status_code, changed.json()["code"]) == (409, "mentorship-agreed")
    mine = (await browser.get("/mentorships", "interviewer", user="ada")).json()["items"]
    theirs = (await browser.get("/mentorships", "interviewer", user="ben")).json()["items"]
    assert ([m["relation"] for m in mine], theirs) == (["m1"], [])


async def renewed(browser, seen: str = "*") -> tuple[int, str]:
    headers = browser.headers() | {"If-Match": seen}
    answer = await browser.client.put("/mentorships/m1/renewal", headers=headers)
    return answer.status_code, answer.json().get("recorded") or answer.json()["code"]


async def test_it_is_renewed_once_and_ends_after_its_last_day(stage, browser):
    await browser.put("/mentorships/m1", PROPOSAL)
    await agree(browser)
    too_early = await browser.put("/mentorships/m1/renewal", None)
    await browser.client.post(page(), data=YES)
    assert (too_early.status_code, too_early.json()["code"]) == (409, "mentorship-not-begun")
    assert await renewed(browser, '"0123456789abcdef"') == (412, "precondition-failed")
    seen = (await browser.get("/mentorships/m1")).headers["etag"]
    assert await renewed(browser, seen) == (200, "changed")
    assert await renewed(browser, seen) == (412, "precondition-failed")
    assert await renewed(browser) == (200, "same")
    assert await stage_of(browser) == ("active", None)

    await stage.move(datetime(2027, 5, 23, 23, tzinfo=UTC))
    assert await stage_of(browser) == ("active", None)
    await stage.move(datetime(2027, 5, 24, 1, tzinfo=UTC))
    assert await stage_of(browser) == ("ended", "completed")
    assert [m["reason"] for m in await stage.said("mentorship-ended")] == ["completed"]


async def test_whoever_agreed_to_three_months_only_is_not_given_more(stage, browser):
    await browser.put("/mentorships/m1", PROPOSAL)
    await agree(browser)
    given_at = NOW + timedelta(minutes=1)
    words = {"purpose": "mentoring", "text_version": "mentoring-2026-11", "conditions": ["adult"], "given_at": given_at}
    await stage.deliver(later(consented("noor", **words), 1))

    refused = await browser.put("/mentorships/m1/renewal", None)

    assert await stage_of(browser) == ("active", None)
    assert (refused.status_code, refused.json()["code"]) == (409, "renewal-not-agreed")


async def test_a_mentor_learns_the_name_once_both_said_yes(browser):
    await browser.put("/mentorships/m1", PROPOSAL)
    await agree(browser)
    before = (await browser.get("/candidates?ids=noor", "interviewer", user="ada")).json()["items"]
    await both(browser)
    after = (await browser.get("/candidates?ids=noor", "interviewer", user="ada")).json()["items"]

    assert (before, [one["name"] for one in after]) == ([], ["Noor"])


async def test_what_ends_it(stage, browser):
    await both(browser)
    await stage.move(NOW + timedelta(minutes=1))
    ended = await browser.client.post(page(), data={"about": "mentoring", "answer": "no"})
    assert "Ada Lindqvist" not in ended.text
    assert await stage_of(browser) == ("ended", "withdrawn")

    await browser.put("/mentorships/m2", PROPOSAL)
    await stage.deliver(later(decided("noor", "hired", "other", decided_at="2026-11-23T09:02:00Z"), 24 * 21))
    assert await stage_of(browser, "m2") == ("ended", "hired")


async def test_a_mentor_who_leaves_ends_theirs(stage, browser):
    await both(browser)
    await stage.deliver(later(ADA.model_copy(update={"active": False}), 24 * 20))
    assert await stage_of(browser) == ("ended", "inactive_user")


async def test_a_mentor_who_is_back_takes_it_up_again(stage, browser):
    await both(browser)
    await stage.deliver(later(ADA.model_copy(update={"active": False}), 24 * 20))
    await stage.deliver(later(ADA, 24 * 20 + 1))

    assert await stage_of(browser) == ("active", None)
    said = await newest(stage, ("mentorship-accepted", "mentorship-ended"), "m1")
    assert said == ("mentorship-accepted", {"relation": "m1", "candidate": "noor", "user": "ada"})


@pytest.mark.parametrize(
    "correction",
    [
        ApplicationDecisionReversed(application="noor-other", candidate="noor", reversed_at="2026-11-23T09:05:00Z"),
        later(decided("noor", "not_selected", "other", decided_at="2026-11-23T09:03:00Z"), 24 * 21 + 1),
    ],
    ids=["reversed", "corrected"],
)
async def test_a_hire_that_does_not_stand_ends_nothing(stage, browser, correction):
    await both(browser)
    await stage.deliver(later(decided("noor", "hired", "other", decided_at="2026-11-23T09:02:00Z"), 24 * 21))
    assert await stage_of(browser) == ("ended", "hired")

    await stage.deliver(correction)

    assert await stage_of(browser) == ("active", None)


async def test_what_a_person_ended_stays_ended(stage, browser):
    await both(browser)
    await stage.deliver(later(ADA.model_copy(update={"active": False}), 24 * 20))
    await browser.put("/mentorships/m1/end", None)
    await stage.deliver(later(ADA, 24 * 20 + 1))

    assert await stage_of(browser) == ("ended", "ended_by_organization")


async def test_erasure_ends_it_and_leaves_nothing(stage, browser):
    await both(browser)
    await browser.put("/candidates/noor/erasure", {"requested_at": "2026-11-23T08:00:00Z", "by": "platform"})
    assert (await browser.get("/mentorships/m1")).status_code == 404
    assert await stage.fetch("SELECT 1 FROM mentorships") == []


async def test_the_mentor_or_a_recruiter_may_end_it(browser):
    await both(browser)
    assert (await browser.put("/mentorships/m1/end", None, "auditor")).json()["code"] == "not-your-mentorship"
    assert (await browser.put("/mentorships/m1/end", None, "interviewer", user="ada")).status_code == 201
    assert await stage_of(browser) == ("ended", "ended_by_mentor")


async def test_colleagues_recommend_in_their_own_name(stage, browser):
    await stage.deliver(registered("zoe"))
    made = await browser.put(
        "/referrals/r1", {"candidate": "zoe", "job": "su27", "user": "tomas"}, "interviewer", user="ben"
    )
    assert made.status_code == 201
    await browser.put("/referrals/r2", {"candidate": "noor", "user": "tomas"})
    found = (await browser.get("/referrals")).json()["items"]
    assert [(r["referral"], r["user"], r["candidate"]) for r in found] == [
        ("r1", "ben", "zoe"),
        ("r2", "tomas", "noor"),
    ]
    assert [r["referral"] for r in (await browser.get("/referrals?job=su27")).json()["items"]] == ["r1"]


async def test_nobody_takes_over_what_a_colleague_recommended(stage, browser):
    await stage.deliver(registered("zoe"))
    bens = {"candidate": "zoe", "job": "su27"}
    await browser.put("/referrals/r1", bens, "interviewer", user="ben")

    taken = await browser.put("/referrals/r1", {"candidate": "noor", "note": "Mine."}, "interviewer", user="eve")
    noted = await browser.put("/referrals/r1", bens | {"note": "We studied together."}, "interviewer", user="ben")
    corrected = await browser.put("/referrals/r1", bens | {"user": "ben"}, "recruiter")

    assert (taken.status_code, taken.json()["code"]) == (403, "not-your-referral")
    assert [noted.status_code, corrected.status_code] == [200, 200]
    [kept] = (await browser.get("/referrals")).json()["items"]
    assert (kept["user"], kept["candidate"]) == ("ben", "zoe")


@pytest.mark.parametrize(
    ("starts", "renewals", "ends"),
    [("2026-11-23", 0, "2027-02-23"), ("2026-11-30", 0, "2027-02-28"), ("2026-11-23", 1, "2027-05-23")],
)
def test_three_months_and_three_more(starts, renewals, ends):
    assert last_day(datetime.fromisoformat(starts).date(), renewals).isoformat() == ends


async def test_goals_are_picked_from_what_letters_suggested(browser):
    shown = await browser.get("/candidates/noor/suggestions")
    nobody = await browser.get("/candidates/nobody/suggestions")

    assert shown.json() == {"candidate": "noor", "suggestions": [GOAL]}
    assert (nobody.status_code, nobody.json()["code"]) == (404, "candidate-not-found")


@pytest.mark.parametrize(
    ("today", "stage", "reason", "due_on"),
    [
        (date(2026, 11, 30), "active", None, date(2026, 12, 9)),
        (date(2026, 12, 9), "active", None, date(2026, 12, 9)),
        (date(2026, 12, 10), "ended", "withdrawn", None),
        (date(2027, 3, 1), "ended", "withdrawn", None),
    ],
)
def test_it_lasts_no_longer_than_the_consent_to_it(today, stage, reason, due_on):
    [found] = judge([_consented_until(datetime(2026, 12, 10, 12, tzinfo=UTC))], today)
    assert (found.stage, found.reason, found.due_on) == (stage, reason, due_on)


@pytest.mark.parametrize("expires_at", [None, datetime(2027, 3, 1, tzinfo=UTC)])
def test_a_consent_that_outlasts_it_changes_nothing(expires_at):
    relation = _consented_until(expires_at)
    assert [(m.stage, m.due_on) for m in judge([relation], relation.ends_on)] == [("active", relation.ends_on)]
    assert [m.reason for m in judge([relation], date(2027, 6, 1))] == ["completed"]


def _consented_until(expires_at: datetime | None) -> Relation:
    asked = datetime(2026, 11, 27, 12, tzinfo=UTC)
    consent = ConsentChanged(
        candidate="noor", purpose="mentoring", granted=True, given_at=asked, text_version="mentoring-2026-11",
        language="en-GB", how="page", expires_at=expires_at, conditions=("adult",),
    )  # fmt: skip
    return Relation("halden", "m1", "noor", "ada", ("listen",), asked.date(), date(2027, 2, 27), True, asked, consent)
