"""Rule 6: whoever owes feedback is reminded at exact times, until it is there or no longer of use."""

import pytest

from services.notifications.domain.reminders import windows
from shared.business_days import Calendar
from shared.contracts import (
    CandidateErased,
    FeedbackSubmitted,
    InterviewCancelled,
    InterviewMissed,
    InterviewScheduled,
    OutreachBounced,
)
from tests.heard import Heard
from tests.notifications.facts import (
    BERLIN,
    OPENED,
    ada,
    applied,
    at,
    ben,
    completed,
    decided,
    halden,
    heard,
    ines,
    job,
    profile,
    released,
    reversed_,
)

BEN = {"user": "ben"}
STARTS, ENDS = at("2026-11-05 15:00"), at("2026-11-05 15:45")


def interview(*interviewers: dict, ends_at=ENDS, **more) -> Heard:
    event = InterviewScheduled(
        interview="hanna-i1",
        application="hanna-1",
        candidate="hanna",
        job="su27-data",
        starts_at=STARTS,
        ends_at=ends_at,
        interviewers=interviewers or (BEN,),
    )
    return Heard(event, OPENED, **more)


def feedback(interviewer: str, submitted_at) -> Heard:
    return heard(
        FeedbackSubmitted(
            feedback=f"hanna-{interviewer}",
            application="hanna-1",
            candidate="hanna",
            interview="hanna-i1",
            interviewer=interviewer,
            overall="yes",
            submitted_at=submitted_at,
        )
    )


async def an_interview(stage, *interviewers: dict, mode: str = "live", **more) -> None:
    await stage.move_to("2026-11-05 09:00")
    people = [ines(), ben(**more), ada(), profile("hanna")]
    await stage.deliver(halden(mode), job(), *people, applied("hanna"), interview(*interviewers))


def in_order(letterbox) -> list:
    """The mails by when they were written."""
    return sorted(letterbox.read(), key=lambda mail: mail["Date"].datetime)


async def sent(stage) -> list[str]:
    rows = await stage.fetch("SELECT sent_at FROM letters WHERE kind = 'reminder' AND state = 'sent' ORDER BY sent_at")
    return [r["sent_at"].astimezone(BERLIN).strftime("%d %H:%M") for r in rows]


async def morning_after(stage) -> list[str]:
    """What left until Monday noon."""
    await stage.move_to("2026-11-05 16:45")
    await stage.move_to("2026-11-06 09:00")
    await stage.move_to("2026-11-09 12:00")
    return await sent(stage)


@pytest.mark.db
async def test_example_21_ten_reminders_an_hour_after_the_interview_and_each_business_morning(halden_stage, letterbox):
    await an_interview(halden_stage, mode="approve")
    times = ["05 16:44", "05 16:45", *(f"{day:02} {hour}" for day in range(6, 19) for hour in ("08:59", "09:00"))]
    for time in times:
        await halden_stage.move_to(f"2026-11-{time}")
        if time == "13 09:00":
            await halden_stage.move_to("2026-11-13 16:00")
            await halden_stage.deliver(decided("hanna"))
    await halden_stage.move_to("2026-11-18 11:20")
    await halden_stage.deliver(feedback("ben", at("2026-11-18 11:20")))
    await halden_stage.move_to("2026-12-04 12:00")

    mornings = ["06", "09", "10", "11", "12", "13", "16", "17", "18"]
    assert await sent(halden_stage) == ["05 16:45", *(f"{day} 09:00" for day in mornings)]
    mails = in_order(letterbox)
    assert {mail["To"] for mail in mails} == {"Ben Okafor <ben@halden.example>"}
    subjects = [mail["Subject"].partition(",")[0] for mail in mails]
    assert subjects == ["Your feedback on Hanna"] * 7 + ["Two sentences for Hanna"] * 3
    assert all("http://interviews.example/feedback-form/" in mail.get_body(("plain",)).get_content() for mail in mails)


@pytest.mark.db
@pytest.mark.parametrize("silence", ["a shadow interviewer", "declined", "the candidate missed it"])
async def test_example_22_nobody_is_reminded_who_owes_nothing(halden_stage, silence):
    owes = {"a shadow interviewer": {"feedback_required": False}, "declined": {"response": "declined"}}
    await an_interview(halden_stage, BEN | owes.get(silence, {}))
    if silence == "the candidate missed it":
        about = {"interview": "hanna-i1", "application": "hanna-1", "candidate": "hanna", "starts_at": STARTS}
        await halden_stage.move_to("2026-11-05 15:20")
        await halden_stage.deliver(heard(InterviewMissed(**about, missed_at=at("2026-11-05 15:20"), by="candidate")))

    assert await morning_after(halden_stage) == []


@pytest.mark.db
async def test_a_cancellation_stops_them_and_a_reminder_says_whom_it_is_about(halden_stage):
    await an_interview(halden_stage)
    await halden_stage.move_to("2026-11-05 16:45")
    about = {"interview": "hanna-i1", "application": "hanna-1", "candidate": "hanna", "starts_at": STARTS}
    await halden_stage.deliver(
        heard(InterviewCancelled(**about, cancelled_at=at("2026-11-05 16:45"), by="organization"))
    )

    assert await morning_after(halden_stage) == ["05 16:45"]
    [said] = [one for one in await halden_stage.said("outreach-sent") if one["kind"] != "apology"]
    assert (said["candidate"], said["kind"], said["stream"]) == ("hanna", "reminder", "duty")


@pytest.mark.db
@pytest.mark.parametrize("end", ["feedback", "the letter is released", "the letter is sent", "erased"])
async def test_they_stop_when_there_is_nothing_left_to_ask(halden_stage, end):
    await an_interview(halden_stage)
    await halden_stage.move_to("2026-11-05 17:00")
    when = at("2026-11-05 17:00")
    match end:
        case "feedback":
            await halden_stage.deliver(feedback("ben", when))
        case "the letter is released":
            await halden_stage.deliver(released("hanna", when))
        case "the letter is sent":
            await halden_stage.deliver(decided("hanna", decided_at=at("2026-11-04 17:00")))
            await halden_stage.move_to("2026-11-05 17:01")
        case _:
            await halden_stage.deliver(heard(CandidateErased(candidate="hanna", erased_at=when)))
    before = await sent(halden_stage)

    await halden_stage.move_to("2026-11-06 09:00")
    await halden_stage.move_to("2026-11-09 12:00")
    assert len(before) == 1 - (end == "erased")
    assert await sent(halden_stage) == before


@pytest.mark.db
async def test_each_interviewer_is_reminded_alone_and_in_their_own_zone(halden_stage, letterbox):
    await an_interview(halden_stage, BEN, {"user": "ada"}, timezone="America/New_York")
    await halden_stage.deliver(feedback("ada", at("2026-11-05 08:00")))

    await halden_stage.move_to("2026-11-05 16:45")  # 10:45 in New York
    await halden_stage.move_to("2026-11-06 14:59")
    await halden_stage.move_to("2026-11-06 15:00")  # 09:00 there

    assert await sent(halden_stage) == ["05 16:45", "06 15:00"]


@pytest.mark.db
async def test_a_zone_that_is_said_later_moves_the_next_reminder(halden_stage):
    await an_interview(halden_stage)
    await halden_stage.deliver(Heard(ben(timezone="America/New_York").event, at("2026-11-05 08:30"), id="moved"))

    await halden_stage.move_to("2026-11-05 16:45")
    await halden_stage.move_to("2026-11-06 09:00")

    assert await sent(halden_stage) == ["05 16:45"]


@pytest.mark.db
async def test_whoever_left_the_organisation_is_not_reminded(halden_stage):
    await an_interview(halden_stage, active=False)

    assert await morning_after(halden_stage) == []


@pytest.mark.db
async def test_shadow_sends_none_and_plans_the_next_one_each_day(halden_stage, letterbox):
    await an_interview(halden_stage, mode="shadow")
    await halden_stage.move_to("2026-11-05 16:45")
    first = await halden_stage.letters(kind="reminder")

    await halden_stage.move_to("2026-11-06 09:00")

    silent = "suppressed(shadow)"
    assert first == {"reminder/hanna-i1/1": silent, "reminder/hanna-i1/2": "planned"}
    assert await halden_stage.letters(kind="reminder") == {
        "reminder/hanna-i1/1": silent,
        "reminder/hanna-i1/2": silent,
        "reminder/hanna-i1/3": "planned",
    }
    assert letterbox.read() == []


@pytest.mark.db
async def test_history_reminds_nobody(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-05 09:00")
    await halden_stage.deliver(halden(), job(), ben(), profile("hanna"), interview(historical=True))

    assert await morning_after(halden_stage) == []
    assert await halden_stage.letters() == {}


@pytest.mark.db
async def test_a_service_that_slept_sends_todays_reminder_and_none_of_the_past(halden_stage):
    await an_interview(halden_stage)

    await halden_stage.move_to("2026-11-10 21:00")
    at_night = await sent(halden_stage)
    await halden_stage.move_to("2026-11-11 12:00")

    assert at_night == []
    assert await sent(halden_stage) == ["11 12:00"]


@pytest.mark.db
async def test_a_reminder_that_bounces_does_not_close_the_candidates_mailbox(halden_stage, letterbox):
    await an_interview(halden_stage)
    await halden_stage.move_to("2026-11-05 16:45")
    row = await halden_stage.letter("reminder", "hanna-i1")
    bounce = OutreachBounced(outreach=row["letter"], candidate="hanna", stream="duty", kind="reminder", bounce="hard")
    await halden_stage.deliver(Heard(bounce, at("2026-11-05 16:50"), source="talentloop/notifications"))
    await halden_stage.deliver(completed("hanna", at("2026-11-05 16:00")))
    await halden_stage.move_to("2026-11-06 08:30")

    [thanks] = [m for m in letterbox.read() if m["To"] == "Hanna <hanna@mail.example>"]
    assert "thank you for the interview" in thanks["Subject"]


@pytest.mark.db
async def test_a_reversed_decision_asks_for_the_verdict_again(halden_stage, letterbox):
    await an_interview(halden_stage, mode="approve")
    await halden_stage.move_to("2026-11-05 17:00")
    await halden_stage.deliver(decided("hanna", decided_at=at("2026-11-05 16:50")))
    await halden_stage.move_to("2026-11-06 09:00")
    await halden_stage.deliver(reversed_("hanna", at("2026-11-06 09:00")))
    await halden_stage.move_to("2026-11-09 09:00")

    subjects = [m["Subject"].split()[0] for m in in_order(letterbox) if m["To"].startswith("Ben")]
    assert subjects == ["Your", "Two", "Your"]


def test_they_begin_on_the_next_business_morning_after_a_late_or_holiday_interview():
    germany, america = Calendar("DE", None, "Europe/Berlin"), Calendar("US", None, "America/New_York")

    late = windows(at("2026-11-06 19:30"), germany)  # a Friday; an hour later is 20:30
    thanksgiving = windows(at("2026-11-26 17:00"), america)

    assert [w.opens_at.astimezone(BERLIN).strftime("%a %H:%M") for w in late][:2] == ["Mon 09:00", "Tue 09:00"]
    assert thanksgiving[0].opens_at.isoformat() == "2026-11-27T14:00:00+00:00"
    assert len(late) == len(thanksgiving) == 10
