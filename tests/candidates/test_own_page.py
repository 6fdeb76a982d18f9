"""A candidate's own page, over HTTP: a link opens it, and only a choice changes something."""

import re
from datetime import timedelta

import pytest

from services.candidates.api.consent_texts import wordings
from shared.contracts import Purpose
from shared.web.links import Links
from tests.browser import KEY
from tests.candidates.pages import configured, yes
from tests.candidates.sentences import NOW, amara, an_interviewed_candidate, consented, later, opened, place_of

pytestmark = pytest.mark.db


def link(candidate: str = "amara", organization: str = "acme", purpose: str = "pool", days: int = 180) -> str:
    """A candidate's own page."""
    return "/me/" + Links(KEY).sign(purpose, organization, candidate, NOW + timedelta(days=days))


async def test_example_19_opening_the_link_changes_nothing_and_posting_does(browser, stage):
    await stage.deliver(opened(), *amara())

    for _ in range(2):
        page = await browser.client.get(link())
        assert (page.status_code, "<button" in page.text, "<script" in page.text) == (200, True, False)
    assert await place_of(stage, "amara") == ("silver_medalist", "invited")

    answer = await browser.client.post(link(), data=yes())
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    assert "Take me out of the talent pool" in answer.text
    assert await place_of(stage, "amara") == ("silver_medalist", "active")


async def test_the_same_choice_again_says_nothing_and_no_takes_it_back(browser, stage):
    await stage.deliver(opened(), *amara())
    for _ in range(2):
        await browser.client.post(link(), data=yes())
    assert len(await stage.fetch("SELECT 1 FROM outbox WHERE topic = 'consent-changed'")) == 1

    await stage.move(NOW + timedelta(hours=1))
    page = await browser.client.post(link(), data={"answer": "no"})

    assert "Yes, keep me in mind" in page.text
    assert await place_of(stage, "amara") == "consent_withdrawn"


async def test_links_that_do_not_open_answer_with_a_page(browser, stage):
    await stage.deliver(opened(), *amara())

    for path, status in [
        (link(days=0), 410), ("/me/nonsense", 404), (link(purpose="unsubscribe"), 404), (link("nobody"), 404),
        (link(organization="halden"), 404),
    ]:  # fmt: skip
        for answer in [await browser.client.get(path), await browser.client.post(path, data={"answer": "yes"})]:
            assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert (await browser.client.post(link(), data={"answer": "perhaps"})).status_code == 422
    assert await place_of(stage, "amara") == ("silver_medalist", "invited")


async def test_a_yes_is_to_the_words_that_the_page_showed(browser, stage):
    await stage.deliver(configured(), opened(), *amara())
    now, before = list(wordings(Purpose.TALENT_POOL).values())[:2]

    for stale in ({"words": f"{before.version}.en"}, {"words": f"{now.version}.de"}, {"words": ""}):
        answer = await browser.client.post(link(), data=yes() | stale)
        assert "The words have changed since you opened this page. Your answer has not been saved" in answer.text
        assert now.said("en", "Halden") in answer.text
    assert await stage.said("consent-changed") == []
    [words] = set(re.findall(r'name="words" value="(pool-[^"]+)"', answer.text))
    await browser.client.post(link(), data={"answer": "yes", "words": words})

    [kept] = await stage.said("consent-changed")
    assert (kept["text_version"], kept["language"]) == (now.version, "en")
    assert await place_of(stage, "amara") == ("silver_medalist", "active")


async def test_whoever_agreed_reads_the_words_that_they_agreed_to(browser, stage):
    now, before = list(wordings(Purpose.TALENT_POOL).values())[:2]
    await stage.deliver(configured(), opened(), *amara(consented("amara", text_version=before.version, language="de")))

    ours = (await browser.client.get(link())).text
    await stage.deliver(later(consented("amara", text_version="theirs-7"), 1))
    theirs = (await browser.client.get(link())).text

    assert before.said("de", "Halden") in ours
    assert "You agreed on 16 November 2026, but not on this page" in theirs
    assert [now.said(language, "Halden") in page for page, language in ((ours, "de"), (theirs, "en"))] == [False] * 2


async def test_whoever_agreed_to_be_compared_can_have_a_person_look_again(browser, stage):
    declined = an_interviewed_candidate("ana", "yes", outcome="offer_declined")
    await stage.deliver(configured(), opened(), *declined, consented("ana"), *amara())

    ana, agreed_to_nothing = [(await browser.client.get(link(candidate))).text for candidate in ("ana", "amara")]

    assert "Have a person look again" in ana
    assert "Have a person look again" not in agreed_to_nothing
