"""A recruiter's week in a browser: by mouse, by keyboard alone, and without script; each page looked at on the way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from playwright.async_api import Page

from cli.demo.story import FIRST_JOB
from tests.console.house import PUBLIC, Front
from tests.screens import NARROW, WIDE, Screen, Screens

pytestmark = [pytest.mark.db, pytest.mark.browser]

LIST = f"/letters?job={FIRST_JOB}"
MENDED = "The daily revenue query was right the first time."


@asynccontextmanager
async def at_the_console(front: Front, screens) -> AsyncIterator[Screens]:
    """Browsers that reach the console, each signed in as Ines."""
    transport = httpx.ASGITransport(front.app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url=PUBLIC)
    async with client, screens(localhost=client) as shown:
        yield shown


async def sign_in(front: Front, page: Page) -> None:
    """What a browser holds after the issuer sent it back."""
    held = await front.sign_in("ines", "recruiter")
    await page.context.add_cookies([{"name": "tl", "value": held, "url": PUBLIC}])


async def waiting(front: Front) -> set[str]:
    """Whose letters of the job still wait for somebody."""
    listed = await front.house.ask("notifications", "GET", f"/letters?state=waiting&job={FIRST_JOB}&limit=100")
    return {one["candidate"] for one in listed["items"]}


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
async def test_all_letters_but_one_by_mouse(front, screens, script):
    """Ten clicks, as docs/console.md counts them."""
    async with at_the_console(front, screens) as shown:
        screen = Screen(WIDE, script=script)
        async with shown.at("about:blank", screen) as page:
            await sign_in(front, page)
            await page.goto(f"{PUBLIC}/")
            await shown.look(page, "week-today", screen)
            await page.get_by_role("link", name="Data Analyst Intern, Summer 2027").first.click()
            await page.get_by_role("button", name="Release all 7 that are ready").click()
            await page.get_by_text("7 letters are released.").wait_for()
            await shown.look(page, "week-released", screen)
            await page.get_by_text("Take some of them back").click()
            for name in ("Amara Nwosu", "Mei Tanaka"):
                await page.get_by_role("status").get_by_label(name).check()
            await page.get_by_role("button", name="Take these back").click()
            await page.get_by_text("2 letters are taken back and wait again.").wait_for()
            await page.get_by_role("link", name="Lukas Brandt").click()
            await page.get_by_role("link", name="Rewrite").click()
            await page.get_by_label("What was seen").first.fill(MENDED)
            await shown.look(page, "week-rewriting", screen)
            await page.get_by_role("button", name="Keep and release").click()
            await page.get_by_text("1 letter is released.").wait_for()

    assert await waiting(front) == {"amara", "mei"}


async def test_all_letters_but_one_by_keyboard(front, screens):
    async with at_the_console(front, screens) as shown:
        screen = Screen(WIDE)
        async with shown.at("about:blank", screen) as page:
            await sign_in(front, page)
            await page.goto(PUBLIC + LIST)
            await tab_to(page, "Lukas Brandt")
            await page.keyboard.press("j")  # to the next row
            await page.keyboard.press("x")
            assert await page.get_by_text("1 of 8 on this page are selected").is_visible()
            await page.keyboard.press("a")
            await page.get_by_text("released.").first.wait_for()
            is_told = await page.evaluate("document.activeElement.hasAttribute('data-result')")
            await page.keyboard.press("Tab")
            await page.keyboard.press("Enter")  # take back
            await page.get_by_text("taken back and waits again.").wait_for()

    assert is_told, "after an act the result has the focus"
    assert len(await waiting(front)) == 8


async def test_pages_on_a_phone_and_in_the_dark(front, screens):
    async with at_the_console(front, screens) as shown:
        for screen in (Screen(NARROW), Screen(NARROW, dark=True), Screen(WIDE, dark=True)):
            async with shown.at("about:blank", screen) as page:
                await sign_in(front, page)
                for address in ("/", LIST, "/waiting", "/tasks", "/styleguide"):
                    await page.goto(PUBLIC + address)
                    await shown.look(page, f"console{address.partition('?')[0].replace('/', '-')}", screen)


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element of this name has the focus."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if (await page.evaluate("document.activeElement.textContent")).strip() == name:
            return
    raise AssertionError(f"{name} is not reached by Tab")
