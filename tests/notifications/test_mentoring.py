"""Mentors: each step is a mail to whoever is to act or to know, and only links in mails bring two people together."""

import re
from datetime import date
from email.message import EmailMessage

import pytest

from services.candidates.main import SERVICE as CANDIDATES
from shared.contracts import (
    ErasureRequested,
    MentorshipAccepted,
    MentorshipEnded,
    MentorshipProposed,
    Purpose,
)
from tests.browser import browsing
from tests.candidates.pages import yes
from tests.console.house import House
from tests.heard import Heard
from tests.notifications.facts import ada, applied, at, decided, halden, heard, ines, job, profile
from tests.notifications.sentences import suggested
from tests.stage import staged

pytestmark = pytest.mark.db

MONDAY = at("2026-11-23 10:00")
GOALS = ("Read about sql.",)
CANDIDATES_SAY = "talentloop/candidates"


def jonas(**more) -> list[Heard]:
    """Not selected; his letter suggested something about SQL."""
    person = profile("jonas", name="Jonas Weber", email="jonas@mail.example", **more)
    return [person, applied("jonas"), decided("jonas"), suggested("jonas", "sql")]


def proposed(said_at=MONDAY, **more) -> Heard:
    said = {"relation": "jonas-ada", "candidate": "jonas", "user": "ada", "goals": GOALS}
    said |= {"starts_on": date(2026, 11, 23), "ends_on": date(2027, 2, 23)}
    return Heard(
        MentorshipProposed.model_validate(said | more), said_at, id=f"p{said_at:%m%d%H%M}", source=CANDIDATES_SAY
    )


def accepted(said_at) -> Heard:
    event = MentorshipAccepted(relation="jonas-ada", candidate="jonas", user="ada")
    return Heard(event, said_at, id="accepted", source=CANDIDATES_SAY)


def ended(said_at, reason: str) -> Heard:
    event = MentorshipEnded(relation="jonas-ada", candidate="jonas", user="ada", reason=reason)
    return Heard(event, said_at, id=f"ended-{reason}", source=CANDIDATES_SAY)


async def on_monday(stage, *facts: Heard) -> None:
    """Halden, where Ada works, on Monday the 23rd at ten."""
    await stage.move_to("2026-11-23 10:00")
    await stage.deliver(halden(reply_person="ines"), ines(), ada(), job(), *jonas(), *facts)
    await stage.move_to("2026-11-23 10:01")


def mails(letterbox, about: str = "mentor") -> list[tuple[str, str]]:
    """(to whom, subject) of each mail about mentoring, in order."""
    found = [(mail["To"].addresses[0].username, mail["Subject"]) for mail in letterbox.read()]
    return [(to, subject) for to, subject in found if about in subject]


def link_in(mail: EmailMessage, page: str) -> str:
    """Where a mail leads."""
    text = mail.get_body(("plain",)).get_content().replace("\r", "")
    [address] = set(re.findall(rf"http://candidates\.example(/{page}/\S+)", text.partition("\n--\n")[0]))
    return address


async def test_jonas_and_ada_come_from_a_proposal_to_a_first_talk_by_links_alone(
    halden_stage, fresh_database, letterbox, tmp_path
):
    async with (
        staged(await fresh_database("candidates"), CANDIDATES, MONDAY) as candidates,
        browsing(CANDIDATES, candidates, tmp_path) as browser,
    ):
        house = House({"candidates": candidates, "notifications": halden_stage}, tmp_path)

        async def until(text: str) -> dict[str, EmailMessage]:
            """The newest mail of each of them, once everything that is due then has happened."""
            await house.settle()
            await candidates.move(at(text))
            await house.settle()
            await halden_stage.move_to(text)
            await house.settle()
            return {mail["To"].addresses[0].username: mail for mail in letterbox.read()}

        facts = [halden(), ines(), ada(), job(), *jonas()]
        await halden_stage.move_to("2026-11-23 10:00")
        await halden_stage.deliver(*facts)
        await candidates.deliver(*facts)
        proposal = {"candidate": "jonas", "user": "ada", "goals": list(GOALS), "starts_on": "2026-11-23"}
        assert (await browser.put("/mentorships/jonas-ada", proposal)).status_code == 201

        to_ada = (await until("2026-11-23 10:10"))["ada"]
        words = to_ada.get_body(("plain",)).get_content()
        assert ("Jonas" in words, "jonas@" in words, GOALS[0] in words) == (False, False, True)
        adas_page = link_in(to_ada, "mentoring")
        asked = (await browser.client.get(adas_page)).text
        assert ("Jonas" in asked, GOALS[0] in asked) == (False, True)
        [goals] = re.findall(r'name="goals" value="([^"]+)"', asked)
        await browser.client.post(adas_page, data={"answer": "yes", "goals": goals})

        to_jonas = (await until("2026-11-23 10:20"))["jonas"]
        assert to_jonas["Subject"] == "Halden: would you like a mentor?"
        jonas_page = link_in(to_jonas, "me")
        assert jonas_page.endswith("#mentor")
        shown = (await browser.client.get(jonas_page)).text
        assert ("Ada Lindqvist" in shown, "ada@halden.example" in shown) == (True, False)
        answer = yes(Purpose.MENTORING, adult="true", relation="jonas-ada")
        await browser.client.post(jonas_page.partition("#")[0], data=answer)

        begun = await until("2026-11-23 10:30")
        ada_reads, jonas_reads = (begun[who].get_body(("plain",)).get_content() for who in ("ada", "jonas"))
        assert (begun["ada"]["Subject"], begun["jonas"]["Subject"]) == (
            "You are mentoring Jonas Weber",
            "Ada Lindqvist is your mentor",
        )
        assert ("jonas@mail.example" in ada_reads, "ada@halden.example" in jonas_reads) == (True, True)
        theirs = (await browser.client.get(link_in(begun["ada"], "mentoring"))).text
        assert [word in theirs for word in ("Jonas", "jonas@mail.example", GOALS[0])] == [True] * 3
        assert [word for word in ("su27", "Data Analyst", "sql was slow") if word in ada_reads + theirs] == []
        assert "ada@halden.example" in (await browser.client.get(jonas_page)).text
        assert await halden_stage.tasks() == []

        await browser.client.post(adas_page, data={"answer": "end"})
        over = await until("2026-11-23 10:40")
        assert "earlier than planned" in over["jonas"].get_body(("plain",)).get_content()
        assert "is over" in (await browser.client.get(adas_page)).text


async def test_a_mentor_who_does_not_answer_is_asked_again_and_then_a_person_looks(halden_stage, letterbox):
    await on_monday(halden_stage, proposed())

    await halden_stage.move_to("2026-11-30 08:00")
    assert (len(mails(letterbox)), await halden_stage.tasks()) == (1, [])
    await halden_stage.move_to("2026-11-30 09:00")

    assert mails(letterbox) == [("ada", "Halden: would you be a mentor?")] * 2
    assert await halden_stage.tasks() == ["mentorship_stalled"]
    await halden_stage.move_to("2026-11-30 10:00")
    await halden_stage.deliver(proposed(at("2026-11-30 10:00"), agreed_at=at("2026-11-30 10:00")))
    assert await halden_stage.tasks() == []


async def test_a_candidate_who_does_not_answer_is_asked_once_more_and_then_a_person_looks(halden_stage, letterbox):
    await on_monday(halden_stage, proposed(agreed_at=MONDAY))

    await halden_stage.move_to("2026-12-07 10:02")

    assert mails(letterbox) == [("jonas", "Halden: would you like a mentor?")] * 2
    assert await halden_stage.tasks() == ["mentorship_stalled"]


async def test_whoever_may_not_be_asked_is_a_task_at_once(halden_stage, letterbox):
    elsewhere = applied("jonas", "ws27-ae", "jonas-2")

    await on_monday(halden_stage, proposed(agreed_at=MONDAY), elsewhere)

    assert mails(letterbox) == []
    assert await halden_stage.letters(kind="mentor_invitation") == {
        "mentor_invitation/jonas-ada/1": "suppressed(open_application)"
    }
    assert await halden_stage.tasks() == ["mentorship_stalled"]


async def test_a_renewal_is_told_to_both_and_an_end_to_whoever_did_not_say_it(halden_stage, letterbox):
    begun, renewed = at("2026-11-24 10:00"), at("2027-02-20 10:00")
    await on_monday(halden_stage, proposed(agreed_at=MONDAY))
    await halden_stage.move_to("2026-11-24 10:00")
    await halden_stage.deliver(accepted(begun))
    await halden_stage.move_to("2026-11-24 10:01")
    await halden_stage.move_to("2027-02-20 10:00")  # a Saturday
    more = {"agreed_at": MONDAY, "renewed_at": renewed, "ends_on": date(2027, 5, 23)}
    await halden_stage.deliver(proposed(renewed, **more))
    await halden_stage.move_to("2027-02-22 09:00")
    letterbox.empty()
    assert await halden_stage.letters(kind="mentoring") == {
        "mentoring/jonas-ada/3": "sent", "mentoring/jonas-ada/4": "sent",
    }  # fmt: skip

    await halden_stage.move_to("2027-03-01 10:00")
    await halden_stage.deliver(ended(at("2027-03-01 10:00"), "withdrawn"))
    await halden_stage.move_to("2027-03-01 10:01")

    [mail] = letterbox.read()
    assert mail["To"].addresses[0].username == "ada"
    assert "Your mentorship with Jonas Weber is over." in mail.get_body(("plain",)).get_content()


async def test_of_whoever_asked_to_be_forgotten_the_mentor_learns_only_that_it_is_over(halden_stage, letterbox):
    await on_monday(halden_stage, proposed(agreed_at=MONDAY), accepted(MONDAY))
    letterbox.empty()

    gone = ErasureRequested(candidate="jonas", requested_at=at("2026-11-23 10:02"), by="platform")
    await halden_stage.deliver(heard(gone), ended(at("2026-11-23 10:02"), "erased"))
    await halden_stage.move_to("2026-11-23 10:03")

    [mail] = letterbox.read()
    words = mail.get_body(("plain",)).get_content()
    assert (mail["To"].addresses[0].username, "do not write to them any more" in words) == ("ada", True)
    assert "Jonas" not in words


async def test_a_no_of_the_mentor_is_told_to_nobody(halden_stage, letterbox):
    await on_monday(halden_stage, proposed())
    letterbox.empty()

    await halden_stage.deliver(ended(at("2026-11-23 10:02"), "declined"))
    await halden_stage.move_to("2026-12-14 10:00")

    assert (letterbox.read(), await halden_stage.tasks()) == ([], [])
