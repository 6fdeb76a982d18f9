"""How useful letters were, as it comes back to those whose words went into them."""

import pytest

from services.notifications.domain.usefulness import LetterRating, UsefulnessSummary, shown
from shared.web.links import Links
from tests.notifications.facts import at
from tests.notifications.sentences import hunted, judged

pytestmark = pytest.mark.db

LINKS = Links("l" * 32)


def link(candidate: str, letter: str) -> str:
    about = f"{candidate}/feedback_rated/{letter}"
    return f"/respond/{LINKS.sign('respond', 'acme', about, at('2027-01-20 09:00'))}"


async def letter_of(stage, candidate: str) -> str:
    return (await stage.letter("decision", f"{candidate}-1"))["letter"]


async def test_interviewers_learn_numbers_from_five_ratings_on(halden_stage, browser):
    await halden_stage.move_to("2026-11-13 16:05")
    people = ["amara", "noor", "lukas", "hanna", "diego"]
    await halden_stage.deliver(*hunted(), *(fact for person in people for fact in judged(person)))
    for person in people:
        await halden_stage.approve(await letter_of(halden_stage, person))
    for person in people[:4]:
        await browser.client.post(link(person, await letter_of(halden_stage, person)), data={"rating": "5"})
    four = await browser.get("/usefulness")
    await browser.client.post(link("diego", await letter_of(halden_stage, "diego")), data={"rating": "0"})

    five = await browser.get("/usefulness")
    own = await browser.get("/usefulness", "interviewer", user="ben")

    assert four.json() == {"items": [], "cursor": None}
    counts = {"ratings": 5, "mean": 4.0, "counts": [1, 0, 0, 0, 0, 4]}
    assert five.json()["items"] == [{"interviewer": "ada"} | counts, {"interviewer": "ben"} | counts]
    assert [u["interviewer"] for u in own.json()["items"]] == ["ben"]


def test_the_sixth_rating_shows_nothing_of_itself():
    rated = [
        LetterRating("ada", f"l{n}", at(f"2026-11-{10 + n} 09:00"), rating)
        for n, rating in enumerate([5, 5, 5, 5, 5, 0])
    ]

    assert shown(rated) == [UsefulnessSummary("ada", 5, 5.0, [0, 0, 0, 0, 0, 5])]


async def test_a_rating_that_is_corrected_keeps_its_place(halden_stage, browser):
    await halden_stage.move_to("2026-11-13 16:05")
    people = ["amara", "noor", "lukas", "hanna", "diego", "tom"]
    await halden_stage.deliver(*hunted(), *(fact for person in people for fact in judged(person)))
    for person in people:
        await halden_stage.approve(await letter_of(halden_stage, person))
    for number, person in enumerate(people):
        await halden_stage.move(at(f"2026-11-13 17:{number:02}"))
        rating = "0" if person == "tom" else "5"
        await browser.client.post(link(person, await letter_of(halden_stage, person)), data={"rating": rating})

    await halden_stage.move(at("2026-11-13 18:00"))
    await browser.client.post(link("amara", await letter_of(halden_stage, "amara")), data={"rating": "4"})

    [ada, _] = (await browser.get("/usefulness")).json()["items"]
    assert (ada["ratings"], ada["counts"]) == (5, [0, 0, 0, 0, 1, 4])
