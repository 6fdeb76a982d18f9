"""Pages as people see them: in the system's Chromium, which asks the app itself, with and without script."""

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, Route, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NARROW, WIDE = 360, 1280
PATIENCE = 120_000  # milliseconds, for a machine that is busy
AT_REST = """for (const moving of document.getAnimations())
    if (moving.effect.getComputedTiming().endTime !== Infinity) moving.finish()"""  # half faded in is no colour
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Screen(NamedTuple):
    """How somebody looks: `language` is their browser's."""

    width: int = NARROW
    script: bool = True
    dark: bool = False
    language: str = "en"

    def __str__(self) -> str:
        marks = [str(self.width), self.language, *(["dark"] if self.dark else []), *([] if self.script else ["plain"])]
        return "-".join(marks)


class Screens:
    """One Chromium, and what it is shown."""

    def __init__(self, chromium: Chromium, hosts: Mapping[str, httpx.AsyncClient], folder: Path) -> None:
        self.chromium = chromium
        self.hosts = hosts
        self.folder = folder

    @asynccontextmanager
    async def at(self, address: str, screen: Screen) -> AsyncIterator[Page]:
        """Somebody opens an address. Nothing may be refused by the page's own policy."""
        context = await self.chromium.new_context(
            viewport={"width": screen.width, "height": 800},
            java_script_enabled=screen.script,
            color_scheme="dark" if screen.dark else "light",
            locale=screen.language,
        )
        said: list[str] = []
        context.set_default_timeout(PATIENCE)
        await context.route("**/*", self._answer)
        page = await context.new_page()
        page.on("console", lambda message: said.append(message.text))
        await page.goto(address if ":" in address else f"http://localhost{address}")
        yield page
        await context.close()
        assert [text for text in said if "Content Security Policy" in text] == []

    async def show(self, address: str, name: str, *screens: Screen) -> None:
        """Open an address on some screens, and look."""
        for screen in screens:
            async with self.at(address, screen) as page:
                await self.look(page, name, screen)

    async def look(self, page: Page, name: str, screen: Screen, *, is_mail: bool = False) -> None:
        """Keep a picture; axe finds nothing.

        A mail has no landmarks and first heading of its own: the program that shows it has.
        """
        await self.keep(page, name, screen)
        options = {"runOnly": WCAG} if is_mail else None
        if screen.script:
            await page.evaluate(AT_REST)
            found = await Axe().run(page, options=options)
        else:  # axe is a script itself: it sees the same page elsewhere
            async with self.at("about:blank", screen._replace(script=True)) as other:
                await other.set_content(await page.content())
                found = await Axe().run(other, options=options)
        assert found.violations_count == 0, f"{name} at {screen}: {found.generate_report()}"

    async def keep(self, page: Page, name: str, screen: Screen) -> None:
        """Keep a picture of the whole page: nothing runs over its edge."""
        await page.screenshot(path=self.folder / f"{name}-{screen}.png", full_page=True)
        over = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{name} at {screen} runs {over} pixels over the edge"

    async def _answer(self, route: Route) -> None:
        """What the app answers, or a file holds, without any network."""
        sent = route.request
        if sent.url.startswith("file:"):
            await route.continue_()
            return
        client = self.hosts.get(urlsplit(sent.url).hostname or "")
        if client is None:
            await route.abort()
            return
        given = await client.request(
            sent.method, sent.url, content=sent.post_data_buffer, headers=await sent.all_headers()
        )
        await route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.content)


@asynccontextmanager
async def looking(folder: Path, **hosts: httpx.AsyncClient) -> AsyncIterator[Screens]:
    """A browser to look with. `localhost`, or another host of one word, is answered by its app.

    Pictures go to `folder`, or to where TALENTLOOP_SCREENSHOTS says.
    """
    kept = Path(os.environ.get("TALENTLOOP_SCREENSHOTS") or folder)
    kept.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nobody else waits here
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM)
        yield Screens(chromium, {name.replace("_", "."): client for name, client in hosts.items()}, kept)
        await chromium.close()
