"""Rule 7: what was promised until when, who waits for it, and what is said when it is late."""

import pytest

from shared.contracts import CandidateErased, Notice, OutreachBounced, letter_id
from tests.heard import Heard
from tests.notifications.facts import (
    BERLIN,
    accepted,
    ada,
    applied,
    at,
    ben,
    closed,
    completed,
    decided,
    halden,
    heard,
    ines,
    job,
    matched,
    profile,
    reversed_,
    scheduled,
    verdict,
)

pytestmark = pytest.mark.db

LAST_INTERVIEW = at("2026-11-03 11:00")  # a Tuesday


async def an_interviewed_candidate(stage, mode: str = "live", **settings) -> None:
    await stage.move_to("2026-11-03 11:00")
    setting = Heard(halden(mode, **settings).event, at("2026-10-01 09:00"))
    await stage.deliver(setting, ines(), job(), profile("noor"), applied("noor"), completed("noor", LAST_INTERVIEW))


async def waiting(stage) -> list[tuple]:
    """Who lacks what from whom, promised until when, in Berlin."""
    rows = await stage.fetch("SELECT candidate, missing, owner, due_at FROM waits ORDER BY candidate")
    return [(r["candidate"], r["missing"], r["owner"], _berlin(r["due_at"])) for r in rows]


def _berlin(instant) -> str | None:
    return instant and instant.astimezone(BERLIN).strftime("%d %b %H:%M")


async def said(stage) -> list[tuple]:
    """(missing, owner, answered at) of every promise that was said to be broken."""
    found = await stage.said("answer-overdue")
    return sorted((f["missing"], f.get("owner"), f.get("answered_at")) for f in found)


async def test_example_23_no_decision_in_ten_business_days_is_a_holding_note_and_an_overdue_answer(
    halden_stage, letterbox
):
    await an_interviewed_candidate(halden_stage)
    await halden_stage.move_to("2026-11-17 17:59")
    letterbox.empty()
    before = await said(halden_stage)

    await halden_stage.move_to("2026-11-17 18:00")

    assert before == []
    [mail] = letterbox.read()
    assert (mail["To"], mail["Subject"]) == ("Noor <noor@mail.example>", "Halden: we have not forgotten you")
    [overdue] = await halden_stage.said("answer-overdue")
    assert (overdue["missing"], overdue["owner"], overdue["due_at"]) == ("decision", "ines", "2026-11-17T17:00:00Z")
    assert await waiting(halden_stage) == [("noor", "decision", "ines", "17 Nov 18:00")]


@pytest.mark.parametrize(
    ("country", "zone", "closed_at", "due"),
    [
        ("DE", "Europe/Berlin", "2026-11-13 16:00", "2026-11-20T17:00:00Z"),
        ("US", "America/New_York", "2026-11-23 16:00", "2026-12-01T23:00:00Z"),
    ],
)
async def test_example_24_an_answer_is_due_five_business_days_after_the_closing(
    halden_stage, country, zone, closed_at, due
):
    await halden_stage.move_to("2026-11-10 09:00")
    setting = halden().event.model_copy(update={"country": country, "timezone": zone})
    interviewed = completed("noor", at("2026-11-10 08:00"))
    await halden_stage.deliver(Heard(setting, at("2026-10-01 09:00")), ines(), job(), profile("noor"), interviewed)
    await halden_stage.move_to(closed_at)
    await halden_stage.deliver(closed(closed_at=at(closed_at)))

    await halden_stage.move_to("2026-12-04 12:00")

    found = await halden_stage.said("answer-overdue")
    assert due in {f["due_at"] for f in found}


async def test_at_most_two_holding_notes_are_sent(halden_stage, letterbox):
    await an_interviewed_candidate(halden_stage)
    for day in ("2026-11-17 18:00", "2026-12-01 18:00", "2026-12-15 18:00", "2027-01-30 12:00"):
        await halden_stage.move_to(day)

    notes = [m for m in letterbox.read() if "not forgotten" in m["Subject"]]
    assert len(notes) == 2
    assert len(await halden_stage.said("answer-overdue")) == 1


async def test_a_late_answer_says_the_fact_again_with_when_it_came(halden_stage):
    await an_interviewed_candidate(halden_stage)
    await halden_stage.move_to("2026-11-18 10:00")

    await halden_stage.deliver(decided("noor", decided_at=at("2026-11-18 10:00")))
    undelivered = await said(halden_stage)
    await halden_stage.move_to("2026-11-19 10:00")

    assert undelivered == [("delivery", "ines", None)]
    [(missing, owner, answered_at)] = await said(halden_stage)
    assert (missing, owner) == ("delivery", "ines")
    [letter] = await halden_stage.fetch("SELECT sent_at FROM letters WHERE kind = 'decision'")
    assert answered_at.startswith(letter["sent_at"].strftime("%Y-%m-%dT%H:%M:%S"))
    assert await waiting(halden_stage) == []


async def test_a_decision_in_time_whose_letter_waits_for_approval_is_late_five_business_days_later(halden_stage):
    await an_interviewed_candidate(halden_stage, "approve")
    await halden_stage.move_to("2026-11-10 10:00")
    await halden_stage.deliver(decided("noor", decided_at=at("2026-11-10 10:00")))
    waits = await waiting(halden_stage)

    await halden_stage.move_to("2026-11-17 18:00")

    assert waits == [("noor", "approval", "ines", "17 Nov 18:00")]
    assert await said(halden_stage) == [("approval", "ines", None)]


async def test_a_letter_that_waits_while_a_colleague_owes_feedback_waits_for_that_colleague(halden_stage):
    await an_interviewed_candidate(halden_stage, "approve")
    await halden_stage.deliver(ben(), ada(), scheduled("noor", at("2026-11-03 10:00"), ({"user": "ben"},)))
    await halden_stage.move_to("2026-11-10 10:00")
    await halden_stage.deliver(decided("noor", decided_at=at("2026-11-10 10:00")))

    assert await waiting(halden_stage) == [("noor", "feedback", "ben", "17 Nov 18:00")]


async def test_a_letter_that_comes_back_opens_the_promise_again(halden_stage):
    await an_interviewed_candidate(halden_stage)
    await halden_stage.move_to("2026-11-10 10:00")
    await halden_stage.deliver(decided("noor", decided_at=at("2026-11-10 10:00")))
    await halden_stage.move_to("2026-11-11 10:00")
    delivered = await waiting(halden_stage)
    letter = letter_id("acme", "decision", "noor-1", "noor", 1)
    bounce = OutreachBounced(outreach=letter, candidate="noor", stream="duty", kind="decision", bounce="hard")
    await halden_stage.move_to("2026-11-11 11:00")

    await halden_stage.deliver(Heard(bounce, at("2026-11-11 10:30"), source="talentloop/notifications"))
    await halden_stage.move_to("2026-11-17 18:00")

    assert delivered == []
    assert await waiting(halden_stage) == [("noor", "delivery", "ines", "17 Nov 18:00")]
    assert await said(halden_stage) == [("delivery", "ines", None)]


@pytest.mark.parametrize("answer", ["the platform told them", "hired", "they withdrew", "a match", "erased"])
async def test_answered_is_answered(halden_stage, answer):
    await an_interviewed_candidate(halden_stage)
    when = at("2026-11-10 10:00")
    await halden_stage.move_to("2026-11-10 10:00")
    match answer:
        case "the platform told them":
            notice = Notice(by="platform", sent_at=when)
            await halden_stage.deliver(decided("noor", decided_at=when, notice=notice))
        case "hired":
            await halden_stage.deliver(decided("noor", "hired", when))
        case "they withdrew":
            await halden_stage.deliver(decided("noor", "withdrawn", when))
        case "a match":
            await halden_stage.deliver(matched("noor", said_at=when), accepted("noor", reviewed_at=when))
        case _:
            await halden_stage.deliver(heard(CandidateErased(candidate="noor", erased_at=when)))

    await halden_stage.move_to("2026-12-01 12:00")

    assert await waiting(halden_stage) == []
    assert await halden_stage.said("answer-overdue") == []


async def test_a_platform_that_never_says_that_it_told_them_leaves_them_waiting(halden_stage):
    await an_interviewed_candidate(halden_stage)
    await halden_stage.move_to("2026-11-10 10:00")
    by_platform = decided("noor", decided_at=at("2026-11-10 10:00"), notice=Notice(by="platform"))

    await halden_stage.deliver(by_platform)

    assert await waiting(halden_stage) == [("noor", "delivery", "ines", "17 Nov 18:00")]


async def test_an_organisation_that_keeps_us_silent_tells_people_itself(halden_stage):
    await an_interviewed_candidate(halden_stage, "shadow")
    undecided = await waiting(halden_stage)
    await halden_stage.move_to("2026-11-10 10:00")

    await halden_stage.deliver(decided("noor", decided_at=at("2026-11-10 10:00")))

    assert undecided == [("noor", "decision", "ines", "17 Nov 18:00")]
    assert await waiting(halden_stage) == []


async def test_a_decision_taken_back_starts_the_ten_days_again(halden_stage):
    await an_interviewed_candidate(halden_stage)
    await halden_stage.move_to("2026-11-10 10:00")

    await halden_stage.deliver(
        decided("noor", decided_at=at("2026-11-10 09:00")), reversed_("noor", at("2026-11-10 10:00"))
    )

    assert await waiting(halden_stage) == [("noor", "decision", "ines", "24 Nov 18:00")]


async def test_whoever_only_applied_waits_once_the_job_is_closed(halden_stage):
    await halden_stage.move_to("2026-11-13 16:00")
    await halden_stage.deliver(halden(), ines(), job(), profile("tom"), applied("tom"))
    before = await waiting(halden_stage)

    await halden_stage.deliver(closed())

    assert before == []
    assert await waiting(halden_stage) == [("tom", "decision", "ines", "20 Nov 18:00")]


async def test_whoever_was_judged_was_interviewed_and_waits_though_nobody_says_that_it_took_place(halden_stage):
    await halden_stage.move_to("2026-11-03 12:00")
    known = [halden(), ines(), job(), profile("noor"), applied("noor"), verdict("noor", "yes", at("2026-11-03 12:00"))]

    await halden_stage.deliver(*known)

    assert await waiting(halden_stage) == [("noor", "decision", "ines", "17 Nov 18:00")]
    assert await halden_stage.letters(kind="what_happens_next") == {}


async def test_what_happens_next_is_told_once_somebody_says_that_it_took_place(halden_stage):
    await halden_stage.move_to("2026-11-03 12:00")
    judged = verdict("noor", "yes", at("2026-11-03 10:30"))
    await halden_stage.deliver(halden(), ines(), job(), profile("noor"), applied("noor"), judged)
    before = await halden_stage.letters(kind="what_happens_next")

    await halden_stage.deliver(completed("noor", LAST_INTERVIEW))

    assert before == {}
    assert await halden_stage.letters(kind="what_happens_next") == {"what_happens_next/noor-1/1": "ready"}
    assert await waiting(halden_stage) == [("noor", "decision", "ines", "17 Nov 18:00")]


async def test_example_25_history_is_promised_nothing(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-13 16:00")
    people = [f"person-{n}" for n in range(40)]
    past = [
        Heard(fact.event, fact.at, historical=True)
        for p in people
        for fact in (profile(p), applied(p), scheduled(p), completed(p), decided(p, decided_at=at("2026-11-10 16:00")))
    ]
    interviewed_only = [
        Heard(fact.event, fact.at, historical=True)
        for fact in (profile("tom"), applied("tom"), completed("tom", LAST_INTERVIEW))
    ]
    await halden_stage.deliver(halden(), ines(), job(), *past, *interviewed_only, closed(historical=True))

    await halden_stage.move_to("2027-02-01 12:00")

    assert letterbox.read() == []
    assert await halden_stage.tasks() == []
    assert await waiting(halden_stage) == []
    assert await halden_stage.said("answer-overdue") == await halden_stage.said("outreach-sent") == []


async def test_said_again_from_the_start_nothing_is_said_twice(halden_stage):
    facts = [halden(), ines(), job(), profile("noor"), applied("noor"), completed("noor", LAST_INTERVIEW)]
    await halden_stage.move_to("2026-11-03 11:00")
    await halden_stage.deliver(*facts)
    await halden_stage.move_to("2026-11-18 10:00")
    await halden_stage.deliver(decided("noor", decided_at=at("2026-11-18 10:00")))
    await halden_stage.move_to("2026-11-20 10:00")
    before = await halden_stage.fetch("SELECT fact, topic, event, time FROM facts ORDER BY 1, 2")

    async with halden_stage.database.transaction("*") as conn:
        await conn.execute("INSERT INTO waiting (organization, kind, id) VALUES ('acme', 'person', 'noor')")
    await halden_stage.drain.exhaust()

    assert await halden_stage.fetch("SELECT fact, topic, event, time FROM facts ORDER BY 1, 2") == before
