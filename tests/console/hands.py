"""Three ways to use a page: with a mouse, with a keyboard alone, and without script.

An act is told once, in the verbs of `Mouse`; whoever plays it decides how. A click is a button, a link, a box or what
folds out; typing, and choosing from a list, is none.
"""

from typing import Any

from playwright.async_api import Locator, Page

MOST_TABS = 150
# Where the focus is, whether a ring shows it, and whether it can be seen: nothing that stays in place lies over it.
_FOCUS = """wanted => {
    const one = document.activeElement
    if (one === document.body) return {found: false, is_seen: true, what: ""}
    const box = one.getBoundingClientRect(), look = getComputedStyle(one)
    const across = box.left + Math.min(box.width / 2, 20), down = box.top + Math.min(box.height / 2, 20)
    const above = document.elementFromPoint(across, down)
    if (one.tagName === "MAIN") return {found: false, is_seen: true, what: ""}
    const is_ours = above !== null && (one.contains(above) || above.contains(one) || one.labels?.[0]?.contains(above))
    const has_ring = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2
    const kin = one.type === "radio" && one.form === wanted.form && one.name === wanted.name
    return {found: one === wanted || kin, is_seen: is_ours && has_ring, what: one.outerHTML.slice(0, 200)}
}"""
_RESULT = "document.activeElement?.closest('[data-result]') !== null"
_WITHIN = "document.activeElement?.closest('main') !== null"


class Mouse:
    """Somebody who clicks and types."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    async def link(self, name: str) -> None:
        """Follow the first link of this name."""
        await self.press(self.page.get_by_role("link", name=name).first)

    async def go(self, name: str) -> None:
        """To a page of the menu, which has to be unfolded where there is no room for it."""
        unfold = self.page.locator(".to-menu")
        if await unfold.is_visible():
            await self.press(unfold)
        await self.press(self.page.get_by_role("navigation", name="Pages").get_by_role("link", name=name, exact=True))

    async def button(self, name: str) -> None:
        """Press the first button of just this name."""
        await self.press(self.page.get_by_role("button", name=name, exact=True).first)

    async def box(self, name: str) -> None:
        """Tick it."""
        await self.press(self.page.get_by_role("checkbox", name=name, exact=True))

    async def unfold(self, words: str) -> None:
        """Open what is folded in under these words."""
        await self.press(self.page.get_by_text(words).first)

    async def pick(self, group: str, name: str) -> None:
        """One of several, of which one can be."""
        wanted = self.page.get_by_role("group", name=group).first.get_by_role("radio", name=name, exact=True)
        await self.press(wanted)

    async def press(self, wanted: Locator) -> None:
        """One click."""
        self.clicks += 1
        await wanted.click()

    async def write(self, label: str, words: str) -> None:
        """What stands there is replaced."""
        await self.page.get_by_label(label).first.fill(words)

    async def read(self, words: str) -> None:
        """They stand on the page."""
        await self.page.get_by_text(words).first.wait_for()

    async def hear(self, words: str, back: str = "") -> None:
        """An act came to this: a strip says so to everybody, with the way back where there is one."""
        strip = self.page.locator("[data-result]").filter(has_text=words)
        await strip.wait_for()
        assert await strip.get_attribute("role") in ("status", "alert"), words
        if back:
            assert await strip.get_by_role("button", name=back).count(), f"no way back from: {words}"


class Keyboard(Mouse):
    """Somebody who has no mouse: Tab leads there, and Enter, Space or an arrow presses."""

    async def press(self, wanted: Locator) -> None:
        """Go there and press."""
        self.clicks += 1
        await self.go_to(wanted)
        is_box = await wanted.evaluate("one => one.type === 'checkbox' || one.tagName === 'SUMMARY'")
        await self.page.keyboard.press("Space" if is_box else "Enter")

    async def pick(self, group: str, name: str) -> None:
        """Tab leads to the group, arrows to its members."""
        self.clicks += 1
        wanted = self.page.get_by_role("group", name=group).first.get_by_role("radio", name=name, exact=True)
        await self.go_to(wanted)
        await self.page.keyboard.press("Space")
        while not await wanted.is_checked():
            await self.page.keyboard.press("ArrowDown")

    async def write(self, label: str, words: str) -> None:
        """What stands there is replaced."""
        await self.go_to(self.page.get_by_label(label).first)
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.insert_text(words)

    async def read(self, words: str) -> None:
        """They stand on the page, in which the focus still is."""
        await super().read(words)
        assert not self.clicks or await self.page.evaluate(_WITHIN), f"the focus is lost beside: {words}"

    async def hear(self, words: str, back: str = "") -> None:
        """The strip has the focus, and its way back is the next that Tab leads to."""
        await super().hear(words, back)
        assert await self.page.evaluate(_RESULT), f"the focus is not where it says: {words}"
        if back:
            await self.page.keyboard.press("Tab")
            assert await self.page.evaluate(_RESULT), f"Tab does not lead to the way back from: {words}"

    async def go_to(self, wanted: Locator) -> None:
        """Tab until it has the focus; wherever that is on the way, it can be seen."""
        await wanted.wait_for(state="attached")
        goal = await wanted.element_handle()
        for _ in range(MOST_TABS):
            focus: dict[str, Any] = await self.page.evaluate(_FOCUS, goal)
            assert focus["is_seen"], f"nobody sees the focus on {focus['what']}"
            if focus["found"]:
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError("Tab does not lead there")
