"""The worked examples of the product, by number, with real mail where a letter leaves."""

import pytest

from shared.contracts import CandidateMerged, CandidateResponded, OutreachSent
from tests.heard import Heard
from tests.notifications.facts import (
    accepted,
    applied,
    at,
    ben,
    closed,
    completed,
    consent,
    decided,
    halden,
    heard,
    invited,
    job,
    matched,
    profile,
    reversed_,
    scheduled,
    told_by_platform,
    verdict,
    withdrawn,
)
from tests.notifications.weekend import DECISION, a_decided_application

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

    event = OutreachSent.model_validate_json(said["body"])
    await halden_stage.deliver(Heard(event, said["time"], id=said["event"], source=said["source"]))
    await halden_stage.move_to("2026-11-16 10:00")

    assert await halden_stage.letters() == {DECISION: "sent"}
    assert len(letterbox.read()) == 1


def wrote(candidate: str, outreach: str, on: str, kind: str = "keep_in_touch", stream: str = "nurture") -> Heard:
    """Our own word that something was sent on a day."""
    event = OutreachSent(
        outreach=outreach,
        candidate=candidate,
        stream=stream,
        kind=kind,
        template_version="1",
        language="en",
        message_id=f"<{outreach}@mail.halden.example>",
    )
    return Heard(event, at(f"{on} 09:00"), id=outreach, source="talentloop/notifications")


async def an_invited_member(stage, on: str, candidate: str = "amara") -> None:
    """Whom no decision letter asked: the pool invitation is nurture, and due 24 hours later."""
    at_hour = at(f"{on} 08:00")
    await stage.move(at_hour)
    await stage.deliver(
        halden(),
        job(),
        profile(candidate),
        applied(candidate),
        decided(candidate, decided_at=at_hour, notice=told_by_platform()),
        invited(candidate, said_at=at_hour),
    )


async def test_example_17_what_is_held_by_a_cap_leaves_on_the_first_free_day(halden_stage, letterbox):
    await an_invited_member(halden_stage, "2027-03-29")
    await halden_stage.deliver(wrote("amara", "n1", "2027-03-01"))

    await halden_stage.move_to("2027-03-30 08:00")
    held = await halden_stage.letter("pool_invitation", "data")
    await halden_stage.move_to("2027-03-31 07:59")
    before = letterbox.read()
    await halden_stage.move_to("2027-03-31 08:00")

    assert (held["state"], held["reason"], held["until"]) == ("suppressed", "cap", at("2027-03-31 08:00"))
    [said] = await halden_stage.said("outreach-suppressed")
    assert (said["reason"], said["until"]) == ("cap", "2027-03-31T06:00:00Z")
    assert before == []
    assert len(letterbox.read()) == 1
    assert (await halden_stage.letters())["pool_invitation/data/1"] == "sent"


async def test_example_18_nurture_to_one_person_counts_for_the_other_at_that_address(halden_stage, letterbox):
    for candidate, day in (("ana", "2027-02-26"), ("ben", "2027-03-09")):
        await an_invited_member(halden_stage, day, candidate)
        await halden_stage.deliver(profile(candidate, email="both@mail.example"))
        await halden_stage.move_to("2027-03-01 09:00" if candidate == "ana" else "2027-03-10 09:00")

    assert [mail["To"] for mail in letterbox.read()] == ["Ana <both@mail.example>"]
    [suppressed] = await halden_stage.said("outreach-suppressed")
    assert (suppressed["candidate"], suppressed["reason"]) == ("ben", "cap")


async def test_example_20_away_until_a_monday_means_tuesday_at_eight(halden_stage, letterbox):
    await an_invited_member(halden_stage, "2027-04-06")
    away = CandidateResponded(
        response="r1",
        candidate="amara",
        responded_at=at("2027-04-06 09:00"),
        kind="out_of_office",
        until=at("2027-04-12 23:59"),
    )
    await halden_stage.move(at("2027-04-06 09:00"))
    await halden_stage.deliver(heard(away))

    await halden_stage.move_to("2027-04-13 07:59")
    before = letterbox.read()
    await halden_stage.move_to("2027-04-13 08:00")

    assert before == []
    assert len(letterbox.read()) == 1
    assert await halden_stage.tasks() == []


async def test_example_32_merged_people_share_the_yearly_cap(halden_stage, letterbox):
    await an_invited_member(halden_stage, "2027-03-09")
    sent = [("amara", "2026-04-20"), ("amara", "2026-07-06"), ("amara-2", "2026-10-05"), ("amara-2", "2027-01-11")]
    await halden_stage.deliver(profile("amara-2", email="other@mail.example"))
    await halden_stage.deliver(*(wrote(who, f"n{n}", day) for n, (who, day) in enumerate(sent)))
    merged = CandidateMerged(surviving="amara", merged=("amara-2",), merged_at=at("2027-03-09 08:30"))
    await halden_stage.move(at("2027-03-09 08:30"))
    await halden_stage.deliver(heard(merged))

    await halden_stage.move_to("2027-03-10 09:00")

    held = await halden_stage.letter("pool_invitation", "data")
    assert (held["state"], held["reason"], held["until"]) == ("suppressed", "cap", at("2027-04-20 08:00"))
    assert letterbox.read() == []


async def test_what_reached_another_mailbox_of_a_merged_person_counts_too(halden_stage, letterbox):
    """Ben was written to at an address that is also one of Amara's."""
    await an_invited_member(halden_stage, "2027-02-26", "ben")
    await halden_stage.deliver(profile("ben", email="family@mail.example"))
    await halden_stage.move_to("2027-03-01 09:00")
    letterbox.empty()
    await an_invited_member(halden_stage, "2027-03-09")
    await halden_stage.deliver(profile("amara-2", email="family@mail.example"))
    merged = CandidateMerged(surviving="amara", merged=("amara-2",), merged_at=at("2027-03-09 08:00"))
    await halden_stage.deliver(heard(merged))

    await halden_stage.move_to("2027-03-10 09:00")

    assert letterbox.read() == []
    [suppressed] = await halden_stage.said("outreach-suppressed")
    assert (suppressed["reason"], suppressed["until"]) == ("cap", "2027-03-31T06:00:00Z")


async def test_shadow_and_live_give_the_same_letters_and_shadow_sends_nothing(halden_stage, letterbox):
    people, soon = ("amara", "noor", "hanna"), at("2026-11-26 10:00")
    for mode, organization in (("shadow", "quiet"), ("live", "acme")):
        await halden_stage.move(at("2026-11-13 16:05"))
        facts = [halden(mode), ben(), job(), job("ws27-ae")]
        facts += [f for p in people for f in (profile(p), applied(p), completed(p), decided(p))]
        facts += [invited("amara"), consent("noor", at("2026-11-13 15:00")), matched("noor"), accepted("noor")]
        facts += [consent("hanna", at("2026-11-13 15:00"), purpose="survey"), profile("tom"), applied("tom")]
        facts += [profile("ida"), applied("ida"), completed("ida", at("2026-11-05 11:00"))]
        facts += [scheduled("tom", soon, interviewers=({"user": "ben"},))]
        await halden_stage.deliver(*(f._replace(organization=organization, id=f.id) for f in facts))

    for day in ("16 08:00", "19 18:00", "20 08:00", "23 08:00", "24 12:00", "26 12:00", "27 09:00", "30 08:00"):
        await halden_stage.move_to(f"2026-11-{day}")
    await halden_stage.move_to("2026-12-04 09:00")

    rows = await halden_stage.fetch("SELECT * FROM letters WHERE state = 'sent' OR silenced_at IS NOT NULL")
    sets = {
        o: {(r["kind"], r["about"], r["recipient"], r["step"]) for r in rows if r["organization"] == o}
        for o in ("quiet", "acme")
    }
    assert sets["quiet"] == sets["acme"]
    asked = {(kind, step) for kind, _, _, step in sets["quiet"]}
    assert asked >= {("survey", 1), ("pool_invitation", 2), ("holding_note", 2), ("preparation", 1), ("reminder", 2)}
    assert {(r["state"], r["reason"]) for r in rows if r["organization"] == "quiet"} == {("suppressed", "shadow")}
    assert len(letterbox.read()) == len(sets["acme"])
