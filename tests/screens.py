"""Pages as people see them: in the system's Chromium, which asks the app itself, with and without script."""

import os
import shutil
import signal
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
from axe_playwright_python.async_playwright import Axe
from axe_playwright_python.base import AxeResults
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, Route, async_playwright

from local import children

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NARROW, WIDE = 360, 1280
PATIENCE = 120_000  # milliseconds, for a machine that is busy
AT_REST = """for (const moving of document.getAnimations())
    if (moving.effect.getComputedTiming().endTime !== Infinity) moving.finish()"""  # half faded in is no colour
# Only what is asked for works: no profile is kept, no page of before, nothing in the background.
_SWITCHES = (
    *("--headless", "--no-sandbox", "--remote-debugging-port=0", "--no-first-run", "--no-startup-window"),
    *("--disable-back-forward-cache", "--disable-background-networking", "--disable-background-timer-throttling"),
    *("--disable-breakpad", "--disable-component-update", "--disable-default-apps", "--disable-dev-shm-usage"),
    *("--disable-extensions", "--disable-field-trial-config", "--disable-renderer-backgrounding", "--disable-sync"),
    *("--disable-stack-profiler", "--hide-scrollbars", "--metrics-recording-only", "--mute-audio"),
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",  # a mouse
    *("--password-store=basic", "--disable-features=SpareRendererForSitePerProcess,OptimizationHints,Translate"),
)
_DRAWN = "new Promise(said => requestAnimationFrame(() => requestAnimationFrame(() => said('axe' in window))))"
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
    """What Chromium is shown: one window for each screen, since opening one costs more than a page."""

    def __init__(self, chromium: Chromium, hosts: Mapping[str, httpx.AsyncClient], pictures: Path | None) -> None:
        self.chromium = chromium
        self.hosts = hosts
        self.pictures = pictures
        self._windows: dict[Screen, Page] = {}
        self._open: set[Screen] = set()
        self._said: list[str] = []

    @asynccontextmanager
    async def at(self, address: str, screen: Screen) -> AsyncIterator[Page]:
        """Somebody opens an address. Nothing may be refused by the page's own policy."""
        assert screen not in self._open, "one page at a time on a screen"
        page = self._windows.get(screen) or await self._window(screen)
        self._open.add(screen)
        await page.goto(address if ":" in address else f"http://localhost{address}")
        yield page
        self._open.remove(screen)
        assert [text for text in self._said if "Content Security Policy" in text] == []

    async def _window(self, screen: Screen) -> Page:
        context = await self.chromium.new_context(
            viewport={"width": screen.width, "height": 800},
            java_script_enabled=screen.script,
            color_scheme="dark" if screen.dark else "light",
            locale=screen.language,
        )
        context.set_default_timeout(PATIENCE)
        await context.route("**/*", self._answer)
        page = self._windows[screen] = await context.new_page()
        page.on("console", lambda message: self._said.append(message.text))
        return page

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
        options = {"resultTypes": ["violations"], **({"runOnly": WCAG} if is_mail else {})}
        if screen.script:
            await page.evaluate(AT_REST)
            found = await _ask_axe(page, options)
        else:  # axe is a script itself: it sees the same page elsewhere
            async with self.at("about:blank", screen._replace(script=True)) as other:
                await other.set_content(await page.content())
                found = await _ask_axe(other, options)
        assert found.violations_count == 0, f"{name} at {screen}: {found.generate_report()}"

    async def keep(self, page: Page, name: str, screen: Screen) -> None:
        """Keep a picture of the whole page where somebody wants one: nothing runs over its edge."""
        if self.pictures:
            await page.screenshot(path=self.pictures / f"{name}-{screen}.png", full_page=True)
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


async def _ask_axe(page: Page, options: dict[str, Any]) -> AxeResults:
    """Ask when the page is drawn. Half a megabyte of script goes to it only once, whatever is written into it later."""
    is_there = await page.evaluate(_DRAWN)
    return await (Axe("0") if is_there else Axe()).run(page, options=options)


@asynccontextmanager
async def looking(chromium: str, **hosts: httpx.AsyncClient) -> AsyncIterator[Screens]:
    """Windows of their own in the Chromium at this address.

    `localhost`, or another host of one word, is answered by its app. Pictures go to where TALENTLOOP_SCREENSHOTS says.
    """
    wanted = os.environ.get("TALENTLOOP_SCREENSHOTS")
    async with async_playwright() as playwright:
        connected = await playwright.chromium.connect_over_cdp(chromium)
        apps = {name.replace("_", "."): client for name, client in hosts.items()}
        yield Screens(connected, apps, Path(wanted) if wanted else None)
        await connected.close()


@contextmanager
def running_chromium(home: Path) -> Iterator[str]:
    """One Chromium, and where it listens."""
    profile = home / "chromium"
    profile.mkdir(parents=True)
    listens = profile / "DevToolsActivePort"

    def answers() -> bool:
        return listens.exists() and listens.read_text().count("\n") == 1

    process = children.launch(home, "chromium", [str(CHROMIUM), *_SWITCHES, f"--user-data-dir={profile}"])
    try:
        children.wait_until(answers, process, children.log_of(home, "chromium"), seconds=60)
        port, path = listens.read_text().split()
        yield f"ws://127.0.0.1:{port}{path}"
    finally:
        children.stop(process, how=signal.SIGTERM, seconds=10)
