"""The worked examples of the product, by number, with real mail where a letter leaves."""

import pytest

from shared.contracts import CandidateMerged
from tests.notifications.facts import (
    accepted,
    applied,
    at,
    closed,
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
    reversed_,
    told_by_platform,
    verdict,
    withdrawn,
)
from tests.stage import Heard

pytestmark = pytest.mark.db

DECISION = "decision/amara-1/1"
POOL = "pool_invitation/data"


async def a_decided_application(stage, mode: str = "live", candidate: str = "amara", **more) -> None:
    await stage.move_to("2026-11-13 16:05")
    person = profile(candidate, **{k: v for k, v in more.items() if k == "timezone"})
    await stage.deliver(halden(mode), ines(), job(), person, applied(candidate), decided(candidate))


async def test_example_15_a_friday_decision_leaves_on_monday_morning(halden_stage, letterbox):
    await a_decided_application(halden_stage, "approve")
    assert await halden_stage.letters() == {DECISION: "waiting"}
    await halden_stage.approve((await halden_stage.letter("decision", "amara-1"))["letter"])

    await halden_stage.move_to("2026-11-16 07:59")
    before = letterbox.read()
    await halden_stage.move_to("2026-11-16 08:00")

    assert before == []
    [mail] = letterbox.read()
    assert mail["To"] == "Amara <amara@mail.example>"
    assert await halden_stage.letters() == {DECISION: "sent"}


async def test_example_15_in_tokyo_it_leaves_eight_hours_earlier(halden_stage, letterbox):
    await a_decided_application(halden_stage, candidate="mei", timezone="Asia/Tokyo")

    await halden_stage.move_to("2026-11-15 23:59")
    before = letterbox.read()
    await halden_stage.move_to("2026-11-16 00:00")

    assert before == []
    assert len(letterbox.read()) == 1


async def test_example_16_reversed_before_it_left_nothing_is_ever_sent(halden_stage, letterbox):
    await a_decided_application(halden_stage)

    await halden_stage.move_to("2026-11-14 10:00")
    await halden_stage.deliver(reversed_("amara", at("2026-11-14 10:00")))
    await halden_stage.move_to("2026-12-20 10:00")

    assert await halden_stage.letters() == {DECISION: "suppressed(decision_reversed)"}
    assert letterbox.read() == []
    assert await halden_stage.tasks() == []
    [said] = await halden_stage.said("outreach-suppressed")
    assert said["reason"] == "decision_reversed"


async def test_example_16_reversed_after_it_left_is_a_task_and_no_mail(halden_stage, letterbox):
    await a_decided_application(halden_stage)
    await halden_stage.move_to("2026-11-16 09:00")

    await halden_stage.move_to("2026-11-17 10:00")
    await halden_stage.deliver(reversed_("amara", at("2026-11-17 10:00")))
    await halden_stage.move_to("2026-12-20 10:00")

    assert len(letterbox.read()) == 1
    assert await halden_stage.tasks() == ["decision_changed"]


async def test_a_new_decision_after_it_left_is_a_task_and_no_mail(halden_stage, letterbox):
    await a_decided_application(halden_stage)
    await halden_stage.move_to("2026-11-17 10:00")

    await halden_stage.deliver(decided("amara", "withdrawn", at("2026-11-17 10:00"), id="second"))
    await halden_stage.move_to("2026-12-20 10:00")

    assert len(letterbox.read()) == 1
    assert await halden_stage.tasks() == ["decision_changed"]


async def test_example_9_feedback_corrected_after_release_is_one_task_and_no_second_letter(halden_stage, letterbox):
    await a_decided_application(halden_stage)
    await halden_stage.deliver(verdict("amara", "no", at("2026-11-05 10:00")))
    await halden_stage.move_to("2026-11-16 09:00")
    assert await halden_stage.tasks() == []

    corrected = verdict("amara", "yes", at("2026-11-05 10:00"), at("2026-11-17 10:00"))
    await halden_stage.move_to("2026-11-17 10:01")
    await halden_stage.deliver(corrected, corrected)
    await halden_stage.move_to("2026-11-20 10:00")

    assert len(letterbox.read()) == 1
    assert await halden_stage.tasks() == ["feedback_changed"]


async def test_example_14_consent_withdrawn_after_the_proposal_suppresses_the_planned_mail(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-23 21:00")  # after eight: planned for the morning
    await halden_stage.deliver(halden(), job("ws27-ae"), profile("amara"), consent("amara", at("2026-11-17 10:00")))
    await halden_stage.deliver(matched("amara"), accepted("amara"))
    assert await halden_stage.letters() == {"job_invitation/ws27-ae/1": "planned"}

    await halden_stage.deliver(
        consent("amara", at("2026-11-23 20:30"), granted=False), withdrawn("amara", said_at=at("2026-11-23 20:31"))
    )
    await halden_stage.move_to("2026-11-24 09:00")

    assert await halden_stage.letters() == {"job_invitation/ws27-ae/1": "suppressed(match_withdrawn)"}
    assert letterbox.read() == []


async def test_an_accepted_match_is_an_invitation_with_one_click_unsubscribing(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-23 10:05")
    await halden_stage.deliver(halden(), job("ws27-ae"), profile("amara"), consent("amara", at("2026-11-17 10:00")))

    await halden_stage.deliver(matched("amara"), accepted("amara"))
    await halden_stage.move_to("2026-11-23 10:06")

    [mail] = letterbox.read()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<http://notifications.example/unsubscribe/")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "/answer/" in mail.get_body(("plain",)).get_content()


async def test_example_18_the_second_person_of_a_mailbox_is_held_back(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-23 10:05")
    shared = {"email": "nwosu@mail.example"}
    for candidate in ("amara", "ada"):
        person = profile(candidate, **shared)
        await halden_stage.deliver(halden(), job("ws27-ae"), person, consent(candidate, at("2026-11-17 10:00")))
        await halden_stage.deliver(matched(candidate), accepted(candidate))

    await halden_stage.move_to("2026-11-23 10:06")

    rows = await halden_stage.fetch("SELECT state, reason, until FROM letters ORDER BY state")
    assert [(r["state"], r["reason"]) for r in rows] == [("sent", None), ("suppressed", "cap")]
    assert rows[1]["until"] == at("2026-12-07 08:00")
    assert len(letterbox.read()) == 1
    await halden_stage.move_to("2026-12-07 07:59")
    assert {r["state"] for r in await halden_stage.fetch("SELECT state FROM letters")} == {"sent", "suppressed"}


async def test_example_25_history_is_never_mailed_and_asks_nobody(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-16 09:00")
    people = [f"p{n}" for n in range(60)]
    facts = [profile(p) for p in people] + [decided(p, historical=True) for p in people]
    facts += [completed(p, historical=True) for p in people] + [invited(p, historical=True) for p in people]

    await halden_stage.deliver(halden(), job(), *facts)
    await halden_stage.move_to("2027-06-01 09:00")

    assert await halden_stage.letters() == {}
    assert await halden_stage.tasks() == []
    assert letterbox.read() == []
    assert await halden_stage.fetch("SELECT * FROM waits") == []


async def test_example_26_reopening_the_job_holds_waiting_letters_back(halden_stage, letterbox):
    await a_decided_application(halden_stage)
    await halden_stage.deliver(closed())
    await halden_stage.move_to("2026-11-14 10:00")

    await halden_stage.deliver(job(title="Data Analyst"))  # said again with the same opened_at: an edit
    assert await halden_stage.letters() == {DECISION: "planned"}
    await halden_stage.deliver(job(opened_at=at("2026-11-14 09:00")))
    await halden_stage.move_to("2026-11-16 09:00")

    assert await halden_stage.letters() == {DECISION: "suppressed(reopened)"}
    assert letterbox.read() == []


async def test_example_31_a_restored_database_knows_from_kafka_what_was_sent(halden_stage, letterbox):
    await a_decided_application(halden_stage)
    await halden_stage.move_to("2026-11-16 09:00")
    [said] = await halden_stage.fetch("SELECT * FROM facts WHERE topic = 'outreach-sent'")
    async with halden_stage.database.transaction("*") as conn:
        await conn.execute("UPDATE letters SET state = 'planned', sent_at = NULL, due_at = send_at")
        await conn.execute("DELETE FROM facts WHERE topic = 'outreach-sent'")

    from shared.contracts import OutreachSent

    event = OutreachSent.model_validate_json(said["body"])
    await halden_stage.deliver(Heard(event, said["time"], id=said["event"], source=said["source"]))
    await halden_stage.move_to("2026-11-16 10:00")

    assert await halden_stage.letters() == {DECISION: "sent"}
    assert len(letterbox.read()) == 1


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
    assert await halden_stage.tasks() == []


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
    assert "not to go ahead" not in mail.get_body(("plain",)).get_content()


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
