"""Pages behind links in mails, in a browser: narrow and wide, light and dark, with and without script."""

from collections.abc import AsyncIterator

import pytest

from services.candidates.main import SERVICE as CANDIDATES
from services.notifications.main import SERVICE
from shared.contracts import letter_id, match_id
from shared.web.links import Links
from tests.browser import KEY, Browser, browsing
from tests.candidates import sentences
from tests.notifications.facts import (
    accepted,
    applied,
    at,
    completed,
    consent,
    decided,
    halden,
    ines,
    job,
    matched,
    profile,
)
from tests.screens import WIDE, Screen, is_seen_at_once
from tests.stage import staged

pytestmark = pytest.mark.db

LANGUAGE = "de"
PLAIN = Screen(script=False, language=LANGUAGE)
SCREENS = (Screen(language=LANGUAGE), Screen(WIDE, dark=True, language=LANGUAGE))
LETTER = letter_id("acme", "decision", "noor-1", "noor", 1)
ASKED = ("feedback_rated", "feedback_requested", "review_requested", "disputed")


def link(page: str, subject: str, until: str = "2027-01-20 09:00") -> str:
    return f"/{page}/{Links(KEY).sign(page, 'acme', subject, at(until))}"


ANSWER = link("answer", f"noor/{match_id('noor', 'ws27-ae')}")


@pytest.fixture
async def browser(halden_stage, tmp_path) -> AsyncIterator[Browser]:
    """Noor had her answer, was asked how it was, and was invited to the next job."""
    await halden_stage.move_to("2026-11-13 16:05")
    agreed = [consent("noor", at("2026-11-13 10:00"), purpose=purpose) for purpose in ("survey", "talent_pool")]
    person = (profile("noor", language=LANGUAGE), applied("noor"), completed("noor"), decided("noor"), *agreed)
    next_job = job("ws27-ae", title="Werkstudent Analytics (m/w/d)")
    await halden_stage.deliver(halden(language="es"), ines(), job(), next_job, *person, matched("noor"))
    await halden_stage.move_to("2026-11-16 08:00")
    await halden_stage.move_to("2026-11-23 10:05")
    await halden_stage.deliver(accepted("noor"))
    async with browsing(SERVICE, halden_stage, tmp_path) as somebody:
        yield somebody


async def survey(stage) -> str:
    return link("survey", (await stage.letter("survey", "noor-1"))["letter"])


async def test_every_page_can_be_used_by_everyone(halden_stage, browser, screens):
    shown = {f"respond-{kind}": link("respond", f"noor/{kind}/{LETTER}") for kind in ASKED}
    shown |= {"answer": ANSWER, "stay": link("stay", "noor"), "unsubscribe": link("unsubscribe", "noor")}
    shown |= {"survey": await survey(halden_stage), "new-link": link("new-link", "-")}
    async with screens(localhost=browser.client) as chromium:
        for name, address in shown.items():
            await chromium.show(address, name, *SCREENS)
        for language in ("en", "fr"):
            await chromium.show(link("stay", "noor", "2026-11-20 10:00"), "expired", Screen(language=language))
    assert await halden_stage.said("candidate-responded") == []


async def test_without_script_every_button_does_what_it_says(halden_stage, browser, screens):
    async with screens(localhost=browser.client) as chromium:
        for name, address, buttons in (
            *((f"respond-{kind}", link("respond", f"noor/{kind}/{LETTER}"), ["main button"]) for kind in ASKED),
            ("answer", ANSWER, ["[value=interested]", "[value=not_now]"]),
            ("stay", link("stay", "noor"), ["[value=interested]", "[value=not_now]"]),
            ("unsubscribe", link("unsubscribe", "noor"), ["main button"]),
        ):
            async with chromium.at(address, PLAIN) as page:
                assert await is_seen_at_once(page, buttons[0]), name
                if name.endswith("rated"):
                    await page.get_by_label("4", exact=True).check()
                for button in buttons:
                    await page.locator(button).click()
                    await chromium.look(page, f"{name}-{button.strip('[]').rpartition('=')[2][-9:]}", PLAIN)
                    assert await page.locator("[role=status]").count() == 1

    said = {r["kind"] for r in await halden_stage.said("candidate-responded")}
    assert said == {*ASKED, "interested", "not_now", "unsubscribed"}


async def test_a_survey_with_a_gap_is_shown_again_as_it_was_typed(halden_stage, browser, screens):
    async with screens(localhost=browser.client) as chromium:
        for screen in (PLAIN, Screen(WIDE, dark=True, language=LANGUAGE)):
            async with chromium.at(await survey(halden_stage), screen) as page:
                for number in (1, 2, 4, 5, 6, 7, 8, 9):
                    await page.locator(f"[name=s{number}][value='4']").check()
                await page.locator("[name=recommend][value='9']").check()
                await page.fill("[name=text]", "Die Aufgabe war gut.")
                await page.locator("main button").click()
                await chromium.look(page, "survey-with-a-gap", screen)
                assert await page.input_value("[name=text]") == "Die Aufgabe war gut."
        async with chromium.at(await survey(halden_stage), PLAIN) as page:
            for number in range(1, 10):
                await page.locator(f"[name=s{number}][value='4']").check()
            await page.locator("[name=recommend][value='9']").check()
            await page.locator("main button").click()
            await chromium.look(page, "survey-done", PLAIN)
    assert [a["recommend"] for a in await halden_stage.said("survey-answered")] == [9]


async def test_an_expired_link_leads_to_a_new_one_without_script(halden_stage, browser, letterbox, screens):
    letterbox.empty()
    expired = link("answer", "noor/x", "2026-11-20 10:00")
    async with screens(localhost=browser.client) as chromium, chromium.at(expired, PLAIN) as page:
        await page.get_by_role("link", name="Einen neuen Link zusenden").click()
        await page.get_by_label("Ihre E-Mail-Adresse").fill("noor@mail.example")
        await page.get_by_role("button", name="Einen neuen Link zusenden").click()
        await chromium.look(page, "new-link-asked", PLAIN)
        assert "in wenigen Minuten" in await page.inner_text("[role=status]")
    await halden_stage.move_to("2026-11-23 10:06")

    subjects = [mail["Subject"] for mail in letterbox.read()]
    assert subjects.count("Halden: ein neuer Link zu Ihrer Seite") == 1


async def test_no_is_one_tap_at_the_candidates_own_page(browser, fresh_database, tmp_path, screens):
    async with staged(await fresh_database("candidates"), CANDIDATES, sentences.NOW) as stage:
        await stage.deliver(sentences.opened(), *sentences.noor(sentences.consented("noor")))
        async with (
            browsing(CANDIDATES, stage, tmp_path) as theirs,
            screens(localhost=browser.client, candidates_example=theirs.client) as chromium,
            chromium.at(link("stay", "noor"), PLAIN) as page,
        ):
            await page.get_by_role("button", name="Nein, nehmen Sie mich heraus").click()
            assert "Your answer has been saved." in await page.inner_text("[role=status]")

        [said] = await stage.said("consent-changed")
    assert (said["purpose"], said["granted"]) == ("talent_pool", False)
