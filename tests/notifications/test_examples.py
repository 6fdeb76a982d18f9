"""The worked examples of the product, by number, with real mail where a letter leaves."""

import pytest

from tests.notifications.facts import (
    accepted,
    at,
    closed,
    completed,
    consent,
    decided,
    halden,
    invited,
    job,
    matched,
    profile,
    reversed_,
    verdict,
    withdrawn,
)
from tests.notifications.weekend import DECISION, a_decided_application
from tests.stage import Heard

pytestmark = pytest.mark.db


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
