"""Tasks: what a person has to do by hand, done and opened again."""

import html
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


async def ask(front, words: str) -> None:
    """Tom would have a person look again."""
    said = CandidateResponded(
        response="r2", candidate="tom", responded_at=berlin(13, 16, 10), kind="review_requested", text=words
    )
    await front.house.publish([StoryFact(said, berlin(13, 16, 10))])


async def test_an_answer_that_a_colleague_wrote_as_it_was_saved_does_not_leave_unseen(front):
    await ask(front, "Was it the join?")
    async with front.reader("ines", "recruiter") as ines:
        form = re.search(r'href="(/letters/[^"]+/answer)"', (await ines.get("/tasks")).text)[1]
        front.overtake("/answer", b"It was the join.", b"It was the index.")
        released = (await ines.send(form, act="release", text="It was the join.")).text
        now = (await ines.get(form)).text

    assert "The letter changed since you looked" in released
    assert "It was the index." in now


async def test_what_somebody_asked_for_is_answered_with_the_lint_beside_and_leaves_the_list(front):
    await ask(front, "I <3 SQL: was it the join?")
    async with front.reader("ines", "recruiter") as ines:
        tasks = (await ines.get("/tasks")).text
        form = re.search(r'href="(/letters/[^"]+/answer)"', tasks)[1]
        page = (await ines.get(form)).text
        waiting = (await ines.get("/waiting?missing=asked")).text
        approvals = (await ines.get("/waiting?missing=approval")).text
        etag = html.unescape(re.search(r'name="etag" value="([^"]*)"', page)[1])
        empty = await ines.send(form, act="release", text=" ")
        checked = (await ines.send(form, act="check", text="You are a great culture fit.")).text
        found = (await ines.send(form, act="release", text="You are a great culture fit.", etag=etag)).text
        stale = (await ines.send(form, act="save", text="It was the join.", etag=etag)).text
        released = (await ines.send(form, act="release", text="It was the join, as you thought.")).text
        person = (await ines.get("/people/tom")).text
        letter = (await ines.get(form.removesuffix("/answer"))).text

    assert "I &lt;3 SQL: was it the join?" in tasks
    assert "I &lt;3 SQL: was it the join?" in page
    assert "Write the answer" in tasks
    assert re.search(rf'<a href="{form}">\s*a person to look again\s*</a>', waiting)
    assert "Tom Fischer" in waiting
    assert "Hanna Virtanen" not in waiting
    assert form not in approvals
    assert (empty.status_code, 'href="#text"' in empty.text) == (422, True)
    assert "<mark>culture fit</mark>" in checked
    assert "Nothing is kept yet." in checked
    assert "It is kept, and not released" in found
    assert "The letter changed since you looked" in stale
    assert "It was the join.</textarea>" in stale
    assert "1 letter is released." in released
    assert "I &lt;3 SQL: was it the join?" in person
    assert "It was the join, as you thought." in letter
    assert 'value="refuse"' not in letter


async def test_what_nobody_writes_to_ends_for_a_reason(front):
    await ask(front, "Please.")
    async with front.reader("ines", "recruiter") as ines:
        silent = (await ines.send("/tasks", act="done", id="review_requested:r2")).text
        ended = (await ines.send("/tasks", act="done", id="review_requested:r2", reason="We talked.")).text
        letter = re.search(r'href="(/letters/[^"]+)/answer"', silent)[1]
        closed = (await ines.get(letter + "/answer")).text
        again = (await ines.send("/tasks", act="reopen", id="review_requested:r2")).text
        open_now = (await ines.get(letter + "/answer")).text

    assert "Write the answer and release its letter" in silent
    assert "Done. It is off the list." in ended
    assert 'name="id" value="review_requested:r2"' in ended
    assert "Write the answer" not in ended
    assert "This request has ended without a letter." in closed
    assert 'value="reopen"' in closed
    assert "It is open again." in again
    assert "Write the answer" in again
    assert 'name="text"' in open_now


async def test_a_task_that_is_none_says_so(front):
    async with front.reader("ines", "recruiter") as ines:
        answer = await ines.send("/tasks", act="done", id="reply:nobody")

    assert 'role="alert"' in answer.text
