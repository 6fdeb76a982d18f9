"""Insights, feedback, settings, operations, mentors and campaigns, as everyone sees them."""

import pytest

from tests.screens import WIDE, Screen

pytestmark = pytest.mark.db
SCREENS = (Screen(WIDE), Screen(320, dark=True, language="de"))  # the least width of WCAG 1.4.10, and the longest words
PAGES = {
    "insights": "/insights",
    "rounds": "/insights/rounds",
    "round": "/insights/rounds/su27-data",
    "growth": "/insights/growth",
    "survey": "/insights/survey",
    "mine": "/insights/mine",
    "feedback": "/feedback?interview=i-hanna-ben",
    "settings": "/settings",
    "operations": "/operations",
    "mentors": "/mentorships?candidate=amara",
    "campaigns": "/campaigns?competency=sql",
    "news": "/news",
}


async def test_everyone_can_use_these_pages(front, screens):
    async with (
        front.reader("ben", "admin", "recruiter", "interviewer") as reader,
        screens(localhost=reader.client) as shown,
    ):
        for name, address in PAGES.items():
            await shown.show(address, name, *SCREENS)
