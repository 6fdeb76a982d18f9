"""A recruiter's week in Chromium, by mouse on a phone, by keyboard alone and without script, in the promised clicks.

On Friday all but Lukas are released, two are taken back, Lukas is rewritten with the lint beside; everybody of a closed
job is decided after a look at what they will be told. Those pages are looked at by axe on the way, light and dark. The
acts of Monday are in `tests/console/week.py`.
"""

import pytest
from playwright.async_api import Page

from tests.console.hands import Keyboard, Mouse
from tests.console.test_letters import LIST, states
from tests.console.test_waiting import close_the_other_job
from tests.console.week import MONDAY, TAKE_BACK, on_monday
from tests.screens import NARROW, WIDE, Screen, Screens

pytestmark = pytest.mark.db

LETTERS_CLICKS, DECIDING_CLICKS = 10, 3  # as docs/console.md has them
three_ways = pytest.mark.parametrize(
    ("way", "screen"),
    [(Mouse, Screen()), (Keyboard, Screen(WIDE)), (Mouse, Screen(script=False))],
    ids=["mouse", "keyboard", "without script"],
)


def is_narrow(screen: Screen) -> bool:
    """The menu is folded up: a page of it is one click further."""
    return screen.width == NARROW


async def looked_at(shown: Screens, page: Page, name: str, screen: Screen) -> None:
    """By axe, light and dark; a page without script has the same markup."""
    for dark in (False, True) if screen.script else (False,):
        await page.emulate_media(color_scheme="dark" if dark else "light")
        await (shown.look if screen.script else shown.keep)(page, name, screen._replace(dark=dark))


async def release_the_letters(shown: Screens, hand: Mouse, screen: Screen) -> None:
    page = hand.page
    await hand.link("Data Analyst Intern, Summer 2027")
    await page.get_by_role("heading", name="Letters", exact=True).wait_for()
    await looked_at(shown, page, "letters", screen)
    await hand.button("Release all 7 that are ready")
    await hand.hear("7 letters are released.")
    await hand.unfold("Take some of them back")
    await looked_at(shown, page, "letters-released", screen)
    for name in ("Amara Nwosu", "Mei Tanaka"):
        await hand.box(name)
    await hand.button("Take these back")
    await hand.hear("2 letters are taken back and wait again.")
    await hand.link("Lukas Brandt")
    await page.get_by_role("heading", name="Lukas Brandt").wait_for()
    await looked_at(shown, page, "letter", screen)
    await hand.link("Rewrite")
    await hand.button("Check words")
    await hand.hear("3 places have to be rewritten. Nothing is kept yet.")
    await looked_at(shown, page, "letter-checked", screen)
    await hand.write("What was seen", "The daily revenue query was right the first time.")
    if screen.script:  # the lint looks while one writes, and moves nobody
        await page.locator("#advice-observed-0 mark").first.wait_for(state="detached")
        assert await page.evaluate("document.activeElement.id") == "observed-0"
    await hand.button("Keep and release")
    await hand.hear("1 letter is released.", TAKE_BACK)


async def decide_everybody(shown: Screens, hand: Mouse, screen: Screen) -> None:
    page = hand.page
    await hand.go("Who waits")
    await page.get_by_role("heading", name="Who waits", exact=True).wait_for()
    await looked_at(shown, page, "waiting", screen)
    closed = page.get_by_role("region", name="Closed jobs with people nobody decided about")
    await hand.press(closed.get_by_role("link"))
    await page.get_by_role("button", name="Decide about 1 person").wait_for()
    await looked_at(shown, page, "deciding", screen)
    await hand.button("Decide about 1 person")
    await hand.hear("1 person is decided about: not selected.")


@three_ways
async def test_friday_takes_so_many_clicks(front, screens, way: type[Mouse], screen: Screen):
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
    assert (letters.clicks, deciding.clicks) == (LETTERS_CLICKS, DECIDING_CLICKS + is_narrow(screen))


@three_ways
async def test_monday_takes_so_many_clicks(front, screens, way: type[Mouse], screen: Screen):
    await on_monday(front)
    clicks = {}
    for who, roles in {"ines": ("recruiter", "admin"), "ben": ("interviewer",)}.items():
        async with (
            front.reader(who, *roles) as reader,
            screens(localhost=reader.client) as shown,
            shown.at("/", screen) as page,
        ):
            for name, act in MONDAY.items():
                if act.who == who:
                    await page.goto(f"http://localhost{act.begins}")
                    hand = way(page)
                    await act.play(hand)
                    await shown.keep(page, f"week-{name.replace(' ', '-')}", screen)
                    clicks[name] = hand.clicks

    assert clicks == {name: act.clicks + (act.by_menu and is_narrow(screen)) for name, act in MONDAY.items()}


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
        await Keyboard(page).hear("1 letter is released.", TAKE_BACK)
        await page.keyboard.press("Enter")
        await page.get_by_text("taken back and waits again.").wait_for()

    assert [*(await states(front)).values()] == ["waiting"] * 8


async def test_other_pages_on_a_phone_and_in_the_dark(front, screens):
    async with front.reader("ines", "recruiter") as ines, screens(localhost=ines.client) as shown:
        for address in ("/", "/tasks", "/styleguide"):
            await shown.show(
                address, f"console-{address[1:] or 'today'}", *(Screen(w, dark=True) for w in (NARROW, WIDE))
            )
