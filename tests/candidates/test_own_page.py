"""A candidate's own page, over HTTP: a link opens it, and only a choice changes something."""

from datetime import timedelta

import pytest

from shared.web.links import Links
from tests.browser import KEY
from tests.candidates.sentences import NOW, amara, opened, place_of

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

    answer = await browser.client.post(link(), data={"answer": "yes"})
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    assert "Take me out of the talent pool" in answer.text
    assert await place_of(stage, "amara") == ("silver_medalist", "active")


async def test_the_same_choice_again_says_nothing_and_no_takes_it_back(browser, stage):
    await stage.deliver(opened(), *amara())
    for _ in range(2):
        await browser.client.post(link(), data={"answer": "yes"})
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
