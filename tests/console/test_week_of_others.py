"""The other acts of a week in Chromium, each without script and in as many clicks as are promised."""

import pytest

from tests.console.pool import agree, open_next_job
from tests.console.test_campaigns import told_about_python
from tests.console.test_tasks import ask
from tests.console.test_week import Mouse
from tests.screens import Screen

pytestmark = [pytest.mark.db, pytest.mark.browser]

PROMISED = {  # as docs/console.md has them
    "confirm": 3, "accept": 6, "mentor": 2, "who waits": 1, "answer": 3, "campaign": 3, "note": 2, "brake": 3,
}  # fmt: skip
BEGINS = {"accept": "/", "mentor": "/people/amara", "answer": "/"}  # others by the menu, which every page has


async def all_of_it(front) -> None:
    """Tom asks for an answer, letters have left, somebody fits the next job, and Mei's place is held."""
    await ask(front, "Was it the join?")
    await told_about_python(front)
    await agree(front.house, "amara")
    await open_next_job(front.house)


class Hand(Mouse):
    """Clicks of one act."""

    async def link(self, name: str) -> None:
        await self.press(self.page.get_by_role("link", name=name).first)

    async def button(self, name: str) -> None:
        await self.press(self.page.get_by_role("button", name=name, exact=True).first)

    async def reads(self, words: str) -> None:
        await self.page.get_by_text(words).first.wait_for()


async def confirm(hand: Hand) -> None:
    await hand.link("to confirm for the pool")
    await hand.link("Open Mei Tanaka")
    await hand.write(hand.page.get_by_label("Why does this tier hold?"), "I read both scorecards.")
    await hand.button("Confirm")
    await hand.reads("Saved: confirmed.")


async def accept(hand: Hand) -> None:
    await hand.link("1 proposed match")
    await hand.link("Working Student Analytics")
    await hand.link("Matches")
    await hand.press(hand.page.get_by_text("How this is calculated").first)
    await hand.reads("Each adds weight × level over what is asked for")
    await hand.link("Decide Amara Nwosu")
    await hand.button("Accept")
    await hand.reads("Accepted. The invitation leaves in ten minutes at the earliest.")


async def who_waits(hand: Hand) -> None:
    await hand.link("Who waits")
    await hand.reads("Whose turn it is")


async def answer(hand: Hand) -> None:
    await hand.link("Tasks")
    await hand.link("Write the answer")
    await hand.write(hand.page.get_by_label("Your answer, in"), "It was the join, as you thought.")
    await hand.button("Keep and release")
    await hand.reads("1 letter is released.")


async def mentor(hand: Hand) -> None:
    await hand.link("Propose a mentor")
    await hand.button("Propose")
    await hand.reads("Proposed. The mentor is asked first, then the candidate.")


async def campaign(hand: Hand) -> None:
    await hand.link("Campaigns")
    await hand.link("python")
    await hand.write(hand.page.get_by_label("Title"), "An evening about Python")
    await hand.write(hand.page.get_by_label("To start it, type 1"), "1")
    await hand.button("Start the campaign")
    await hand.reads("The campaign has started: 1 letter leaves")


async def note(hand: Hand) -> None:
    await hand.link("News")
    await hand.write(hand.page.get_by_label("Title"), "Our warehouse is new")
    await hand.write(hand.page.get_by_label("What is new, in a few sentences"), "We keep our figures by columns now.")
    await hand.button("Publish")
    await hand.reads("Published. It stands on their pages now")


async def brake(hand: Hand) -> None:
    await hand.link("Settings")
    await hand.button("Pull the brake")
    await hand.reads("The brake is on. No letter leaves until somebody lets go.")
    await hand.button("Let go")
    await hand.reads("The brake is off.")


ACTS = {
    "confirm": confirm, "accept": accept, "mentor": mentor, "who waits": who_waits, "answer": answer,
    "campaign": campaign, "note": note, "brake": brake,
}  # fmt: skip


async def test_every_other_act_takes_so_many_clicks(front, screens):
    await all_of_it(front)
    clicks = {}
    async with (
        front.reader("ines", "recruiter", "admin") as ines,
        screens(localhost=ines.client) as shown,
        shown.at("/", Screen(script=False)) as page,
    ):
        for name, play in ACTS.items():
            if begins := BEGINS.get(name):
                await page.goto(f"http://localhost{begins}")
            hand = Hand(page)
            await play(hand)
            clicks[name] = hand.clicks

    assert clicks == PROMISED
