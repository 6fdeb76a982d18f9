"""`POST /lint`: the lint for whoever writes elsewhere."""

import asyncio

import pytest

from services.notifications.main import SERVICE
from shared.web.linting import lint_aside
from tests.browser import browsing

pytestmark = pytest.mark.db


async def test_findings_come_with_their_place_and_advice_and_an_unknown_language_says_so(halden_stage, tmp_path):
    texts = ["You joined three tables.", "Great culture fit, Ben says."]
    async with browsing(SERVICE, halden_stage, tmp_path) as browser:
        who = browser.headers("interviewer")
        found = await browser.client.post(
            "/lint", json={"language": "en-GB", "texts": texts, "names": ["Ben Okafor"]}, headers=who
        )
        unknown = await browser.client.post("/lint", json={"language": "fi", "texts": texts}, headers=who)
        wrong = await browser.client.post("/lint", json={"language": "en", "texts": "x"}, headers=who)

    assert found.json()["known"] is True
    assert [(f["code"], f["text"], f["found"]) for f in found.json()["findings"]] == [
        ("culture_fit", 1, "culture fit"),
        ("name", 1, "Ben"),
    ]
    assert found.json()["findings"][0]["advice"].startswith("“Fit” says nothing")
    assert unknown.json() == {"known": False, "findings": []}
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")


async def test_all_texts_together_have_a_limit(halden_stage, tmp_path):
    async with browsing(SERVICE, halden_stage, tmp_path) as browser:
        who, fits = browser.headers("interviewer"), ["x" * 5_000] * 4
        taken = await browser.client.post("/lint", json={"language": "en", "texts": fits}, headers=who)
        refused = await browser.client.post("/lint", json={"language": "en", "texts": [*fits, "x"]}, headers=who)

    assert (taken.status_code, refused.status_code) == (200, 422)
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [("/texts", "too-long")]


async def test_others_are_answered_while_it_reads():
    reading = asyncio.create_task(lint_aside(["I felt "], "en"))
    await asyncio.sleep(0)

    assert not reading.done()
    await reading
