"""The report of a round as people see it: one sheet of paper in every language; on screens everyone can use it."""

import re
from collections.abc import AsyncIterator
from functools import cache, partial

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from services.insights.api.rendering import render_report
from shared.web.pages import Pages
from shared.web.translation import LANGUAGES
from tests.insights import reports
from tests.screens import WIDE, Screen, Screens

REPORTS = {  # reckoned when one is looked at
    "halden": cache(reports.of_halden),
    "long": cache(partial(reports.of_very_many, 6)),
    "very-many": cache(reports.of_very_many),
    "competencies": cache(reports.of_very_many_competencies),
}


def app_of_pages() -> FastAPI:
    """Pages of reports that are rendered already, as any server answers them."""
    app = FastAPI()

    @app.get("/{name}/{language}")
    async def show(name: str, language: str) -> HTMLResponse:
        page = render_report(REPORTS[name](), language, "https://console.example")
        page.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        return page

    @app.get("/charts")
    async def show_charts() -> HTMLResponse:
        return Pages("tests.insights").show("every_chart.html")

    return app


@pytest.fixture
async def shown(screens) -> AsyncIterator[Screens]:
    transport = httpx.ASGITransport(app_of_pages())
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
        screens(localhost=client) as chromium,
    ):
        yield chromium


async def test_it_prints_to_one_sheet_in_every_language_and_everyone_can_read_it(shown):
    async with shown.at("/halden/en", Screen()) as page:
        for name in REPORTS:
            for language in LANGUAGES:
                await page.goto(f"http://localhost/{name}/{language}")
                paper = await page.pdf(prefer_css_page_size=True)
                assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1, f"{name} in {language}"
                assert re.search(rb"/MediaBox \[0 0 59[45][.0-9]* 84[12][.0-9]*\]", paper), "not A4"
    await shown.show("/halden/en", "report", Screen(WIDE), Screen(dark=True))
    await shown.show("/very-many/de", "report-many", Screen())


async def test_every_chart_says_in_words_what_it_shows(shown):
    async with shown.at("/charts", Screen()) as page:
        await shown.look(page, "charts", Screen())
        charts = page.get_by_role("img")
        assert await charts.count() == 5
        for chart in await charts.all():
            assert await chart.locator("desc").text_content()
        assert await page.get_by_role("table").count() == 5
