"""Who waits; and everybody of a closed job decided at once, after it was seen what each will be told."""

import pytest

from cli.demo import story
from cli.demo.cast import berlin
from shared.contracts import JobClosed, JobOutcome
from tests.console.forms import form_with, versions_in

pytestmark = pytest.mark.db

AT = berlin(20, 11)
DECIDING = f"/waiting/{story.OTHER_JOB}"


async def close_the_other_job(front):
    """Lukas applied for another job, which was closed without a word to him."""
    await front.move(AT)
    await front.house.publish(story.elsewhere())
    closed = JobClosed(job=story.OTHER_JOB, closed_at=AT, outcome=JobOutcome.NOBODY_HIRED)
    await front.house.publish([story.StoryFact(closed, AT)])


async def test_totals_stand_on_top_and_everybody_below(front):
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get("/waiting")).text
        feedback = (await ines.get("/waiting?missing=feedback")).text
        mine = (await ines.get("/waiting?mine=true&overdue=true")).text

    assert "Ines Calder" in page
    assert "Ben Okafor" in page
    assert page.index("Whose turn it is") < page.index("Priya Raman")
    assert "Hanna Virtanen" in feedback
    assert "Priya Raman" not in feedback
    assert "Nobody waits like that." in mine
    assert {one.url.params["order"] for one in front.asked if one.url.path == "/waiting"} == {"due"}


async def test_everybody_of_a_closed_job_is_decided_after_a_look_and_taken_back(front):
    await close_the_other_job(front)
    async with front.reader("ines", "recruiter") as ines:
        waiting = (await ines.get("/waiting")).text
        page = (await ines.get(DECIDING)).text
        form = form_with(page, "expected")
        decided = (
            await ines.send(DECIDING, **form | {"act": "decide", "code": "closed", "would_reconsider": "true"})
        ).text
        known = await front.house.ask("interviews", "GET", f"/applications?job={story.OTHER_JOB}")
        await front.move(berlin(20, 11, 1))
        back = (await ines.send(DECIDING, act="reverse", id=[known["items"][0]["application"]])).text
    after = await front.house.ask("interviews", "GET", f"/applications?job={story.OTHER_JOB}")

    assert f'href="{DECIDING}"' in waiting
    assert "Every letter says that nobody was hired for this opening." in page
    assert "Lukas Brandt" in page
    assert "short letter" in page
    assert "1 person is decided about: not selected." in decided
    assert known["items"][0]["state"] == "decided"
    assert "1 decision is taken back." in back
    assert after["items"][0]["state"] != known["items"][0]["state"]


async def test_another_number_than_was_shown_decides_nobody(front):
    await close_the_other_job(front)
    async with front.reader("ines", "recruiter") as ines:
        answer = (await ines.send(DECIDING, act="decide", expected="3")).text
        typed = (await ines.send(DECIDING, act="decide", expected="31")).text
        stale = (await ines.send(DECIDING, act="decide", expected="1", code="closed", etag='"of-others"')).text

    assert "Somebody else decided meanwhile" in answer
    assert "Somebody else decided meanwhile" in stale
    assert versions_in(answer)["Undecided"] == ("1", "3")
    assert form_with(stale, "expected")["code"] == "closed"
    assert "There are 31: type this number, then do it again." in typed
    assert "Lukas Brandt" in answer


async def test_who_only_reads_is_offered_no_decision(front):
    await close_the_other_job(front)
    async with front.reader("audit", "auditor") as auditor:
        answer = await auditor.get(DECIDING)

    assert 'value="decide"' not in answer.text


async def test_a_hiring_manager_decides_about_their_own_jobs_only(front):
    await close_the_other_job(front)
    async with front.reader("tomas", "hiring_manager") as tomas, front.reader("nobody", "hiring_manager") as nobody:
        own, others = (await tomas.get(DECIDING)).text, (await nobody.get(DECIDING)).text

    assert "Lukas Brandt" in own
    assert "Lukas Brandt" not in others
