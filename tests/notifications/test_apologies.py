"""Rules 3 and 7: whose interview we called off or missed hears why and until when, and is on the waiting report."""

import json
from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.candidates.domain.page_facts import PageFacts
from services.candidates.domain.page_meetings import waiting_since
from services.notifications.domain.applications import ApplicationDecision, ApplicationRecord
from services.notifications.domain.organizations import Opening, OrganizationSettings
from services.notifications.domain.promise import answered_at, decided_by, waits
from services.notifications.domain.records import RecipientRecord
from services.notifications.sql.person_facts import Facts, PersonFact, called_off_by_us, completions
from shared.business_days import Calendar
from shared.contracts import (
    Event,
    InterviewCancelled,
    InterviewCompleted,
    InterviewMissed,
    InterviewScheduled,
    Outcome,
    OutreachMode,
    body_json,
)
from tests.heard import Heard
from tests.notifications.facts import applied, at, decided, halden, heard, ines, job, profile, scheduled

SLOT = at("2026-11-12 10:00")  # a Thursday
ABOUT = {"interview": "noor-i1", "application": "noor-1", "candidate": "noor", "starts_at": SLOT}


def cancelled(by: str = "organization", said_at: str = "2026-11-10 10:00", **more) -> Heard:
    return heard(InterviewCancelled.model_validate({**ABOUT, "cancelled_at": at(said_at), "by": by, **more}))


def missed(by: str = "interviewer", said_at: str = "2026-11-12 10:30") -> Heard:
    return heard(InterviewMissed.model_validate({**ABOUT, "missed_at": at(said_at), "by": by}))


async def invited(stage, mode: str = "live") -> None:
    await stage.move_to("2026-11-10 10:00")
    setting = Heard(halden(mode).event, at("2026-10-01 09:00"))
    await stage.deliver(setting, ines(), job(), profile("noor"), applied("noor"), scheduled("noor", SLOT))


def texts(letterbox) -> list[str]:
    mails = [m for m in letterbox.read() if "sorry" in m["Subject"]]
    return [" ".join(m.get_body(("plain",)).get_content().split()) for m in mails]


async def waiting(stage) -> list[tuple]:
    rows = await stage.fetch("SELECT candidate, missing, owner, since, due_at FROM waits")
    return [(r["candidate"], r["missing"], r["owner"], r["since"], r["due_at"]) for r in rows]


@pytest.mark.db
@pytest.mark.parametrize(
    ("told", "until", "due_at"),
    [
        (cancelled(), "2026-11-10 11:00", at("2026-11-26 18:00")),
        (missed(), "2026-11-12 11:00", at("2026-11-26 18:00")),
        (missed(said_at="2026-11-16 09:00"), "2026-11-16 10:00", at("2026-11-30 18:00")),
    ],
    ids=["called off", "nobody came", "said late"],
)
async def test_they_hear_that_we_are_sorry_and_until_when_they_hear_and_wait_from_the_slot_on(
    halden_stage, letterbox, told, until, due_at
):
    await invited(halden_stage)
    await halden_stage.move_to(until)
    letterbox.empty()

    await halden_stage.deliver(told)
    await halden_stage.move_to(f"{until[:-2]}30")

    [text] = texts(letterbox)
    assert f"hear from us by {due_at:%-d %B %Y} at the latest" in text
    assert ("none of us came" in text) == isinstance(told.event, InterviewMissed)
    since = max(SLOT, getattr(told.event, "missed_at", SLOT))
    assert await waiting(halden_stage) == [("noor", "decision", "ines", since, due_at)]


@pytest.mark.db
async def test_a_new_date_is_told_and_is_a_promise_itself_and_a_second_failure_is_told_again(halden_stage, letterbox):
    await invited(halden_stage)
    moved = scheduled("noor", at("2026-11-19 14:00")).event

    await halden_stage.deliver(cancelled(), Heard(moved, at("2026-11-10 10:00"), id="moved"))
    await halden_stage.move_to("2026-11-10 10:30")

    [first] = texts(letterbox)
    assert "interview for Data Analyst" in first
    assert "The new date is Thursday, 19 November 2026 at 14:00 (time zone Europe/Berlin)." in first
    assert await waiting(halden_stage) == []

    again = cancelled(said_at="2026-11-18 10:00", starts_at=at("2026-11-19 14:00"))
    await halden_stage.move_to("2026-11-18 10:00")
    await halden_stage.deliver(Heard(again.event, at("2026-11-18 10:00"), id="again"))
    await halden_stage.move_to("2026-11-18 10:30")

    assert len(texts(letterbox)) == 2
    assert [w[3] for w in await waiting(halden_stage)] == [at("2026-11-19 14:00")]


@pytest.mark.db
@pytest.mark.parametrize("against", ["by the candidate", "they did not come", "decided", "historical", "shadow"])
async def test_nobody_hears_an_apology_for_what_was_not_ours_or_is_over(halden_stage, letterbox, against):
    await invited(halden_stage, "shadow" if against == "shadow" else "live")
    told = {
        "by the candidate": [cancelled("candidate")],
        "they did not come": [missed("candidate", "2026-11-10 10:00")],
        "decided": [decided("noor", "withdrawn", at("2026-11-10 10:00")), cancelled()],
        "historical": [cancelled()._replace(historical=True)],
        "shadow": [cancelled()],
    }[against]

    await halden_stage.deliver(*told)
    await halden_stage.move_to("2026-11-10 11:00")

    assert texts(letterbox) == []
    assert bool(await waiting(halden_stage)) == (against == "shadow")


@pytest.mark.db
async def test_who_was_never_met_gets_a_holding_note_that_does_not_thank_for_it(halden_stage, letterbox):
    await invited(halden_stage)
    await halden_stage.deliver(cancelled())
    await halden_stage.move_to("2026-11-26 18:00")

    [note] = [m for m in letterbox.read() if "not forgotten" in m["Subject"]]
    assert "We have owed you an interview for" in note.get_body(("plain",)).get_content()
    [overdue] = await halden_stage.said("answer-overdue")
    assert (overdue["missing"], overdue["owner"]) == ("decision", "ines")


def said_of(interviews) -> list[Event]:
    """Noor's interviews: at which hour of the month, how each ended, and by how many hours it was moved since."""
    said: list[Event] = []
    for n, (day, end, moved) in enumerate(interviews):
        slot = at("2026-11-01 10:00") + timedelta(days=day)
        about = {"interview": f"noor-i{n}", "application": "noor-1", "candidate": "noor"}
        times = {"starts_at": slot + timedelta(hours=moved), "ends_at": slot + timedelta(hours=moved + 1)}
        said.append(InterviewScheduled.model_validate({**about, **times}))
        what, _, by = (end or "").partition(" by ")
        match what:
            case "held":
                said.append(InterviewCompleted.model_validate({**about, "completed_at": times["ends_at"]}))
            case "cancelled":
                told = {"starts_at": slot, "cancelled_at": slot - timedelta(hours=9), "by": by}
                said.append(InterviewCancelled.model_validate({**about, **told}))
            case "missed":
                told = {"starts_at": slot, "missed_at": slot, "by": by}
                said.append(InterviewMissed.model_validate({**about, **told}))
    return said


def facts_of(said: list[Event]) -> Facts:
    found: Facts = defaultdict(list)
    for event in said:
        body = json.loads(body_json(event))
        found[event.topic].append(PersonFact(event.topic, event.fact_id, "noor", None, SLOT, False, None, body))
    return found


def noor(said: list[Event], outcome: Outcome | None) -> ApplicationRecord:
    facts = facts_of(said)
    decision = ApplicationDecision(at("2026-11-25 10:00"), outcome) if outcome else None
    completed = [c for *_, c in completions(facts)]
    return ApplicationRecord(
        "noor-1", "noor", decision=decision, completed=completed, called_off=[c for *_, c in called_off_by_us(facts)]
    )


def of_acme(application: ApplicationRecord, *openings: Opening, **settings) -> RecipientRecord:
    acme = OrganizationSettings("acme", "Acme", **settings)
    return RecipientRecord(
        acme, "noor", ["noor"], applications=[application], openings={one.job: one for one in openings}
    )


OURS = {"held", "cancelled by organization", "missed by interviewer"}
ENDS = st.sampled_from([*sorted(OURS), "cancelled by candidate", "missed by candidate", None])
INTERVIEWS = st.lists(st.tuples(st.integers(0, 20), ENDS, st.sampled_from([0, 0, 48])), max_size=4)
MODES = st.sampled_from([OutreachMode.LIVE, OutreachMode.APPROVE, OutreachMode.SHADOW])


@given(
    interviews=INTERVIEWS, outcome=st.sampled_from([None, *Outcome]), mode=MODES, is_back=st.booleans(),
    closed_at=st.sampled_from([None, at("2026-11-05 10:00"), at("2026-11-24 10:00")]),
)  # fmt: skip
def test_whoever_met_us_or_was_let_down_is_answered_or_on_the_report_and_nobody_else_waits(
    interviews, outcome, mode, is_back, closed_at
):
    application = noor(said_of(interviews), outcome)
    if application.decision and is_back:
        back = application.decision._replace(reversed_at=at("2026-11-26 10:00"))
        application = application._replace(decision=back)
    record = of_acme(application._replace(job="j1"), Opening("j1", closed_at=closed_at), mode=mode)

    on_report = bool(waits([record], [], at("2026-12-01 12:00")))

    is_obliged = any(end == "held" or (end in OURS and not moved) for _, end, moved in interviews)
    is_decided = outcome is not None and not is_back
    assert bool(answered_at(record, record.applications[0])) + on_report == (is_obliged or is_decided)


def assumed(e: InterviewScheduled) -> InterviewCompleted:
    """What the clock says of it a day later."""
    about = {"interview": e.interview, "application": e.application, "candidate": e.candidate, "basis": "assumed"}
    return InterviewCompleted.model_validate({**about, "starts_at": e.starts_at, "completed_at": e.ends_at})


@given(interviews=INTERVIEWS, back=st.none() | st.integers(0, 30))
def test_the_page_says_the_day_that_letters_say(interviews, back):
    said = said_of(interviews)
    said += [assumed(e) for e in said if isinstance(e, InterviewScheduled)]
    reversed_at = None if back is None else SLOT + timedelta(days=back)
    decision = reversed_at and ApplicationDecision(SLOT, Outcome.NOT_SELECTED, reversed_at=reversed_at)
    record = of_acme(noor(said, None)._replace(decision=decision))

    since = waiting_since(PageFacts("acme", said, {}, {}), "noor-1", at("2026-12-24 12:00"), reversed_at)

    assert decided_by(record, record.applications[0]) == (since and Calendar(None, None, "Etc/UTC").add(since, 10))
