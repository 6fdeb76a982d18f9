"""Mentors: proposed with goals that letters suggested, answered by the mentor alone."""

import re
from html import unescape

import pytest

from cli.demo.cast import berlin

pytestmark = pytest.mark.db


async def test_a_mentor_is_proposed_with_goals_of_a_letter_answers_and_ends_it(front):
    letters = await front.house.ask("notifications", "GET", "/jobs/su27-data/approvals")
    hers = next(one["letter"] for one in letters["items"] if one["candidate"] == "amara")
    await front.house.ask("notifications", "PUT", f"/letters/{hers}/approval", json={"decision": "approve"})
    await front.house.move(berlin(17, 12))
    async with front.reader("ines", "recruiter") as ines, front.reader("ada", "interviewer") as ada:
        empty = await ines.get("/mentorships")
        person = (await ines.get("/people/amara")).text
        form = (await ines.get("/mentorships?candidate=amara")).text
        goal = unescape(re.search(r'name="goal" value="([^"]+)"', form)[1])
        refused = await ines.send("/mentorships", act="propose", candidate="amara", user="ada", goal="Fly.")
        proposed = await ines.send("/mentorships", act="propose", candidate="amara", user="ada", goal=goal)
        relation = re.search(r'name="relation" value="([^"]+)"', proposed.text)[1]
        version = re.search(r'name="version" value="([^"]+)"', proposed.text)[1]
        stranger = await ines.send("/mentorships", act="yes", relation=relation)
        blind = await ada.send("/mentorships", act="yes", relation=relation)
        agreed = await ada.send("/mentorships", act="yes", relation=relation, version=version)
        ended = await ada.send("/mentorships", act="end", relation=relation)

    assert "Nobody is proposed." in empty.text
    assert 'href="/mentorships?candidate=amara"' in person
    assert "Propose a mentor to Amara Nwosu" in form
    assert 'role="alert"' in refused.text
    assert "The mentor is asked first" in proposed.text
    assert 'role="alert"' in stranger.text  # mentors answer for themselves
    assert ("waits for the mentor" in blind.text, "waits for the candidate" in agreed.text) == (True, True)
    assert "Ended." in ended.text


async def test_who_sees_mentors(front):
    for user, role, status in (("ada", "interviewer", 200), ("audit", "auditor", 200), ("numbers", "analyst", 403)):
        async with front.reader(user, role) as somebody:
            page, person = await somebody.get("/mentorships?candidate=amara"), await somebody.get("/people/amara")
        assert "mentorships?candidate" not in person.text
        assert page.status_code == status, role
        assert "Propose a mentor" not in page.text
    await front.away("candidates")
    async with front.reader("ines", "recruiter") as ines:
        page = await ines.get("/mentorships")
    assert "The part for people and the pool does not answer just now." in page.text
