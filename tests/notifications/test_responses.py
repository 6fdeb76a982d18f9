"""What candidates say of an answer, by signed links: looking changes nothing, a tap is kept and becomes a task."""

from datetime import timedelta

import pytest

from shared.contracts import RequestAnswered, letter_id
from shared.web.links import Links
from tests.browser import KEY
from tests.interleaving import meanwhile
from tests.notifications.facts import at
from tests.notifications.test_survey import a_told_candidate

NOW = at("2026-11-23 10:00")
LETTER = letter_id("acme", "decision", "noor-1", "noor", 1)


def link(kind: str, candidate: str = "noor", days: int = 60, purpose: str = "respond") -> str:
    return "/respond/" + Links(KEY).sign(purpose, "acme", f"{candidate}/{kind}/{LETTER}", NOW + timedelta(days=days))


async def test_looking_says_nothing_and_a_tap_says_it_once(halden_stage, browser):
    await a_told_candidate(halden_stage)

    for _ in range(2):
        page = await browser.client.get(link("feedback_rated"))
        assert (page.status_code, "<script" in page.text) == (200, False)
    assert await halden_stage.said("candidate-responded") == []

    nothing = await browser.client.post(link("feedback_rated"))
    six = await browser.client.post(link("feedback_rated"), data={"rating": "6"})
    for rating in ("4", "4", "5"):
        page = await browser.client.post(link("feedback_rated"), data={"rating": rating})
    assert (nothing.status_code, "Please choose a number." in nothing.text, six.status_code) == (422, True, 422)
    assert "Your rating is kept." in page.text
    assert "http://candidates.example/me/" in page.text
    [said] = await halden_stage.said("candidate-responded")
    assert (said["kind"], said["rating"], said["letter"]) == ("feedback_rated", 5, LETTER)


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ("feedback_requested", "2026-12-07 17:00"),
        ("review_requested", "2026-11-30 17:00"),
        ("disputed", "2026-11-30 17:00"),
    ],
)
async def test_what_they_ask_for_becomes_a_task_for_whoever_answers(halden_stage, browser, kind, due):
    await a_told_candidate(halden_stage)
    await halden_stage.move_to("2026-11-23 10:00")

    page = await browser.client.post(link(kind), data={})

    assert page.status_code == 200
    tasks = (await browser.get("/tasks")).json()["items"]
    [task] = [t for t in tasks if t["kind"] == kind]
    assert (task["candidate"], task["owner"]) == ("noor", "ines")
    assert task["due_at"].startswith(due.replace(" ", "T"))
    [said] = await halden_stage.said("candidate-responded")
    assert (said["kind"], said.get("rating")) == (kind, None)


async def test_a_link_that_is_none_opens_nothing(halden_stage, browser):
    await a_told_candidate(halden_stage)
    wrong = [
        link("feedback_rated", days=-60),
        link("feedback_rated", purpose="answer"),
        link("disputed", "nobody"),
        "/respond/x",
    ]

    answers = [await browser.client.get(path) for path in wrong]

    assert [a.status_code for a in answers] == [410, 404, 404, 404]


async def test_what_they_say_while_a_person_settles_it_is_asked_anew(halden_stage, browser):
    await a_told_candidate(halden_stage)
    await browser.client.post(link("disputed"), data={"words": "The third point."})
    await halden_stage.move_to("2026-11-23 10:00")
    [asked] = await halden_stage.said("candidate-responded")
    by_phone = {"answered_at": at("2026-11-23 09:59"), "by": "ines", "reason": "On the phone."}
    settled = RequestAnswered(response=asked["response"], candidate="noor", **by_phone)

    await meanwhile(halden_stage, browser.client.post(link("disputed"), data={"words": "The fourth, too."}), settled)

    [task] = [t for t in (await browser.get("/tasks")).json()["items"] if t["kind"] == "disputed"]
    assert (task["words"], task["done_at"]) == ("The fourth, too.", None)
