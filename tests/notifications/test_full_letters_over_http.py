"""Rule 3 over HTTP: what a person sees, changes and approves of full letters."""

import re
from inspect import signature

import pytest

from services.notifications.letters.links import WITHHELD, WithheldLinks
from services.notifications.post.links import SignedLinks
from shared.contracts import CandidateRegistered
from tests.heard import Heard
from tests.notifications.facts import at
from tests.notifications.sentences import WENT_WELL, gave, hunted, judged
from tests.notifications.test_full_letters import decision_mails, judge, released

pytestmark = pytest.mark.db


async def test_a_draft_with_findings_is_edited_before_it_is_approved(halden_stage, browser, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    facts = [f for f in judged() if f.event.topic != "feedback-submitted" or f.event.interviewer != "ada"]
    words = "Great culture fit; our young team would suit him."
    await halden_stage.deliver(*hunted(), *facts, gave("amara", "ada", WENT_WELL | {"sql": words}))
    letter = (await halden_stage.letter("decision", "amara-1"))["letter"]

    seen = await browser.get(f"/letters/{letter}")
    refused = await browser.put(f"/letters/{letter}/approval", {"decision": "approve"})
    draft = seen.json()["draft"]
    draft["strengths"][0]["observed"] = "You joined three tables at once."
    body = {side: draft[side] for side in ("strengths", "development")}
    tag = {"If-Match": seen.headers["ETag"], **browser.headers()}
    edited = await browser.client.put(f"/letters/{letter}/draft", json=body, headers=tag)
    stale = await browser.client.put(f"/letters/{letter}/draft", json=body, headers=tag)
    approved = await browser.put(f"/letters/{letter}/approval", {"decision": "approve"})
    foreseen = approved.json()["preview"]
    late = await browser.put(f"/letters/{letter}/draft", body)
    await halden_stage.move_to("2026-11-16 08:00")

    assert {f["code"] for f in draft["findings"]} == {"culture_fit", "protected"}
    assert draft["concerns"] == ["culture_fit", "protected"]
    assert (refused.status_code, refused.json()["code"]) == (409, "letter-has-findings")
    assert edited.status_code == 200, edited.text
    assert (edited.json()["draft"]["edited_by"], edited.json()["draft"]["findings"]) == ("ines", [])
    assert stale.status_code == 412
    after = approved.json()
    assert after["draft"]["released"] is True
    assert [after["draft"][name] for name in ("edited_by", "approved_by")] == [after["decided_by"], "ines"]
    [said] = await halden_stage.said("feedback-released")
    assert (said["edited_by"], said["edited_at"]) == ("ines", "2026-11-13T15:05:00Z")
    assert (late.status_code, late.json()["code"]) == (409, "letter-has-no-draft")
    [mail] = decision_mails(letterbox)
    assert "You joined three tables at once." in mail
    assert "culture fit" not in mail
    assert "culture fit" in seen.json()["preview"]["text"]
    assert re.sub(r"https?://[^\s#]+", WITHHELD, mail).splitlines() == foreseen["text"].splitlines()
    assert {link.partition("#")[0] for link in re.findall(r'href="([^"]+)"', foreseen["html"])} == {WITHHELD}
    assert (foreseen["language"], foreseen["subject"]) == ("en", "Halden: about your application")
    assert (await browser.get(f"/letters/{letter}")).json()["preview"] is None


def test_nothing_that_a_preview_leads_to_opens():
    links = {name: len(signature(made).parameters) for name, made in vars(SignedLinks).items() if name[0] != "_"}

    assert {getattr(WithheldLinks, name)(WithheldLinks(), *[None] * (n - 1)) for name, n in links.items()} == {WITHHELD}


async def test_findings_may_stand_when_somebody_says_why(halden_stage, browser):
    await halden_stage.move_to("2026-11-13 16:05")
    facts = [f for f in judged() if f.event.topic != "feedback-submitted" or f.event.interviewer != "ada"]
    await halden_stage.deliver(*hunted(), *facts, gave("amara", "ada", WENT_WELL | {"sql": "A natural leader node."}))
    letter = (await halden_stage.letter("decision", "amara-1"))["letter"]
    body = {"decision": "approve", "despite_findings": True}

    without = await browser.put(f"/letters/{letter}/approval", body)
    with_reason = await browser.put(f"/letters/{letter}/approval", body | {"reason": "A term of clusters."})

    assert (without.status_code, with_reason.status_code) == (409, 200)


async def test_nothing_is_invented_by_an_edit(halden_stage, browser):
    letter = (await judge(halden_stage))["letter"]
    draft = (await browser.get(f"/letters/{letter}")).json()["draft"]
    body = {side: draft[side] for side in ("strengths", "development")}
    other = {"competency": "chess", "observed": "You play well.", "feedback": "amara-ada"}

    invented = await browser.put(f"/letters/{letter}/draft", body | {"strengths": [body["strengths"][0], other]})
    too_few = await browser.put(f"/letters/{letter}/draft", body | {"strengths": body["strengths"][:1]})

    assert (invented.status_code, invented.json()["code"]) == (422, "item-not-of-the-feedback")
    assert too_few.status_code == 422


async def test_new_feedback_makes_a_new_draft_without_the_edit(halden_stage, browser):
    letter = (await judge(halden_stage))["letter"]
    draft = (await browser.get(f"/letters/{letter}")).json()["draft"]
    draft["strengths"][0]["observed"] = "Mended words."
    await browser.put(f"/letters/{letter}/draft", {side: draft[side] for side in ("strengths", "development")})
    await halden_stage.move_to("2026-11-13 17:00")

    await halden_stage.deliver(gave("amara", "ada", WENT_WELL | {"sql": "New."}, when=at("2026-11-13 17:00")))

    after = (await browser.get(f"/letters/{letter}")).json()["draft"]
    assert (after["strengths"][0]["observed"], after["edited_by"]) == ("New.", None)


async def test_a_jobs_letters_are_approved_together_by_their_number(halden_stage, browser):
    await judge(halden_stage)
    for who in ("noor", "lukas", "mei", "hanna"):
        await halden_stage.deliver(*judged(who))
    french = CandidateRegistered(candidate="hanna", name="Hanna", email="hanna@mail.example", language="fr-CA")
    await halden_stage.deliver(
        Heard(french, at("2026-11-13 16:05")),
        gave("lukas", "ada", WENT_WELL | {"sql": "Great culture fit."}, when=at("2026-11-13 16:05")),
        gave("mei", "ada", WENT_WELL | {"sql": "Sie haben die Tabellen verbunden."}, when=at("2026-11-13 16:05")),
    )

    shown = await browser.get("/jobs/su27-data/approvals")
    wrong = await browser.put("/jobs/su27-data/approvals", {"expected": 3})
    right = await browser.put("/jobs/su27-data/approvals", {"expected": 2})

    left = {(await halden_stage.letter("decision", f"{who}-1"))["letter"] for who in ("lukas", "mei", "hanna")}
    assert shown.json()["count"] == 2
    assert {x["candidate"]: x["concerns"] for x in shown.json()["items"]} == {
        "amara": [], "noor": [], "lukas": ["culture_fit"], "mei": ["other_language"],
        "hanna": ["mail_language"],
    }  # fmt: skip
    assert (wrong.status_code, wrong.json()["code"]) == (409, "another-number")
    assert (right.json()["approved"], {*right.json()["left"]}) == (2, left)
    assert sorted(r["candidate"] for r in await released(halden_stage)) == ["amara", "noor"]
