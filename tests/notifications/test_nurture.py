"""Rule 5 and keep in touch: half a year after somebody's last word, with consent only."""

import re

import pytest

from services.notifications.main import SERVICE
from shared.web.links import Links
from tests.browser import KEY, browsing
from tests.heard import Heard
from tests.notifications.facts import applied, at, completed, consent, decided, halden, ines, invited, job, profile

pytestmark = pytest.mark.db

GIVEN, HALF_A_YEAR_LATER = at("2026-11-13 10:00"), at("2027-05-13 10:00")


async def a_member(stage, *more: Heard, mode: str = "live") -> None:
    """Noor, not selected, in the talent pool with her consent."""
    await stage.move_to("2026-11-13 16:05")
    await stage.deliver(
        halden(mode), ines(), job(), profile("noor"), applied("noor"), completed("noor"), decided("noor"),
        consent("noor", GIVEN), invited("noor", status="active", reconfirm_at=HALF_A_YEAR_LATER), *more,
    )  # fmt: skip
    await stage.move_to("2026-11-16 08:00")
    await stage.move_to("2027-05-13 09:59")


def subjects(letterbox) -> list[str]:
    return [mail["Subject"] for mail in letterbox.read()]


async def test_after_half_a_year_one_mail_asks_whether_they_are_still_interested(halden_stage, letterbox):
    await a_member(halden_stage)
    letterbox.empty()

    await halden_stage.move_to("2027-05-13 10:00")
    await halden_stage.move_to("2027-07-13 10:00")

    [mail] = letterbox.read()
    assert mail["Subject"] == "Halden: still interested?"
    text = mail.get_body(("plain",)).get_content()
    assert "Yes, later or no:\nhttp://notifications.example/stay/" in text.replace("\r", "")
    assert "http://candidates.example/me/" in text
    assert await halden_stage.letters(kind="reconfirmation") == {"reconfirmation/data/1": "sent"}


async def test_their_answer_counts_and_the_next_question_is_another_letter(halden_stage, letterbox, tmp_path):
    await a_member(halden_stage)
    await halden_stage.move_to("2027-05-13 10:00")
    address = f"/stay/{Links(KEY).sign('stay', 'acme', 'noor', None)}"

    async with browsing(SERVICE, halden_stage, tmp_path) as browser:
        shown = await browser.client.get(address)
        before = await halden_stage.said("candidate-responded")
        thanked = await browser.client.post(address, data={"answer": "interested"})
        stranger = await browser.client.get(f"/stay/{Links(KEY).sign('stay', 'acme', 'eve', None)}")
    moved = invited("noor", at("2027-05-13 10:00"), "active", reconfirm_at=at("2027-11-15 10:00"))
    await halden_stage.deliver(Heard(moved.event, moved.at, id="moved", source=moved.source))
    await halden_stage.move_to("2027-11-15 10:00")

    assert ("Still interested" in shown.text, before) == (True, [])
    assert "we will keep you in mind" in thanked.text
    assert stranger.status_code == 404
    [said] = await halden_stage.said("candidate-responded")
    assert (said["kind"], said.get("match")) == ("interested", None)
    assert await halden_stage.tasks() == []
    assert subjects(letterbox).count("Halden: still interested?") == 2


async def test_no_is_one_tap_as_well_and_takes_their_consent_back(halden_stage, tmp_path):
    await a_member(halden_stage)

    async with browsing(SERVICE, halden_stage, tmp_path) as browser:
        shown = await browser.client.get(f"/stay/{Links(KEY).sign('stay', 'acme', 'noor', None)}")

    [form] = re.findall(r'<form method="post" action="http://candidates.example/me/([^"]+)">(.*?)</form>', shown.text)
    assert Links(KEY).open("pool", form[0], HALF_A_YEAR_LATER).subject == "noor"
    assert re.findall(r'name="(\w+)" value="(\w+)"', form[1]) == [("about", "talent_pool"), ("answer", "no")]
    assert "form-action 'self' http://candidates.example;" in shown.headers["content-security-policy"]


async def test_without_consent_or_out_of_the_pool_nobody_is_asked(halden_stage, letterbox):
    await a_member(halden_stage, consent("noor", at("2026-11-13 11:00"), granted=False))

    await halden_stage.move_to("2027-05-13 10:00")

    assert "Halden: still interested?" not in subjects(letterbox)
    assert await halden_stage.letters(kind="reconfirmation") == {"reconfirmation/data/1": "suppressed(no_consent)"}


async def test_whoever_asked_for_it_hears_from_us_twice_a_year(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    asked = consent("diego", GIVEN, purpose="keep_in_touch")
    people = profile("diego"), applied("diego"), decided("diego"), asked
    await halden_stage.deliver(halden(), ines(), job(), job("ws27-ae"), *people)
    for day in ("2026-11-16 08:00", "2027-05-13 10:00", "2027-05-20 10:00", "2027-11-15 10:00", "2027-12-01 10:00"):
        await halden_stage.move_to(day)
    twice = subjects(letterbox).count("Halden: what is new")

    await halden_stage.deliver(consent("diego", at("2027-12-01 10:00"), granted=False, purpose="keep_in_touch"))
    await halden_stage.move_to("2028-06-01 10:00")

    assert twice == 2
    assert subjects(letterbox).count("Halden: what is new") == 2


async def test_history_keeps_in_touch_with_nobody(halden_stage, letterbox):
    await halden_stage.move_to("2026-11-13 16:05")
    asked = consent("diego", GIVEN, purpose="keep_in_touch")
    pooled = invited("diego", status="active", reconfirm_at=HALF_A_YEAR_LATER, historical=True)
    past = [Heard(f.event, f.at, id=f.id, historical=True) for f in (asked, consent("diego", GIVEN))]

    await halden_stage.deliver(halden(), ines(), job(), profile("diego"), pooled, *past)
    await halden_stage.move_to("2027-06-01 10:00")

    assert letterbox.read() == []
    assert await halden_stage.letters() == {}
