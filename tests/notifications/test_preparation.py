"""Before an interview: what to expect, once for each slot. And the last mail to whoever asks to be forgotten."""

from datetime import datetime, timedelta

import pytest
from icalendar import Calendar, Event

from shared.contracts import CandidateErased, ErasureRequested, InterviewCancelled, RequestedBy, letter_id
from tests.heard import Heard
from tests.notifications.facts import applied, at, decided, halden, heard, ines, job, profile, scheduled
from tests.notifications.sentences import COMPETENCIES

pytestmark = pytest.mark.db

PREPARATION = "preparation/amara-1:2026-11-17/1"
TEAM = ({"user": "ines", "role": "recruiter"}, {"user": "ada", "role": "hiring_manager"})


async def expect(stage, starts_at: str = "2026-11-19 10:00", now: str = "2026-11-10 09:00", **more) -> None:
    """Amara has an interview with Ada on a Thursday."""
    await stage.move_to(now)
    interview = scheduled("amara", at(starts_at), ({"user": "ada"}, {"user": "cy"}), **more)
    await stage.deliver(halden(), ines(), job(competencies=COMPETENCIES, team=TEAM), profile("amara"), applied("amara"))
    await stage.deliver(interview)


async def test_it_leaves_three_days_before_and_says_when_with_whom_and_what_is_looked_for(halden_stage, letterbox):
    place = {"location": "Torstraße 1, 10119 Berlin", "meeting_url": "https://video.example/amara", "format": "Video"}
    await expect(halden_stage, told=place)
    await halden_stage.move_to("2026-11-16 09:59")
    before = letterbox.read()

    await halden_stage.move_to("2026-11-16 10:00")

    assert before == []
    [mail] = letterbox.read()
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "Halden: your interview"
    assert "Thursday, 19 November 2026 at 10:00 (time zone Europe/Berlin), 60 minutes." in text
    assert "the person who leads the team" in text
    assert "somebody who does this kind of work" in text
    assert "We will meet by video." in text
    assert "Where: Torstraße 1, 10119 Berlin" in text
    assert text.splitlines()[text.splitlines().index("Join the interview:") + 1] == "https://video.example/amara"
    assert "* SQL: joins that hold" in text
    assert "Ines Calder will read it." in text
    assert "Ada" not in text


async def test_a_slot_that_moves_afterwards_is_told_again_and_only_then(halden_stage, letterbox):
    await expect(halden_stage)
    await halden_stage.move_to("2026-11-16 10:00")
    moved = scheduled("amara", at("2026-11-18 15:00"), ({"user": "ada"},)).event

    await halden_stage.move_to("2026-11-16 11:00")
    await halden_stage.deliver(Heard(moved, at("2026-11-16 11:00"), id="moved"))
    await halden_stage.move_to("2026-11-16 12:00")
    await halden_stage.deliver(
        Heard(moved.model_copy(update={"assesses": ("sql",)}), at("2026-11-16 12:00"), id="more")
    )
    await halden_stage.move_to("2026-11-17 12:00")

    texts = [mail.get_body(("plain",)).get_content() for mail in letterbox.read()]
    assert [("19 November" in t, "18 November 2026 at 15:00" in t) for t in texts] == [(True, False), (False, True)]


def called_off(cancelled_at: str, interview: str = "amara-i1", by: str = "organization") -> Heard:
    event = InterviewCancelled(
        interview=interview, application="amara-1", candidate="amara", starts_at=at("2026-11-19 10:00"),
        cancelled_at=at(cancelled_at), by=by,
    )  # fmt: skip
    return heard(event)


def slot(interview: str, starts_at: str, said_at: str = "2026-11-10 09:00", **more) -> Heard:
    """An interview of Amara's, as it is set at some time."""
    first = scheduled("amara", at(starts_at), ({"user": "ada"},)).event
    event = first.model_copy(update={"interview": interview, **more})
    return Heard(event, at(said_at), id=f"{interview}-{said_at}"[:64].replace(" ", "-"))


def entries(mail) -> list[tuple[str, Event]]:
    """What a mail does to its reader's calendar: (method, event) of each file."""
    files = [part for part in mail.iter_attachments() if part.get_content_type() == "text/calendar"]
    read = [(part.get_param("method"), Calendar.from_ical(part.get_content())) for part in files]
    assert all(str(calendar["method"]) == method for method, calendar in read)
    return [(method, calendar.events[0]) for method, calendar in read]


def told(entry: tuple[str, Event]) -> tuple[str, int, datetime]:
    method, event = entry
    return method, event["sequence"], event.start


async def test_all_interviews_of_a_day_are_one_mail_with_where_and_how_and_a_calendar_file_each(
    halden_stage, letterbox
):
    await expect(halden_stage)
    first = slot("amara-i1", "2026-11-19 10:00", meeting_url="https://meet.example/1", format="video")
    second = slot("amara-i2", "2026-11-19 14:00", location="Hafenstr. 1; second floor", format="onsite")
    other_day = slot("amara-i3", "2026-11-25 10:00")
    await halden_stage.deliver(first, second, other_day)
    await halden_stage.move_to("2026-11-16 10:00")

    [mail] = letterbox.read()
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "Halden: your interviews"
    assert "19 November 2026 at 10:00 (time zone Europe/Berlin), 60 minutes. We will meet by video." in text
    assert "https://meet.example/1" in text
    assert "19 November 2026 at 14:00 (time zone Europe/Berlin), 60 minutes. We will meet in person." in text
    assert "Where: Hafenstr. 1; second floor" in text
    assert "25 November" not in text
    (_, first), (_, then) = entries(mail)
    assert (str(first["location"]), str(then["location"])) == ("https://meet.example/1", "Hafenstr. 1; second floor")
    assert (first.end - first.start, str(first["summary"])) == (timedelta(hours=1), "Halden: Data Analyst Intern")
    assert first["uid"] != then["uid"]
    assert str(first["organizer"]) == "mailto:people@halden.example"
    assert "Ada" not in mail.as_string()


async def test_what_moves_or_gets_another_place_is_told_again_and_its_calendar_entry_follows(halden_stage, letterbox):
    await expect(halden_stage)
    await halden_stage.move_to("2026-11-16 10:00")
    await halden_stage.move_to("2026-11-16 11:00")
    await halden_stage.deliver(slot("amara-i1", "2026-11-20 15:00", "2026-11-16 11:00"))
    await halden_stage.move_to("2026-11-16 12:00")
    await halden_stage.move_to("2026-11-16 13:00")
    await halden_stage.deliver(slot("amara-i1", "2026-11-20 15:00", "2026-11-16 13:00", location="Room 2"))
    await halden_stage.move_to("2026-11-16 14:00")
    await halden_stage.deliver(
        slot("amara-i1", "2026-11-20 15:00", "2026-11-16 15:00", location="Room 2", format="video")
    )
    await halden_stage.move_to("2026-11-17 12:00")

    files = [entry for mail in letterbox.read() for entry in entries(mail)]
    assert [told(entry) for entry in files] == [
        ("REQUEST", 0, at("2026-11-19 10:00")),
        ("REQUEST", 1, at("2026-11-20 15:00")),
        ("REQUEST", 2, at("2026-11-20 15:00")),
    ]
    assert len({str(event["uid"]) for _, event in files}) == 1


async def test_what_is_called_off_leaves_the_calendar_and_comes_back_when_it_is_set_again(halden_stage, letterbox):
    await expect(halden_stage)
    await halden_stage.move_to("2026-11-16 10:00")
    await halden_stage.move_to("2026-11-16 11:00")
    await halden_stage.deliver(called_off("2026-11-16 11:00"))
    await halden_stage.move_to("2026-11-16 12:00")
    await halden_stage.move_to("2026-11-16 13:00")
    await halden_stage.deliver(slot("amara-i1", "2026-11-19 15:00", "2026-11-16 13:00"))
    await halden_stage.move_to("2026-11-16 14:00")

    files = [entry for mail in letterbox.read() for entry in entries(mail)]
    assert [(method, event["sequence"], str(event["status"])) for method, event in files] == [
        ("REQUEST", 0, "CONFIRMED"), ("CANCEL", 1, "CANCELLED"), ("REQUEST", 2, "CONFIRMED"),
    ]  # fmt: skip
    assert len({str(event["uid"]) for _, event in files}) == 1


async def test_what_they_call_off_themselves_leaves_their_calendar_and_nothing_else_of_the_day(halden_stage, letterbox):
    await expect(halden_stage)
    await halden_stage.deliver(slot("amara-i2", "2026-11-19 14:00"))
    await halden_stage.move_to("2026-11-16 10:00")
    await halden_stage.move_to("2026-11-16 11:00")
    await halden_stage.deliver(called_off("2026-11-16 11:00", by="candidate"))
    await halden_stage.move_to("2026-11-16 12:00")
    await halden_stage.move_to("2026-11-16 13:00")
    await halden_stage.deliver(slot("amara-i1", "2026-11-20 15:00", "2026-11-16 13:00"))
    await halden_stage.move_to("2026-11-17 12:00")

    both, off, again = letterbox.read()
    assert off["Subject"] == "Halden: your interview is called off"
    text = " ".join(off.get_body(("plain",)).get_content().split())
    assert "You have called off your interview for Data Analyst Intern." in text
    assert "Thursday, 19 November 2026 at 10:00 (time zone Europe/Berlin): this interview will not take place." in text
    assert "14:00" not in text
    assert "Is that not what you wanted? Simply reply to this mail: Ines Calder will read it." in text
    assert [told(e) for e in entries(off)] == [("CANCEL", 1, at("2026-11-19 10:00"))]
    assert [told(e) for e in entries(again)] == [("REQUEST", 2, at("2026-11-20 15:00"))]
    uids = [str(entries(mail)[0][1]["uid"]) for mail in (both, off, again)]
    assert len(set(uids)) == 1
    assert (await halden_stage.letters(kind="cancellation")) == {"cancellation/amara-1/1": "sent"}


WITHDRAWN = decided("amara", "withdrawn", at("2026-11-16 11:00"))
NOT_SELECTED = decided("amara", "not_selected", at("2026-11-16 11:00"))


@pytest.mark.parametrize(
    ("said", "words", "taken_out"),
    [
        ([WITHDRAWN], "You have withdrawn your application for Data Analyst Intern.", ["10:00", "14:00"]),
        ([WITHDRAWN, "candidate"], "You have withdrawn your application", ["10:00", "14:00"]),
        ([NOT_SELECTED, "organization"], "We have called off your interview for Data Analyst Intern.", ["10:00"]),
        ([NOT_SELECTED], None, []),  # their letter is what tells them
    ],
)
async def test_whoever_withdrew_or_was_decided_about_keeps_no_interview_in_their_calendar(
    halden_stage, letterbox, said, words, taken_out
):
    await expect(halden_stage)
    await halden_stage.deliver(slot("amara-i2", "2026-11-19 14:00"), slot("amara-i3", "2026-11-27 14:00"))
    await halden_stage.move_to("2026-11-16 10:00")
    letterbox.empty()
    await halden_stage.move_to("2026-11-16 11:00")
    await halden_stage.deliver(*(called_off("2026-11-16 11:00", by=x) if isinstance(x, str) else x for x in said))
    await halden_stage.move_to("2026-11-16 12:00")
    await halden_stage.move_to("2026-11-16 17:00")

    mails = letterbox.read()
    assert len(mails) == bool(words)
    assert [(m, s, start) for mail in mails for m, s, start in map(told, entries(mail))] == [
        ("CANCEL", 1, at(f"2026-11-19 {hour}")) for hour in taken_out
    ]
    assert all(words in " ".join(mail.get_body(("plain",)).get_content().split()) for mail in mails)


async def test_what_was_never_told_is_not_called_off_in_a_calendar(halden_stage, letterbox):
    await expect(halden_stage)
    await halden_stage.deliver(called_off("2026-11-10 09:00"))
    await halden_stage.move_to("2026-11-10 10:00")

    [mail] = letterbox.read()
    assert "sorry" in mail["Subject"]
    assert entries(mail) == []


async def test_whom_a_release_before_told_of_a_slot_is_not_told_of_it_twice(halden_stage, letterbox):
    await expect(halden_stage)
    await halden_stage.move_to("2026-11-16 10:00")
    before, now = (letter_id("acme", "preparation", about, "amara", 1) for about in ("amara-i1", "amara-1:2026-11-19"))
    await halden_stage.fetch("UPDATE facts SET fact = $1 WHERE fact = $2 RETURNING fact", before, now)
    of_old = (
        "UPDATE letters SET letter = $1, about = 'amara-i1', told = NULL WHERE kind = 'preparation' RETURNING letter"
    )
    await halden_stage.fetch(of_old, before)

    await halden_stage.move_to("2026-11-16 11:00")
    await halden_stage.deliver(slot("amara-i1", "2026-11-19 10:00", "2026-11-16 11:00"))
    await halden_stage.move_to("2026-11-16 12:00")
    once = len(letterbox.read())
    await halden_stage.move_to("2026-11-16 13:00")
    await halden_stage.deliver(slot("amara-i1", "2026-11-19 11:00", "2026-11-16 13:00"))
    await halden_stage.move_to("2026-11-16 14:00")

    assert (once, len(letterbox.read())) == (1, 2)


@pytest.mark.parametrize("against", ["cancelled", "decided", "historical", "too late"])
async def test_nobody_is_prepared_for_what_does_not_happen(halden_stage, letterbox, against):
    now = "2026-11-19 10:30" if against == "too late" else "2026-11-10 09:00"
    await expect(halden_stage, now=now, historical=against == "historical")
    if against == "cancelled":
        await halden_stage.deliver(called_off("2026-11-10 09:00", by="candidate"))
    if against == "decided":
        await halden_stage.deliver(decided("amara", "withdrawn", at("2026-11-10 09:00")))

    await halden_stage.move_to("2026-11-19 10:31" if against == "too late" else "2026-11-16 10:00")

    assert [m for m in letterbox.read() if "interview" in m["Subject"]] == []
    assert not [name for name in await halden_stage.letters() if name.startswith("preparation")]


async def test_within_a_day_of_the_interview_night_does_not_hold_it(halden_stage, letterbox):
    await expect(halden_stage, "2026-11-17 10:00", "2026-11-16 21:00")

    await halden_stage.move_to("2026-11-16 21:01")

    assert len(letterbox.read()) == 1
    assert (await halden_stage.letters())[PREPARATION] == "sent"


async def test_whoever_asks_to_be_forgotten_hears_it_at_once_and_nothing_else_leaves(halden_stage, letterbox):
    await expect(halden_stage)
    await halden_stage.move_to("2026-11-14 23:00")  # a Saturday night
    asked = ErasureRequested(candidate="amara", requested_at=at("2026-11-14 23:00"), by=RequestedBy.CANDIDATE)
    await halden_stage.deliver(heard(asked))
    await halden_stage.move_to("2026-11-14 23:01")
    await halden_stage.move_to("2026-11-16 10:00")

    [mail] = letterbox.read()
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "Halden: your data"
    assert "It is deleted on 15 November 2026." in text
    assert "last mail" in text

    await halden_stage.deliver(heard(CandidateErased(candidate="amara", erased_at=at("2026-11-16 10:00"))))
    assert await halden_stage.fetch("SELECT letter FROM letters") == []


async def test_a_legal_hold_is_named_as_long_as_it_lasts(halden_stage, letterbox):
    await halden_stage.move_to("2026-12-01 09:00")
    asked = ErasureRequested(candidate="amara", requested_at=at("2026-12-01 09:00"), by=RequestedBy.CANDIDATE)
    known = (profile("amara"), applied("amara"), decided("amara", "not_selected", at("2026-11-13 16:00")))
    await halden_stage.deliver(halden(legal_hold_months=6), ines(), job(), *known)

    await halden_stage.deliver(heard(asked))
    await halden_stage.move_to("2026-12-01 09:01")

    text = letterbox.read()[-1].get_body(("plain",)).get_content()
    assert "keep it until 13 May 2027, for an audit only" in text


@pytest.mark.parametrize("by", [RequestedBy.PLATFORM, RequestedBy.RETENTION])
async def test_nobody_is_told_of_an_erasure_they_did_not_ask_for(halden_stage, letterbox, by):
    await expect(halden_stage)
    await halden_stage.deliver(heard(ErasureRequested(candidate="amara", requested_at=at("2026-11-10 09:00"), by=by)))

    await halden_stage.move_to("2026-11-16 10:00")

    assert letterbox.read() == []
