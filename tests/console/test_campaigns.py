"""Campaigns: whom one reaches and whom not, words looked at, started once its number is typed."""

import re

import pytest

from cli.demo import story
from cli.demo.cast import berlin
from services.notifications.domain.policy import Withheld
from shared.contracts import OutreachSent, Stream
from tests.console.forms import form_with
from tests.console.words import said
from tests.heard import Heard

pytestmark = pytest.mark.db


async def test_words_are_looked_at_and_nothing_starts_without_its_number(front):
    async with front.reader("ines", "recruiter") as ines:
        page = await ines.get("/campaigns?competency=sql&job=su27-data")
        checked = await ines.send(
            "/campaigns", act="check", competency="sql", title="An evening", text="For a great culture fit."
        )
        unread = await ines.send("/campaigns", act="check", competency="sql", title="Een avond", language="nl")
        unnumbered = await ines.send("/campaigns", act="start", competency="sql", title="An evening", expected="")
        wrong = await ines.send(
            "/campaigns", act="start", competency="sql", title="An evening", url="ftp://x", expected="9"
        )
        other = await ines.send("/campaigns", act="start", competency="sql", title="An evening", expected="99")

    assert page.status_code == 200
    assert "would be written to" in page.text
    assert "Please look again" in checked.text
    assert "We could not check these words" in unread.text
    assert (unnumbered.status_code, "Type how many people" in unnumbered.text) == (422, True)
    assert '<a href="#url">Where to find it</a>: is no address that can be reached' in wrong.text
    assert (other.status_code, "not 99" in other.text) == (422, True)


async def told_about_python(front) -> None:
    """Their letters have left; Amara wants to be kept in touch with, Diego never said so."""
    house = front.house
    await house.ask("notifications", "PUT", "/jobs/su27-data/approvals", json={"expected": 7})
    await house.settle()
    letters = (await house.ask("notifications", "GET", "/letters?job=su27-data&kind=decision&limit=100"))["items"]
    await house.move(berlin(16, 10))
    for one in letters:
        if one["candidate"] in ("amara", "diego"):
            said = OutreachSent(
                outreach=one["letter"], candidate=one["candidate"], stream=Stream.DUTY, kind="decision",
                template_version="1", language="en", message_id=f"<{one['letter']}@mail.halden.example>",
            )  # fmt: skip
            await house.stages["notifications"].deliver(
                Heard(said, berlin(16, 9), organization=story.ORGANIZATION, source="talentloop.notifications")
            )
    answer = {"granted": True, "given_at": berlin(16, 9, 30).isoformat(), "text_version": "1", "language": "en"}
    await house.ask("candidates", "PUT", "/candidates/amara/consents/keep_in_touch", json=answer | {"how": "form"})
    await house.settle()
    await front.move(berlin(16, 10, 30))


async def test_a_campaign_starts_once_its_number_is_typed(front):
    await told_about_python(front)
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get("/campaigns?competency=python&job=su27-data")).text
        form = form_with(page, "expected") | {"title": "An evening about Python", "text": "We read a program together."}
        begun = await ines.send("/campaigns", **form | {"act": "start", "language": "en", "expected": "1"})
        again = await ines.send("/campaigns", **form | {"act": "start", "language": "en", "expected": "1"})
    await front.house.stages["notifications"].drain.exhaust()
    campaigns = (await front.house.ask("notifications", "GET", "/campaigns"))["items"]

    assert re.search(r'aria-current="true">Python</a>', page)
    assert "1 person would be written to." in page
    assert "not now: they did not agree to it" in page
    assert "The campaign has started: 1 letter leaves when its reader" in begun.text
    assert again.status_code == 200
    assert [(one["title"], one["by"], one["waiting"]) for one in campaigns] == [("An evening about Python", "ines", 1)]


def test_every_reason_that_a_letter_does_not_leave_has_words_and_an_unknown_one_is_shown_as_it_is():
    told = {code: said("words.html", "withheld", code) for code in [*Withheld, "something_new"]}

    assert {code: words for code, words in told.items() if "<code>" in words or not words} == {
        "something_new": "<code>something_new</code>"
    }


async def test_who_starts_campaigns(front):
    for role, status in (("admin", 200), ("coordinator", 403), ("hiring_manager", 403), ("analyst", 403)):
        async with front.reader("somebody", role) as somebody:
            page = await somebody.get("/campaigns")
        assert page.status_code == status, role
    await front.away("notifications")
    async with front.reader("ines", "recruiter") as ines:
        page = await ines.get("/campaigns?competency=sql")
    assert "The part for letters and tasks does not answer just now." in page.text
