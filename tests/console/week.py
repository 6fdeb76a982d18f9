"""A week at the console, act by act: what somebody presses, writes and reads, whichever way they do it."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from tests.console.hands import Mouse
from tests.console.pool import agree, open_next_job
from tests.console.test_campaigns import told_about_python
from tests.console.test_operations import park
from tests.console.test_tasks import ask

TAKE_BACK = "Take back"


class Act(NamedTuple):
    """One act, the clicks that docs/console.md promises for it, and the page it begins at, in somebody's hands."""

    clicks: int
    play: Callable[[Mouse], Awaitable[None]]
    begins: str = "/"
    who: str = "ines"
    by_menu: bool = False  # one more where the menu has to be unfolded


async def on_monday(front) -> None:
    """Tom asks for an answer, letters have left, somebody fits the next job, and Mei's place is held."""
    await ask(front, "Was it the join?")
    await told_about_python(front)
    await agree(front.house, "amara")
    await open_next_job(front.house)
    await park(front, 1)


async def confirm(hand: Mouse) -> None:
    await hand.link("to confirm for the pool")
    await hand.link("Open Mei Tanaka")
    await hand.write("Why does this tier hold?", "I read both scorecards.")
    await hand.button("Confirm")
    await hand.hear("Saved: confirmed.", TAKE_BACK)


async def accept(hand: Mouse) -> None:
    await hand.link("1 proposed match")
    await hand.link("Working Student Analytics")
    await hand.link("Matches")
    await hand.unfold("How this is calculated")
    await hand.read("Each adds weight × level over what is asked for")
    await hand.link("Decide Amara Nwosu")
    await hand.button("Accept")
    await hand.hear("Accepted. The invitation leaves in ten minutes at the earliest.", TAKE_BACK)


async def see_who_waits(hand: Mouse) -> None:
    await hand.go("Who waits")
    await hand.read("Whose turn it is")


async def answer(hand: Mouse) -> None:
    await hand.link("Tasks")
    await hand.link("Write the answer")
    await hand.write("Your answer, in", "It was the join, as you thought.")
    await hand.button("Keep and release")
    await hand.hear("1 letter is released.", TAKE_BACK)


async def propose_a_mentor(hand: Mouse) -> None:
    await hand.link("Propose a mentor")
    await hand.button("Propose")
    await hand.hear("Proposed. The mentor is asked first, then the candidate.")


async def start_a_campaign(hand: Mouse) -> None:
    await hand.go("Campaigns")
    await hand.link("python")
    await hand.write("Title", "An evening about Python")
    await hand.write("To start it, type 1", "1")
    await hand.button("Start the campaign")
    await hand.hear("The campaign has started: 1 letter leaves")


async def publish_a_note(hand: Mouse) -> None:
    await hand.go("News")
    await hand.write("Title", "Our warehouse is new")
    await hand.write("What is new, in a few sentences", "We keep our figures by columns now.")
    await hand.button("Publish")
    await hand.hear("Published. It stands on their pages now")


async def pull_the_brake_and_let_go(hand: Mouse) -> None:
    await hand.go("Settings")
    await hand.button("Pull the brake")
    await hand.hear("The brake is on. No letter leaves until somebody lets go.", "Let go")
    await hand.button("Let go")
    await hand.hear("The brake is off.", "Pull it again")


async def try_what_is_parked_again(hand: Mouse) -> None:
    await hand.go("Operations")
    await hand.link("invalid-field")
    await hand.button("Try 1 again")
    await hand.hear("1 is tried again, as it was sent.")


async def give_feedback(hand: Mouse) -> None:
    await hand.link("Hanna Virtanen")
    await hand.pick("Overall", "Yes")
    await hand.pick("SQL", "4")
    await hand.write("What went well", "Asked what the question was for.")
    await hand.button("Send feedback")
    await hand.hear("Your feedback on Hanna Virtanen is in.")


MONDAY = {
    "confirm": Act(3, confirm), "accept": Act(6, accept), "who waits": Act(1, see_who_waits, by_menu=True),
    "answer": Act(3, answer), "mentor": Act(2, propose_a_mentor, "/people/amara"),
    "campaign": Act(3, start_a_campaign, by_menu=True), "note": Act(2, publish_a_note, by_menu=True),
    "brake": Act(3, pull_the_brake_and_let_go, by_menu=True),
    "parked": Act(3, try_what_is_parked_again, by_menu=True), "feedback": Act(4, give_feedback, who="ben"),
}  # fmt: skip
