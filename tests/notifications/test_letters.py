"""Which letters there are, what becomes of them, and what a person must look at instead."""

from datetime import datetime

import pytest

from shared.contracts import CandidateMerged, MembershipReviewed, membership_id
from tests.heard import Heard
from tests.notifications.facts import (
    accepted,
    applied,
    at,
    completed,
    consent,
    decided,
    halden,
    heard,
    ines,
    invited,
    job,
    matched,
    profile,
    told_by_platform,
)
from tests.notifications.weekend import DECISION, POOL, a_decided_application

pytestmark = pytest.mark.db


async def test_a_new_decision_after_it_left_is_a_task_and_no_mail(halden_stage, letterbox):
    await a_decided_application(halden_stage)
    await halden_stage.move_to("2026-11-17 10:00")

    await halden_stage.deliver(decided("amara", "withdrawn", at("2026-11-17 10:00"), id="second"))
    await halden_stage.move_to("2026-12-20 10:00")

    assert len(letterbox.read()) == 1
    assert await halden_stage.tasks() == ["decision_changed"]


async def test_an_accepted_match_is_an_invitation_with_one_click_unsubscribing(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-23 10:05")
    await halden_stage.deliver(halden(), job("ws27-ae"), profile("amara"), consent("amara", at("2026-11-17 10:00")))

    await halden_stage.deliver(matched("amara"), accepted("amara"))
    await halden_stage.move_to("2026-11-23 10:06")

    [mail] = letterbox.read()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<http://notifications.example/unsubscribe/")
    assert mail["Auto-Submitted"] == "auto-generated"
    text = " ".join(mail.get_body(("plain",)).get_content().split())
    assert "/answer/" in text
    assert "You allowed us to write" in text
    assert "a person here looked at it, and thought of you." in text


@pytest.mark.parametrize(
    ("outcome", "more", "words"),
    [
        ("not_selected", [], "because of what your interviewers wrote"),
        ("offer_declined", [], "because we would have liked to work with you"),
        ("not_selected", ["reconsider"], "because the person who decided would gladly look"),
        ("not_selected", ["reconsider", "2026-11-13 17:00"], "because a person here looked at your application"),
        ("not_selected", ["2026-11-13 15:00"], "because of what your interviewers wrote"),  # decided since
    ],
    ids=["runner-up", "declined our offer", "would be reconsidered", "held and confirmed", "a review that lapsed"],
)
async def test_the_question_for_the_pool_says_how_it_came_about(halden_stage, letterbox, outcome, more, words):
    decision = decided("amara", outcome)
    if "reconsider" in more:
        decision = decision._replace(event=decision.event.model_copy(update={"would_reconsider": True}))
    await halden_stage.move_to("2026-11-13 17:05")
    await halden_stage.deliver(
        halden(), ines(), job(), profile("amara"), applied("amara"), decision, invited("amara"),
        *(confirmed(at(instant)) for instant in more if instant != "reconsider"),
    )  # fmt: skip
    await halden_stage.move_to("2026-11-16 08:00")

    [mail] = letterbox.read()
    assert words in " ".join(mail.get_body(("plain",)).get_content().split())


def confirmed(reviewed_at: datetime) -> Heard:
    """A person has confirmed Amara's place."""
    membership = membership_id("amara", "data")
    event = MembershipReviewed(
        membership=membership, candidate="amara", family="data", action="confirm", reason="Looked at.", by="ines",
        reviewed_at=reviewed_at,
    )  # fmt: skip
    return Heard(event, reviewed_at, id="confirmed", source="talentloop/candidates")


async def test_shadow_is_for_good_so_going_live_sends_no_backlog(halden_stage, letterbox):
    await a_decided_application(halden_stage, "shadow")
    await halden_stage.move_to("2026-11-16 09:00")
    assert await halden_stage.letters() == {DECISION: "suppressed(shadow)"}

    live = Heard(halden("live").event, at("2026-11-16 10:00"), id="live")
    await halden_stage.deliver(live)
    await halden_stage.move_to("2026-11-20 09:00")

    assert await halden_stage.letters() == {DECISION: "suppressed(shadow)"}
    assert letterbox.read() == []


async def test_a_letter_nobody_approves_grows_stale_and_becomes_a_task(halden_stage, letterbox):
    await a_decided_application(halden_stage, "approve")

    await halden_stage.move_to("2026-11-27 16:00")

    assert await halden_stage.letters() == {DECISION: "suppressed(stale)"}
    assert await halden_stage.tasks() == ["stale_letter"]
    assert letterbox.read() == []


async def test_a_refused_letter_stays_in_the_house(halden_stage, letterbox):
    await a_decided_application(halden_stage, "approve")
    await halden_stage.approve((await halden_stage.letter("decision", "amara-1"))["letter"], "refuse")

    await halden_stage.move_to("2026-12-16 09:00")

    assert await halden_stage.letters() == {DECISION: "suppressed(refused)"}
    assert await halden_stage.tasks() == ["refused_letter"]


async def test_the_decision_letter_asks_for_the_pool_and_one_reminder_follows(halden_stage, letterbox):
    await a_decided_application(halden_stage)
    await halden_stage.deliver(invited("amara"))

    await halden_stage.move_to("2026-11-16 08:00")
    [letter] = letterbox.read()
    await halden_stage.move_to("2026-11-30 08:00")

    assert "http://candidates.example/me/" in letter.get_body(("plain",)).get_content()
    assert await halden_stage.letters() == {DECISION: "sent", f"{POOL}/2": "sent"}
    assert len(letterbox.read()) == 2
    await halden_stage.move_to("2027-02-01 09:00")
    assert len(letterbox.read()) == 2


async def test_whoever_answered_is_not_reminded(halden_stage, letterbox):
    await a_decided_application(halden_stage)
    await halden_stage.deliver(invited("amara"))
    await halden_stage.move_to("2026-11-16 08:00")

    await halden_stage.move_to("2026-11-16 09:00")
    await halden_stage.deliver(invited("amara", at("2026-11-16 09:00"), "active"))
    await halden_stage.move_to("2026-12-10 09:00")

    assert len(letterbox.read()) == 1


async def test_where_the_platform_tells_the_decision_we_only_ask_for_the_pool(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    await halden_stage.deliver(halden(), job(), profile("amara"), applied("amara"))
    await halden_stage.deliver(decided("amara", notice=told_by_platform()), invited("amara"))

    await halden_stage.move_to("2026-11-16 09:00")

    assert await halden_stage.letters() == {f"{POOL}/1": "sent", f"{POOL}/2": "planned"}
    [mail] = letterbox.read()
    assert "decided" not in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("outcome", ["withdrawn", "offer_declined"])
async def test_whoever_declined_is_thanked_and_never_rejected(halden_stage, letterbox, outcome):
    await halden_stage.move_to("2026-11-13 16:05")
    await halden_stage.deliver(halden(), job(), profile("priya"), applied("priya"), decided("priya", outcome))

    await halden_stage.move_to("2026-11-16 09:00")

    [mail] = letterbox.read()
    assert mail["Subject"] == "Halden: thank you"
    assert "decided not to" not in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("policy", ["full", "short"])
async def test_until_there_are_full_letters_a_short_one_is_sent(halden_stage, letterbox, policy):
    await halden_stage.move_to("2026-11-13 16:05")
    await halden_stage.deliver(
        halden(), job(feedback_policy=policy), profile("amara"), applied("amara"), decided("amara")
    )

    await halden_stage.move_to("2026-11-16 09:00")

    assert len(letterbox.read()) == 1


async def test_with_no_feedback_policy_but_none_there_is_no_letter(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    await halden_stage.deliver(
        halden(), job(feedback_policy="none"), profile("amara"), applied("amara"), decided("amara")
    )

    await halden_stage.move_to("2026-11-20 09:00")

    assert await halden_stage.letters() == {}


async def test_what_happens_next_is_told_once_and_not_after_a_decision(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-04 11:05")
    await halden_stage.deliver(halden("approve"), job(), profile("amara"), profile("tom"), applied("amara"))
    await halden_stage.deliver(completed("amara"), decided("tom", decided_at=at("2026-11-04 10:00")), completed("tom"))
    await halden_stage.move_to("2026-11-04 11:06")

    await halden_stage.deliver(completed("amara", at("2026-11-05 11:00"), "i2"))
    await halden_stage.move_to("2026-11-05 12:00")

    assert await halden_stage.letters(kind="what_happens_next") == {
        "what_happens_next/amara-1/1": "sent",
        "what_happens_next/tom-1/1": "suppressed(decided)",
    }
    assert len(letterbox.read()) == 1


async def test_a_merge_does_not_mail_again(halden_stage, letterbox):
    await a_decided_application(halden_stage)
    await halden_stage.deliver(invited("amara"))
    await halden_stage.move_to("2026-11-16 09:00")

    merge = heard(CandidateMerged(surviving="amara-2", merged=("amara",), merged_at=at("2026-11-16 09:30")))
    await halden_stage.move_to("2026-11-16 10:00")
    await halden_stage.deliver(profile("amara-2"), merge)
    await halden_stage.move_to("2026-11-16 11:00")

    assert len(letterbox.read()) == 1


async def test_without_an_address_it_waits_and_leaves_when_there_is_one(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    await halden_stage.deliver(halden(), job(), profile("amara", email=None), applied("amara"), decided("amara"))
    await halden_stage.move_to("2026-11-16 09:00")
    assert await halden_stage.letters() == {DECISION: "suppressed(no_address)"}

    await halden_stage.move_to("2026-11-16 09:30")
    await halden_stage.deliver(Heard(profile("amara").event, at("2026-11-16 09:30"), id="with-address"))
    await halden_stage.move_to("2026-11-16 10:00")

    assert await halden_stage.letters() == {DECISION: "sent"}
