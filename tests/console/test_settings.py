"""Settings: read by many, changed by administrators, who type the name for what leaves the house; and the brake."""

import re

import pytest

from services.console.api.brake import Brakes
from tests.console.forms import versions_in

pytestmark = pytest.mark.db
BANNER = "The brake is on: no letter leaves."


def field(page: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1].replace("&#34;", '"').replace("&quot;", '"')


async def test_a_choice_says_what_it_does_and_is_changed_at_the_version_it_was_seen(front):
    async with front.reader("root", "admin") as root:
        page = (await root.get("/settings")).text
        etag = field(page, "etag")
        assert "letters wait for somebody to release them" in page or "letter waits for somebody" in page
        assert 'href="#controller"' not in page  # all that is to be said before letters leave is said

        saved = await root.send("/settings", act="save", etag=etag, answer_after="7", automatic_release="")
        late = await root.send("/settings", act="save", etag=etag, answer_after="9")
        wrong = await root.send("/settings", act="save", etag=etag, answer_after="soon")
        bare = (await root.send("/settings", act="save", etag=field(saved.text, "etag"), controller="")).text

    assert (saved.status_code, "Saved." in saved.text, "(before: 5)" in saved.text) == (200, True, True)
    assert "Somebody changed the settings meanwhile" in late.text
    assert "Letters leave, and this is not said yet:" in bare
    assert 'href="#controller"' in bare
    assert versions_in(late.text)["Working days from a decision to the answer"] == ("7", "9")
    assert '<button form="settings" name="act" value="save">' in late.text
    assert 'value="9"' in late.text
    assert "Working days from a decision to the answer</a>: is no whole number" in wrong.text
    assert (wrong.status_code, 'href="#answer_after"' in wrong.text, 'value="soon"' in wrong.text) == (422, True, True)
    stands = await front.house.ask("interviews", "GET", "/organization", "admin")
    assert stands["answer_after"] == 7


async def test_what_leaves_the_house_changes_by_the_name_typed(front):
    async with front.reader("root", "admin") as root:
        asked = await root.send("/settings", act="save", outreach_mode="live", name="somebody")
        name = (await front.house.ask("interviews", "GET", "/organization", "admin"))["name"]
        done = await root.send("/settings", act="save", outreach_mode="live", name=name)

    assert asked.status_code == 422
    assert "Type the name of the organisation" in asked.text
    assert "Saved." in done.text


async def test_the_brake_stands_on_every_page_until_somebody_lets_go(front):
    async with front.reader("root", "admin") as root, front.reader("ines", "recruiter") as ines:
        pulled = await root.send("/settings", act="pull")
        seen = await ines.get("/")
        refused = await ines.send("/settings", act="let-go")
        still = await ines.get("/waiting")
        gone = await root.send("/settings", act="let-go")
        after = await ines.get("/")
        asked = [one for one in front.asked if one.url.path == "/outreach/pause" and one.method == "GET"]

    assert BANNER in pulled.text
    assert BANNER in seen.text
    assert 'value="let-go"' not in seen.text  # only who may is offered to
    assert refused.status_code == 403
    assert BANNER in still.text
    assert BANNER not in gone.text
    assert BANNER not in after.text
    assert len(asked) <= 4  # the settings ask for themselves; all other pages together once


async def test_others_read_without_forms_and_an_analyst_finds_no_settings(front):
    async with front.reader("audit", "auditor") as audit, front.reader("numbers", "analyst") as numbers:
        read = await audit.get("/settings")
        refused = await numbers.get("/settings")

    assert "Approve: a person releases each letter" in read.text
    assert '<form class="stack"' not in read.text
    assert "Pull the brake" not in read.text
    assert refused.status_code == 403


async def test_without_letters_the_rest_of_the_settings_is_there(front):
    await front.away("notifications")
    async with front.reader("root", "admin") as root:
        page = await root.get("/settings")

    assert page.status_code == 200
    assert "The part for letters and tasks does not answer just now." in page.text
    assert "Working days for an interviewer" in page.text


async def test_who_may_not_ask_about_the_brake_does_not_keep_others_from_knowing(front):
    async with front.reader("ben", "interviewer") as ben:
        await ben.get("/")

    assert [one for one in front.asked if one.url.path == "/outreach/pause"] == []
    assert Brakes()._known == {}
