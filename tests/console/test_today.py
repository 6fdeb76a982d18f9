"""Today: what waits for whoever looks."""

import pytest

from services.console.api import whereabouts

pytestmark = pytest.mark.db


async def test_a_recruiter_sees_what_waits_and_for_whom(front):
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get("/")).text

    assert "Data Analyst Intern, Summer 2027" in page
    assert "7 ready" in page
    assert "1 to look at" in page
    assert "Hanna Virtanen" in page
    assert "waits for an interviewer&#39;s feedback" in page or "waits for an interviewer's feedback" in page
    asked = [str(one.url) for one in front.asked_by_page]
    assert len(asked) <= 8, asked


async def test_an_interviewer_sees_what_they_owe_and_no_letters(front):
    async with front.reader("ben", "interviewer") as ben:
        page = (await ben.get("/")).text

    assert "Feedback I owe" in page
    assert "Hanna Virtanen" in page
    assert "Data Analyst Intern, Summer 2027" in page  # they may not list jobs
    assert "Letters to release" not in page


async def test_a_page_waits_once_for_a_service_that_is_away(front):
    await front.away("candidates")
    async with front.reader("ines", "recruiter") as ines:
        page = await ines.get("/")

    asked = [request.url.path for request in front.asked if request.url.host == "candidates.test"]
    assert (page.status_code, "does not answer just now" in page.text) == (200, True)
    assert asked
    assert "/candidates" not in asked  # for the names of those whom others told of


async def test_a_part_that_is_away_leaves_a_hole_and_the_rest_is_there(front):
    await front.away("notifications")
    async with front.reader("ines", "recruiter") as ines:
        page = await ines.get("/")

    assert page.status_code == 200
    assert "The part for letters and tasks does not answer just now." in page.text
    assert "Feedback I owe" in page.text


async def test_a_page_asks_what_is_new_and_a_tab_left_open_keeps_nobody_signed_in(front):
    async with front.reader("ines", "recruiter") as ines:
        told = (await ines.get("/counts")).json()
        await front.fetch("UPDATE sessions SET seen_at = seen_at - interval '50 minutes' RETURNING 1")
        await ines.get("/counts")
        [seen] = await front.fetch("SELECT now() - seen_at > interval '40 minutes' AS is_old FROM sessions")
        await ines.get("/")
        [used] = await front.fetch("SELECT now() - seen_at > interval '40 minutes' AS is_old FROM sessions")

    assert told["letters_to_approve"] == 8
    assert (seen["is_old"], used["is_old"]) == (True, False)


async def test_an_address_that_is_no_page_is_told_in_a_page_and_to_programs_as_ever(front):
    async with front.reader("ines", "recruiter") as ines:
        page = await ines.get("/leters", headers={"Accept": "text/html"})
        machine = await ines.get("/leters", headers={"Accept": "application/json"})
        ready = await ines.get("/live", headers={"Accept": "text/html"})

    assert (page.status_code, machine.status_code) == (404, 404)
    assert "There is no such thing" in page.text
    assert machine.json()["code"] == "no-such-address"
    assert ready.json() == {"live": True}


@pytest.mark.parametrize("role", ["recruiter", "interviewer", "analyst"])
async def test_pages_tell_everybody_times_where_they_work_and_call_them_by_name(front, role):
    async with front.reader("ada", role) as ada, front.reader("u-7", role) as stranger:
        today = (await ada.get("/")).text
        await front.away("interviews")
        later = (await ada.get("/preferences")).text
        theirs = (await stranger.get("/preferences")).text
    asked = [one.url.path for one in front.asked if one not in front.asked_by_page and "pause" not in one.url.path]

    assert all("<b>Ada Lindqvist</b>Halden" in page and "Times are Europe/Berlin." in page for page in (today, later))
    assert ("<b>u-7</b>halden" in theirs, "Times are UTC." in theirs) == (True, True)  # nobody answers who they are
    assert asked == ["/me", "/me"]


async def test_whoever_looks_no_more_is_not_remembered(front, monkeypatch):
    monkeypatch.setattr(whereabouts, "FORGOTTEN", -2 * whereabouts.EVERY)
    async with front.reader("ben", "recruiter") as ben, front.reader("ines", "recruiter") as ines:
        for somebody in (ben, ben, ines, ben):
            await somebody.get("/")

    assert len([request for request in front.asked if request.url.path == "/me"]) == 3
