"""A recruiter's week in Chromium: by mouse, by keyboard alone, and without script; as many clicks as are promised.

All but Lukas are released, two are taken back, Lukas is rewritten with the lint beside; everybody of a closed job is
decided after a look at what they will be told. Every page on the way is looked at by axe, light and dark.
"""

import pytest
from playwright.async_api import Locator, Page

from tests.console.test_letters import LIST, states
from tests.console.test_waiting import close_the_other_job
from tests.screens import NARROW, WIDE, Screen, Screens

pytestmark = [pytest.mark.db, pytest.mark.browser]

LETTERS_CLICKS, DECIDING_CLICKS = 10, 3  # as docs/console.md has them
MOST_TABS = 120


class Mouse:
    """Somebody who clicks and types."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    async def press(self, wanted: Locator) -> None:
        """One click."""
        self.clicks += 1
        await wanted.click()

    async def write(self, field: Locator, words: str) -> None:
        """What stands there is replaced."""
        await field.fill(words)


class Keyboard(Mouse):
    """Somebody who has no mouse: from field to field with Tab, and Enter or Space there."""

    async def press(self, wanted: Locator) -> None:
        """Go there and press."""
        self.clicks += 1
        await self.go_to(wanted)
        is_box = await wanted.evaluate("one => one.type === 'checkbox' || one.tagName === 'SUMMARY'")
        await self.page.keyboard.press("Space" if is_box else "Enter")

    async def write(self, field: Locator, words: str) -> None:
        """What stands there is replaced."""
        await self.go_to(field)
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.insert_text(words)

    async def go_to(self, wanted: Locator) -> None:
        """Tab until it has the focus."""
        await wanted.wait_for(state="attached")
        for _ in range(MOST_TABS):
            if await wanted.evaluate("one => one === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError("Tab does not lead there")


async def looked_at(shown: Screens, page: Page, name: str, screen: Screen) -> None:
    """By axe, light and dark; a page without script has the same markup."""
    for dark in (False, True) if screen.script else (False,):
        await page.emulate_media(color_scheme="dark" if dark else "light")
        await (shown.look if screen.script else shown.keep)(page, name, screen._replace(dark=dark))


async def release_the_letters(shown: Screens, hand: Mouse, screen: Screen) -> None:
    page = hand.page
    await hand.press(page.get_by_role("link", name="Data Analyst Intern, Summer 2027").first)
    await page.get_by_role("heading", name="Letters", exact=True).wait_for()
    await looked_at(shown, page, "letters", screen)
    await hand.press(page.get_by_role("button", name="Release all 7 that are ready"))
    await page.get_by_text("7 letters are released.").wait_for()
    await hand.press(page.get_by_text("Take some of them back"))
    await looked_at(shown, page, "letters-released", screen)
    for name in ("Amara Nwosu", "Mei Tanaka"):
        await hand.press(page.get_by_role("checkbox", name=name, exact=True))
    await hand.press(page.get_by_role("button", name="Take these back"))
    await page.get_by_text("2 letters are taken back and wait again.").wait_for()
    await hand.press(page.get_by_role("link", name="Lukas Brandt"))
    await page.get_by_role("heading", name="Lukas Brandt").wait_for()
    await looked_at(shown, page, "letter", screen)
    await hand.press(page.get_by_role("link", name="Rewrite"))
    await hand.press(page.get_by_role("button", name="Check words"))
    await page.get_by_text("3 places have to be rewritten. Nothing is kept yet.").wait_for()
    await looked_at(shown, page, "letter-checked", screen)
    await hand.write(page.get_by_label("What was seen").first, "The daily revenue query was right the first time.")
    if screen.script:  # the lint looks while one writes, and moves nobody
        await page.locator("#advice-observed-0 mark").first.wait_for(state="detached")
        assert await page.evaluate("document.activeElement.id") == "observed-0"
    await hand.press(page.get_by_role("button", name="Keep and release"))
    await page.get_by_text("1 letter is released.").wait_for()


async def decide_everybody(shown: Screens, hand: Mouse, screen: Screen) -> None:
    page = hand.page
    await hand.press(page.get_by_role("link", name="Who waits").first)
    await page.get_by_role("heading", name="Who waits", exact=True).wait_for()
    await looked_at(shown, page, "waiting", screen)
    closed = page.get_by_role("region", name="Closed jobs with people nobody decided about")
    await hand.press(closed.get_by_role("link"))
    await page.get_by_role("button", name="Decide about 1 person").wait_for()
    await looked_at(shown, page, "deciding", screen)
    await hand.press(page.get_by_role("button", name="Decide about 1 person"))
    await page.get_by_text("1 person is decided about: not selected.").wait_for()


@pytest.mark.parametrize(
    ("way", "screen"),
    [(Mouse, Screen()), (Keyboard, Screen(WIDE)), (Mouse, Screen(script=False))],
    ids=["mouse", "keyboard", "without script"],
)
async def test_a_week_takes_so_many_clicks(front, screens, way: type[Mouse], screen: Screen):
    async with front.reader("ines", "recruiter") as ines, screens(localhost=ines.client) as shown:
        async with shown.at("/", screen) as page:
            letters = way(page)
            await release_the_letters(shown, letters, screen)
        left = await states(front)
        await close_the_other_job(front)
        async with shown.at("/", screen) as page:
            deciding = way(page)
            await decide_everybody(shown, deciding, screen)

    assert {who for who, state in left.items() if state == "waiting"} == {"amara", "mei"}
    assert (letters.clicks, deciding.clicks) == (LETTERS_CLICKS, DECIDING_CLICKS)


async def test_keys_choose_release_and_take_back_in_a_list(front, screens):
    async with (
        front.reader("ines", "recruiter") as ines,
        screens(localhost=ines.client) as shown,
        shown.at(LIST, Screen(WIDE)) as page,
    ):
        await Keyboard(page).go_to(page.get_by_role("link", name="Lukas Brandt"))
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
    assert [*(await states(front)).values()] == ["waiting"] * 8


async def test_other_pages_on_a_phone_and_in_the_dark(front, screens):
    async with front.reader("ines", "recruiter") as ines, screens(localhost=ines.client) as shown:
        for address in ("/", "/tasks", "/styleguide"):
            await shown.show(
                address, f"console-{address[1:] or 'today'}", *(Screen(w, dark=True) for w in (NARROW, WIDE))
            )
