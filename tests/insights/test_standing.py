"""How a page stands to what was said of its round for good: people left since, or the job was opened again."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.insights.main import SERVICE
from shared.contracts import CandidateErased, JobClosed, JobOpened
from shared.web.translation import LANGUAGES
from tests.browser import Browser, browsing
from tests.candidates.sentences import closed, feedback, opened
from tests.heard import Heard
from tests.insights.halden import NOW
from tests.insights.test_telling import EIGHT, FINAL, HOUR, a_round, tallied
from tests.stage import Stage

pytestmark = pytest.mark.db

LATER = NOW + FINAL + timedelta(days=2)
ROUND = "/rounds/su27"


@pytest.fixture
async def browser(stage, tmp_path) -> AsyncIterator[Browser]:
    async with browsing(SERVICE, stage, tmp_path) as somebody:
        await stage.deliver(*a_round(*EIGHT))
        yield somebody


async def page(browser: Browser, path: str, role: str, language: str = "en"):
    headers = browser.headers(role, organization="acme") | {"Accept-Language": language}
    answer = await browser.client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.json() if "json" in answer.headers["content-type"] else answer.text


async def reopen(stage: Stage) -> None:
    await stage.move(LATER)
    again = JobOpened.model_validate(opened().model_dump() | {"opened_at": LATER})
    await stage.deliver(Heard(again, at=LATER, id="reopened"))


async def test_a_job_that_was_opened_again_says_of_which_time_its_figures_are(browser, stage):
    await stage.move(NOW + HOUR)
    await stage.move(NOW + FINAL)
    before = [await page(browser, ROUND, role) for role in ("recruiter", "analyst")]
    await reopen(stage)
    await stage.deliver(Heard(feedback("p1", "no", 1, rated={"sql": 1}), at=LATER, id="late"))

    notes = {role: [(await page(browser, ROUND, role, language))["note"] for language in LANGUAGES] for role in
             ("recruiter", "analyst")}  # fmt: skip
    sheets = [await page(browser, f"{ROUND}/report", role) for role in ("recruiter", "analyst")]

    assert [shown["note"] for shown in before] == [None, None]
    assert notes["recruiter"][0].startswith(
        "The job was opened again since its figures were said for good on 1 Mar 2027"
    )
    assert notes["analyst"][0].startswith("The job was opened again: these are the figures as they were said for good")
    assert len({*notes["recruiter"], *notes["analyst"]}) == 2 * len(LANGUAGES)
    assert "here it is as it stands now" in sheets[0]
    assert "before that." in sheets[1]
    assert "open since" in sheets[0]

    await stage.move(LATER + HOUR)
    told = JobClosed.model_validate(closed().model_dump() | {"closed_at": LATER + HOUR})
    await stage.deliver(Heard(told, at=LATER + HOUR, id="closed-again"))
    assert (await page(browser, ROUND, "recruiter"))["note"] == notes["recruiter"][0], "it is another end"


async def test_analysts_are_told_when_a_round_was_told_for_good(browser, stage):
    await stage.move(NOW + HOUR)
    early = await page(browser, f"{ROUND}/report", "analyst")
    await stage.move(NOW + FINAL)

    assert "said for good" not in early
    assert "These figures were said for good on 1 Mar 2027." in await page(browser, f"{ROUND}/report", "analyst")


async def test_who_came_late_hides_no_erasure(browser, stage):
    """What was told had eight people; a ninth came, and one of the nine left: there are eight again."""
    await stage.move(NOW + HOUR)
    await stage.deliver(*a_round("late")[2:])
    erased = Heard(CandidateErased(candidate="p3", erased_at=NOW + HOUR), at=NOW + HOUR)
    await stage.deliver(erased, Heard(tallied("p3"), at=NOW + HOUR))

    shown = await page(browser, ROUND, "recruiter")
    sheet = await page(browser, f"{ROUND}/report", "recruiter")

    assert (shown["people"], shown["note"][:22]) == (8, "People have left since")
    assert "People have left since: these are the figures as summed up on 31 Dec 2026." in sheet


async def test_every_figure_says_from_how_many_on_it_has_a_value(browser):
    figures = (await page(browser, ROUND, "recruiter"))["figures"]

    assert {(f["code"], f["floor"]) for f in figures} >= {("met", 5), ("alpha", 30), ("withdrew", 8), ("wasted", 0)}
