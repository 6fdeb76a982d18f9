"""The reference site: what is on it, that nothing in it leads nowhere or elsewhere, and how it looks."""

import re
from pathlib import Path

import pytest

from reference.build import ROOT, SiteBroken, build, pages_of_site
from shared.contracts import EVENTS
from tests.screens import NARROW, WIDE, Screen

LOADED = re.compile(r"<(?:script|link|img|iframe|source|object)\b[^>]*?\s(?:src|href|data)=\"?([^\"\s>]+)")
LOOKED_AT = {"index.html": Screen(WIDE), "events/feedback-submitted.html": Screen(NARROW, dark=True)}
ROUTES = "routes/interviews/jobs.html"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("reference") / "site"
    build(folder, pages_of_site())
    return folder


def test_every_page_of_docs_every_event_and_every_subject_is_there(site):
    docs = [path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")]
    wanted = {str(path).replace("README", "index") for path in docs}
    wanted |= {f"events/{event.topic}.html" for event in EVENTS}
    wanted |= {ROUTES, "routes/candidates/candidates-page.html", "routes/notifications/links-in-mails.html"}

    assert wanted <= {str(path.relative_to(site)) for path in site.rglob("*.html")}
    assert "feedback-submitted" in (site / "events" / "index.html").read_text()


def test_no_page_loads_anything_from_elsewhere(site):
    loaded = {address for page in site.rglob("*.html") for address in LOADED.findall(page.read_text())}
    styles = [address for sheet in site.rglob("*.css") for address in re.findall(r"url\(([^)]+)", sheet.read_text())]

    assert len(loaded) > 5
    assert [address for address in [*loaded, *styles] if re.match(r"[\"']?(https?:)?//", address)] == []


def test_a_link_that_leads_nowhere_fails_the_build(tmp_path):
    with pytest.raises(SiteBroken) as broken:
        build(tmp_path / "site", {"index.md": "# Start\n\n[gone](gone.md)\n\n[no heading](index.md#gone)\n"})

    assert "page does not exist" in str(broken.value)
    assert "anchor does not exist" in str(broken.value)
    assert "index.md:3:" in str(broken.value)
    assert "index.md:5:" in str(broken.value)
    assert not (tmp_path / "site").exists()


async def test_it_is_read_from_its_folder_light_and_dark_narrow_and_wide(site, screens):
    async with screens() as chromium:
        for page, screen in LOOKED_AT.items():
            await chromium.show(f"file://{site / page}", page.replace("/", "-"), screen)


async def test_its_search_finds_without_a_server(site, screens):
    asked: list[str] = []
    async with screens() as chromium, chromium.at(f"file://{site / ROUTES}", Screen(WIDE)) as page:
        page.on("request", lambda request: asked.append(request.url))
        await page.keyboard.press("Control+k")
        await page.get_by_placeholder("Search").fill("feedback-withdrawn")
        await page.get_by_role("option", name="feedback-withdrawn").first.click()
        await page.wait_for_url("**/events/feedback-withdrawn.html*")
        await chromium.keep(page, "found", Screen(WIDE))

        assert asked
        assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
