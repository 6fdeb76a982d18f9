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
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, CDPSession, Page, Route, async_playwright

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
    *("--in-process-gpu", "--js-flags=--no-opt,--no-maglev"),  # nobody looks long enough for either to be worth it
)
_DRAWN = "new Promise(said => requestAnimationFrame(() => requestAnimationFrame(() => said('axe' in window))))"
_FOUND = "options => axe.run(options).then(({violations}) => ({violations}))"
NOWHERE = "http://localhost/"
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


class Window(NamedTuple):
    """A page, and what makes it another screen."""

    page: Page
    tools: CDPSession

    async def become(self, screen: Screen, agent: str) -> None:
        """Look as somebody does."""
        await self.page.bring_to_front()
        await self.page.set_viewport_size({"width": screen.width, "height": 800})
        await self.page.emulate_media(color_scheme="dark" if screen.dark else "light")
        await self.tools.send("Emulation.setScriptExecutionDisabled", {"value": not screen.script})
        await self.tools.send("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": screen.language})

    async def forget(self) -> None:
        """Nothing of where it was is left."""
        await self.tools.send("Emulation.setScriptExecutionDisabled", {"value": False})
        await self.page.goto(NOWHERE)
        await self.page.evaluate("localStorage.clear(); sessionStorage.clear()")


class Windows:
    """The windows of a run: a new one takes much of a second, and reads every script for the first time."""

    def __init__(self, chromium: Chromium) -> None:
        self.chromium = chromium
        self.hosts: Mapping[str, httpx.AsyncClient] = {}
        self.said: list[str] = []
        self._context: BrowserContext | None = None
        self._agent = ""
        self._first: Window | None = None
        self._idle: list[Window] = []

    @asynccontextmanager
    async def open(self, screen: Screen) -> AsyncIterator[Page]:
        """One of them, as this screen."""
        window = self._idle.pop() if self._idle else await self._new()
        await window.become(screen, self._agent)
        if window is self._first:  # it may be said once, for all that are open
            await window.tools.send("Emulation.setLocaleOverride", {"locale": screen.language})
        yield window.page
        self._idle.append(window)

    @asynccontextmanager
    async def answered_by(self, hosts: Mapping[str, httpx.AsyncClient]) -> AsyncIterator[None]:
        """Nothing is kept from one test to the next: no page, cookie or file, and after a failure no window."""
        assert not self.hosts, "one test at a time looks at pages"
        self.hosts = hosts
        try:
            yield
        except BaseException:
            await self.close()
            raise
        finally:
            self.hosts = {}
            self.said.clear()
        for window in self._idle:
            await window.forget()
        if self._context:
            await self._context.clear_cookies()

    async def close(self) -> None:
        """Close all of them."""
        if self._context:
            await self._context.close()
        self._context = self._first = None
        self._idle.clear()

    async def _new(self) -> Window:
        if self._context is None:
            self._context = await self.chromium.new_context()
            self._context.set_default_timeout(PATIENCE)
            await self._context.route("**/*", self._answer)
        page = await self._context.new_page()
        page.on("console", lambda message: self.said.append(message.text))
        tools = await self._context.new_cdp_session(page)
        self._agent = (await tools.send("Browser.getVersion"))["userAgent"]
        window = Window(page, tools)
        self._first = self._first or window
        return window

    async def _answer(self, route: Route) -> None:
        """What the app answers, or a file holds, without any network."""
        sent = route.request
        if sent.url.startswith("file:"):
            await route.continue_()
            return
        client = self.hosts.get(urlsplit(sent.url).hostname or "")
        if client is None:
            await (route.fulfill(body="") if sent.url == NOWHERE else route.abort())
            return
        given = await client.request(
            sent.method, sent.url, content=sent.post_data_buffer, headers=await sent.all_headers()
        )
        await route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.content)


class Screens:
    """What Chromium shows of the apps of one test."""

    def __init__(self, windows: Windows, pictures: Path | None) -> None:
        self.windows = windows
        self.pictures = pictures
        self._open: set[Screen] = set()

    @asynccontextmanager
    async def at(self, address: str, screen: Screen) -> AsyncIterator[Page]:
        """Somebody opens an address. Nothing may be refused by the page's own policy."""
        assert screen not in self._open, "one page at a time on a screen"
        self._open.add(screen)
        async with self.windows.open(screen) as page:
            await page.goto(address if ":" in address else f"http://localhost{address}")
            yield page
        self._open.remove(screen)
        refused = [text for text in self.windows.said if "Content Security Policy" in text]
        assert not refused, refused

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
            await page.screenshot(path=self.pictures / f"{name}-{screen}.png", full_page=True, caret="initial")
        over = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{name} at {screen} runs {over} pixels over the edge"


async def is_seen_at_once(page: Page, button: str) -> bool:
    """Whether somebody who followed a link sees what to press without scrolling."""
    box, screen = await page.locator(button).bounding_box(), page.viewport_size
    return bool(box and screen and box["y"] >= 0 and box["y"] + box["height"] <= screen["height"])


async def _ask_axe(page: Page, options: dict[str, Any]) -> AxeResults:
    """Ask when the page is drawn, which a window behind another hardly ever is.

    Half a megabyte of script goes to it only once, whatever is written into it later, and only what axe found comes
    back: what it looked at is as much again.
    """
    await page.bring_to_front()
    if not await page.evaluate(_DRAWN):
        await page.evaluate(AXE_SCRIPT)
    return AxeResults(await page.evaluate(_FOUND, options))


@asynccontextmanager
async def looking(windows: Windows, **hosts: httpx.AsyncClient) -> AsyncIterator[Screens]:
    """These windows, for one test.

    `localhost`, or another host of one word, is answered by its app. Pictures go to where TALENTLOOP_SCREENSHOTS says.
    """
    wanted = os.environ.get("TALENTLOOP_SCREENSHOTS")
    async with windows.answered_by({name.replace("_", "."): client for name, client in hosts.items()}):
        yield Screens(windows, Path(wanted) if wanted else None)


@asynccontextmanager
async def windows_of(chromium: str) -> AsyncIterator[Windows]:
    """Windows in the Chromium at this address."""
    async with async_playwright() as playwright:
        connected = await playwright.chromium.connect_over_cdp(chromium)
        windows = Windows(connected)
        yield windows
        await windows.close()
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
