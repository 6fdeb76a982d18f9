"""What somebody decided about a letter is taken back until it leaves; what leaves is what somebody looked at."""

import pytest

from shared.contracts import MatchReviewed
from tests.heard import Heard
from tests.notifications.facts import accepted, at, consent, decided, halden, ines, job, matched, profile
from tests.notifications.sentences import WENT_WELL, gave, judged
from tests.notifications.test_full_letters import DECISION, decision_mails, judge, released

pytestmark = pytest.mark.db

SOON = "2026-11-13T16:30:00+01:00"
SATURDAY, MONDAY = "2026-11-14 10:00", "2026-11-16 08:00"


async def say(browser, letter: dict, decision: str, **more: str):
    return await browser.put(f"/letters/{letter['letter']}/approval", {"decision": decision, **more})


async def test_a_full_letter_is_frozen_when_it_leaves_and_taken_back_until_then(halden_stage, browser, letterbox):
    letter = await judge(halden_stage)

    approved = await say(browser, letter, "approve", not_before=SOON)
    await halden_stage.move_to(SATURDAY)
    before = await released(halden_stage)
    taken_back = await say(browser, letter, "wait")
    again = await say(browser, letter, "wait")
    await halden_stage.move_to(MONDAY)
    none = decision_mails(letterbox)
    await say(browser, letter, "approve", not_before="2026-11-16T09:30:00+01:00")
    await halden_stage.move_to("2026-11-16 09:29")
    early = decision_mails(letterbox)
    await halden_stage.move_to("2026-11-16 09:30")
    late = await say(browser, letter, "wait")

    assert (approved.status_code, approved.json()["state"], approved.json()["draft"]["released"]) == (
        200, "planned", False,
    )  # fmt: skip
    assert approved.json()["approval"]["not_before"] == "2026-11-13T15:30:00Z"
    assert (taken_back.json()["state"], taken_back.json()["approval"]) == ("waiting", None)
    assert again.json() == taken_back.json()
    assert (before, none, early) == ([], [], [])
    assert len(decision_mails(letterbox)) == 1
    assert [said["approved_by"] for said in await released(halden_stage)] == ["ines"]
    assert (late.status_code, late.json()["code"]) == (409, "letter-not-waiting")


@pytest.mark.parametrize("change", ["feedback", "edit"])
async def test_words_that_changed_after_the_approval_wait_for_somebody_again(halden_stage, browser, letterbox, change):
    letter = await judge(halden_stage)
    approved = await say(browser, letter, "approve", not_before=SOON)
    await halden_stage.move_to(SATURDAY)

    if change == "feedback":
        await halden_stage.deliver(gave("amara", "ada", WENT_WELL | {"sql": "New."}, when=at(SATURDAY)))
    else:
        draft = approved.json()["draft"]
        draft["strengths"][0]["observed"] = "Mended words."
        await browser.put(
            f"/letters/{letter['letter']}/draft", {side: draft[side] for side in ("strengths", "development")}
        )

    assert (await halden_stage.letters())[DECISION] == "waiting"
    await halden_stage.move_to(MONDAY)
    assert decision_mails(letterbox) == []


async def test_out_of_a_list_a_letter_leaves_with_the_words_it_was_shown_with_or_not_at_all(halden_stage, browser):
    letter = await judge(halden_stage)
    shown = await browser.get("/jobs/su27-data/approvals")
    [seen] = shown.json()["items"]
    whole = (await browser.get(f"/letters/{letter['letter']}")).json()
    draft = {side: whole["draft"][side] for side in ("strengths", "development")}
    draft["strengths"][0]["observed"] = "Mended words."
    edited = await browser.put(f"/letters/{letter['letter']}/draft", draft, user="omar")

    alone = await say(browser, letter, "approve", version=seen["version"])
    held = {"If-Match": shown.headers["etag"], **browser.headers()}
    together = await browser.client.put("/jobs/su27-data/approvals", json={"expected": 1}, headers=held)
    before = (await halden_stage.letters())[DECISION]
    right = await say(browser, letter, "approve", version=edited.json()["version"])

    assert seen["version"] == whole["version"] != edited.json()["version"]
    assert [(r.status_code, r.json()["code"]) for r in (alone, together)] == [(412, "precondition-failed")] * 2
    assert (before, right.status_code) == ("waiting", 200)


async def test_a_release_without_an_hour_is_final(halden_stage, browser):
    letter = await judge(halden_stage)

    await say(browser, letter, "approve")
    taken_back = await say(browser, letter, "wait")

    assert (taken_back.status_code, taken_back.json()["code"]) == (409, "letter-not-waiting")
    assert len(await released(halden_stage)) == 1


async def test_a_short_letter_and_a_refusal_are_taken_back(halden_stage, browser, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    await halden_stage.deliver(halden("approve"), ines(), job(), profile("amara"), decided("amara"))
    letter = await halden_stage.letter("decision", "amara-1")

    answers = [await say(browser, letter, decision) for decision in ("approve", "wait", "refuse", "wait")]
    other = await say(browser, letter, "approve")
    await halden_stage.move_to(MONDAY)

    assert [answer.json()["state"] for answer in answers] == ["planned", "waiting", "suppressed", "waiting"]
    assert (other.status_code, other.json()["state"]) == (200, "planned")
    assert await halden_stage.tasks() == []
    assert len(decision_mails(letterbox)) == 1


async def test_of_a_jobs_letters_released_together_each_is_taken_back(halden_stage, browser, letterbox):
    await judge(halden_stage)
    await halden_stage.deliver(*judged("noor"))

    told = (await browser.put("/jobs/su27-data/approvals", {"expected": 2, "not_before": SOON})).json()
    noor = await halden_stage.letter("decision", "noor-1")
    await say(browser, noor, "wait")
    await halden_stage.move_to(MONDAY)

    amara = await halden_stage.letter("decision", "amara-1")
    assert told == {"approved": 2, "letters": sorted([amara["letter"], noor["letter"]]), "left": []}
    assert [said["candidate"] for said in await released(halden_stage)] == ["amara"]
    assert len(decision_mails(letterbox)) == 1


async def test_an_invitation_leaves_when_its_acceptance_cannot_be_taken_back_any_more(halden_stage, letterbox):
    review = accepted("amara")
    later = MatchReviewed.model_validate({**dict(review.event), "not_before": at("2026-11-23 10:10")})
    await halden_stage.move_to("2026-11-23 10:00")
    await halden_stage.deliver(
        halden("live"), ines(), job("ws27-ae"), profile("amara"), consent("amara", at("2026-11-16 09:00")),
        matched("amara"), Heard(later, review.at),
    )  # fmt: skip

    await halden_stage.move_to("2026-11-23 10:09")
    early = letterbox.read()
    await halden_stage.move_to("2026-11-23 10:10")

    assert early == []
    assert len(letterbox.read()) == 1
