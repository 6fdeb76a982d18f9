"""The candidate's page in all its states, in a browser: narrow and wide, light and dark, with and without script."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.candidates.main import SERVICE
from shared.contracts import Event, RequestAnswered, UserRegistered
from shared.web.links import Links
from tests.browser import KEY, Browser, browsing
from tests.candidates.pages import configured, link, noted, released, responded, sent
from tests.candidates.sentences import (
    NOW,
    amara,
    applied,
    completed,
    consented,
    decided,
    later,
    noor,
    opened,
    registered,
    reviewed_match,
    scheduled,
    the_next_job,
)
from tests.candidates.test_mentoring import PROPOSAL
from tests.screens import WIDE, Screen, is_seen_at_once

pytestmark = pytest.mark.db

PLAIN = Screen(script=False, language="de")
ANSWERED = [
    responded("feedback_rated", rating=4, letter="letter-noor"),
    responded("disputed", letter="letter-noor", text="Die Schleife endete: Ich hatte die Bedingung genannt."),
    responded("review_requested", letter="letter-noor"),
    RequestAnswered(
        response="r-disputed",
        candidate="noor",
        answered_at="2026-11-22T08:00:00Z",
        by="ines",
        letter="l2",
        language="de",
        text="Sie haben recht: Das stand so in keiner Notiz.\n\nWir haben es berichtigt.",
    ),
    responded("unsubscribed", responded_at="2026-11-22T08:00:00Z"),
]
AHEAD = {
    "starts_at": "2026-11-25T14:00:00Z",
    "ends_at": "2026-11-25T15:00:00Z",
    "meeting_url": "https://meet.example/hanna",
}
LONG_AGO = {"starts_at": "2026-10-20T14:00:00Z", "ends_at": "2026-10-20T15:00:00Z"}
STORY: list[Event] = [
    configured(timezone="Europe/Berlin", country="DE"), opened(), the_next_job(url="https://halden.example/ws27"),
    UserRegistered(user="ada", name="Ada Lindqvist", email="ada@halden.example"),
    *noor(released("noor"), sent("noor")),
    noted("columns", url="https://halden.example/columns"),
    noted("evening", title="Ein Abend am Hafen", about="events", language="de"),
    *amara(sent("amara"), consented("amara"), reviewed_match("amara", "ws27", reviewed_at="2026-11-23T08:00:00Z")),
    registered("hanna"), applied("hanna"), scheduled("hanna", stage={"name": "On site", "position": 2}, **AHEAD),
    registered("tom"), applied("tom"), scheduled("tom", **LONG_AGO), completed("tom", completed_at=LONG_AGO["ends_at"]),
    registered("zoe"), registered("lukas"), applied("lukas"), decided("lukas", "hired"),
]  # fmt: skip
LANGUAGES = {"noor": "de", "amara": "fr", "hanna": "es", "tom": "de", "zoe": "es", "lukas": "fr"}


@pytest.fixture
async def browser(stage, tmp_path) -> AsyncIterator[Browser]:
    async with browsing(SERVICE, stage, tmp_path) as somebody:
        await stage.deliver(*STORY)
        spoken = [registered(c, language=v, email=f"{c}@mail.example") for c, v in LANGUAGES.items()]
        await stage.deliver(*(later(profile, 1) for profile in spoken))
        yield somebody


async def test_whatever_stands_on_it_everyone_can_use_it(stage, browser, screens):
    async with screens(localhost=browser.client) as chromium:
        for candidate, language in LANGUAGES.items():
            screens = (Screen(language=language), Screen(WIDE, dark=True, language=language))
            await chromium.show(link(candidate), f"me-{candidate}", *screens)
        await chromium.show(f"{link('noor')}/data", "own-data", Screen(language="de"), Screen(WIDE, language="de"))
        async with chromium.at(f"{link('zoe')}#talent_pool", Screen(language="es")) as page:
            assert await is_seen_at_once(page, "#talent_pool [value=yes]")
        async with chromium.at(link("hanna"), Screen()) as page:
            await page.emulate_media(media="print")
            on_paper = [await page.locator(part).first.is_visible() for part in (".join", ".todo", ".asking", "button")]
            await page.emulate_media(media="screen")
            assert on_paper == [True, False, False, False]  # where to join is kept, what can only be pressed is not
        await stage.deliver(*ANSWERED)
        await chromium.show(link(), "me-answered", Screen(dark=True, language="de"))
        await stage.move(NOW + timedelta(days=61))
        for language in ("en", "fr"):
            await chromium.show(link(), "refused-expired", Screen(language=language))
        await chromium.show("/me/nonsense", "refused", Screen(WIDE, dark=True, language="es"))


async def test_without_script_every_button_does_what_it_says(stage, browser, screens):
    await browser.put("/mentorships/m1", PROPOSAL)
    mentor = "/mentoring/" + Links(KEY).sign("mentor", "acme", "m1/ada", NOW + timedelta(days=60))
    async with screens(localhost=browser.client) as chromium, chromium.at(mentor, PLAIN) as page:
        await chromium.look(page, "mentor-asked", PLAIN)
        await page.locator("[value=yes]").click()
        await chromium.look(page, "mentor-agreed", PLAIN)
    async with screens(localhost=browser.client) as chromium, chromium.at(f"{link()}#mentor", PLAIN) as page:
        assert await is_seen_at_once(page, "section:has(#mentor) [value=yes]")
        await page.get_by_role("button", name="Ja, gern").click()
        await chromium.look(page, "me-too-young", PLAIN)
        assert "Bitte bestätigen Sie, dass Sie volljährig sind." in await page.inner_text("[role=alert]")
        await page.get_by_label("Ich bin volljährig").check()
        await page.get_by_role("button", name="Ja, gern").click()
        await chromium.look(page, "me-mentored", PLAIN)
        assert [m["relation"] for m in await stage.said("mentorship-accepted")] == ["m1"]
        await chromium.show(mentor, "mentor-begun", Screen(), Screen(WIDE, dark=True))

        await page.locator("form", has=page.locator("[value=keep_in_touch]")).locator("[value=yes]").click()
        await chromium.look(page, "me-kept", PLAIN)
        assert "gespeichert" in await page.inner_text("[role=status]")
        answers = {c["purpose"]: c["granted"] for c in await stage.said("consent-changed")}
        assert answers.items() >= {"mentoring": True, "keep_in_touch": True}.items()

        await page.locator("form", has=page.locator("[value=erasure]")).locator("button").click()
        await chromium.look(page, "erasure-asked", PLAIN)
        await page.locator("main p a").click()
        assert await page.locator("#data").count() == 1
        await page.locator("form", has=page.locator("[value=erasure]")).locator("button").click()
        await page.locator("[value=yes]").click()
        await chromium.look(page, "erasure-done", PLAIN)
        assert [e["candidate"] for e in await stage.said("erasure-requested")] == ["noor"]


async def test_that_the_law_holds_their_data_is_shown_as_well(stage, browser, screens):
    await stage.deliver(later(configured(legal_hold_months=6), 30))
    async with screens(localhost=browser.client) as chromium:
        for screen in (Screen(language="fr"), Screen(WIDE, dark=True, script=False, language="fr")):
            async with chromium.at(link("amara"), screen) as page:
                await page.locator("form", has=page.locator("[value=erasure]")).locator("button").click()
                await page.locator("[value=yes]").click()
                await chromium.look(page, "erasure-held", screen)
    assert await stage.said("candidate-erased") == []
