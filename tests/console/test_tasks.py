"""Tasks: what a person has to do by hand, done and opened again."""

import re

import pytest

from cli.demo.cast import berlin
from cli.demo.story import StoryFact
from shared.contracts import CandidateResponded

pytestmark = pytest.mark.db


async def reply(front):
    """Tom answers a mail."""
    said = CandidateResponded(response="r1", candidate="tom", responded_at=berlin(13, 16, 10), kind="replied")
    await front.house.publish([StoryFact(said, berlin(13, 16, 10))])


async def test_a_task_is_done_and_opened_again(front):
    await reply(front)
    async with front.reader("ines", "recruiter") as ines, front.reader("audit", "auditor") as auditor:
        page = (await ines.get("/tasks")).text
        task = re.findall(r'name="id" value="([^"]+)"', page)[0]
        read_only = (await auditor.get("/tasks")).text
        done = (await ines.send("/tasks", act="done", id=task)).text
        again = (await ines.send("/tasks", act="reopen", id=task)).text

    assert "Tom Fischer" in page
    assert "Somebody replied" in page
    assert 'value="done"' not in read_only
    assert "Done. It is off the list." in done
    assert "Nothing is left to do." in done
    assert "It is open again." in again
    assert task in again


async def test_a_task_that_is_none_says_so(front):
    async with front.reader("ines", "recruiter") as ines:
        answer = await ines.send("/tasks", act="done", id="reply:nobody")

    assert 'role="alert"' in answer.text
