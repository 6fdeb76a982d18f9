"""Jobs, matches, the pool, people and search, as everyone sees them: wide and narrow, by day and by night."""

import pytest

from shared.contracts import match_id, membership_id
from tests.console.pool import NEXT, agree, open_next_job
from tests.screens import WIDE, Screen

pytestmark = pytest.mark.db
SCREENS = (Screen(WIDE), Screen(320, dark=True, language="de"))  # the least width of WCAG 1.4.10, and the longest words
LEAST_COLUMNS = Screen(1265, language="de")  # just wide enough for rows with columns beside the menu
IS_SEEN = "head => getComputedStyle(head).position !== 'absolute'"
RUNS_OVER = """() => [...document.querySelectorAll("table.list")].map(table =>
  Math.ceil(table.getBoundingClientRect().right - table.closest(".card").getBoundingClientRect().right))"""


async def test_everyone_can_use_these_pages(front, screens):
    await agree(front.house, "amara", "lukas")
    await open_next_job(front.house)
    pages = {
        "jobs": "/jobs",
        "job": "/jobs/su27-data",
        "application": "/jobs/su27-data?application=a-lukas-su27-data",
        "interviews": "/jobs/su27-data?tab=interviews",
        "round": "/jobs/su27-data?tab=round",
        "matches": f"{NEXT}/matches",
        "match": f"{NEXT}/matches?match={match_id('amara', NEXT.rpartition('/')[2])}",
        "pool": "/pool",
        "member": f"/pool?membership={membership_id('amara', 'data')}",
        "person": "/people/amara",
        "rights": "/people/amara?tab=rights",
        "search": "/search",
    }
    async with (
        front.reader("root", "admin", "recruiter", "auditor") as reader,
        screens(localhost=reader.client) as shown,
    ):
        for name, address in pages.items():
            await shown.show(address, name, *SCREENS)
        for name in ("jobs", "pool", "rights"):
            async with shown.at(pages[name], LEAST_COLUMNS) as page:
                await shown.keep(page, name, LEAST_COLUMNS)
                assert await page.locator("table.list thead").first.evaluate(IS_SEEN)
                assert max(await page.evaluate(RUNS_OVER)) <= 0
