"""Jobs: found, looked into, decided, closed, and each of it taken back."""

import re
from datetime import timedelta

import pytest

from cli.demo.cast import berlin
from tests.console.forms import form_with, versions_in

pytestmark = pytest.mark.db

JOB = "/jobs/su27-data"
LUKAS = "a-lukas-su27-data"


def etag_in(page: str) -> str:
    """The version that a form was made of."""
    return re.findall(r'name="etag" value="&#34;([^&]+)&#34;"', page)[-1]


async def test_jobs_are_found_by_title_and_say_who_waits(front):
    async with front.reader("ines", "recruiter") as ines:
        found = await ines.get("/jobs?text=analyst&state=closed")
        nothing = await ines.get("/jobs?state=open&mine=1")

    assert "Data Analyst Intern, Summer 2027" in found.text
    assert "No job is like that." in nothing.text
    assert [dict(one.url.params) for one in front.asked if one.url.path == "/jobs"] == [
        {"limit": "50", "state": "closed", "text": "analyst"}, {"limit": "50", "mine": "true", "state": "open"},
    ]  # fmt: skip


async def test_a_job_shows_who_applied_what_was_decided_and_which_scorecards_are_owed(front):
    async with front.reader("ines", "recruiter") as ines:
        people = await ines.get(JOB)
        calls = len(front.asked_by_page)
        interviews = await ines.get(f"{JOB}?tab=interviews")
        learnt = await ines.get(f"{JOB}?tab=round")

    assert "Lukas Brandt" in people.text
    assert "1 given, <b>1 owed</b>" in people.text
    assert "nobody was hired" in people.text
    assert calls <= 8
    assert "about Hanna Virtanen, interviewed" in interviews.text
    assert "Ben Okafor" in interviews.text
    assert "13 Nov 2026: nobody was hired" in learnt.text


async def test_a_decision_is_taken_back_and_made_again_on_the_page(front):
    async with front.reader("ines", "recruiter") as ines:
        back = await ines.send(JOB, act="reverse", application=LUKAS)
        form = await ines.get(f"{JOB}?application={LUKAS}")
        again = await ines.send(
            JOB, act="decide", application=LUKAS, outcome="not_selected", reason="no_seat",
            would_reconsider="yes", etag=f'"{etag_in(form.text)}"',
        )  # fmt: skip
        decided = await ines.get(f"{JOB}?application={LUKAS}", headers={"accept-language": "de"})
    decision = (await front.house.ask("interviews", "GET", f"/applications/{LUKAS}"))["decision"]

    assert "the application is undecided again" in back.text
    assert "What the interviewers say" in form.text
    assert '<option value="no_seat">no seat left</option>' in form.text
    assert form.text.count(">the pay</option>") == 1
    assert "Decided: not selected. Nothing was sent." in again.text
    assert "Take back" in again.text
    assert "kein Platz mehr frei" in decided.text
    assert (decision["reason"], decision["would_reconsider"], decision["decided_by"]) == (
        {"code": "no_seat", "class": "we_declined", "disqualifying": False}, True, "ines",
    )  # fmt: skip


async def test_two_who_decide_at_once_see_both_versions_and_nothing_is_lost(front):
    async with front.reader("ines", "recruiter") as ines:
        await ines.send(JOB, act="reverse", application=LUKAS)
        stale = etag_in((await ines.get(f"{JOB}?application={LUKAS}")).text)
        body = {"decided_at": "2026-11-13T15:21:00Z", "outcome": "withdrawn"}
        await front.house.ask("interviews", "PUT", f"/applications/{LUKAS}/decision", json=body)
        late = await ines.send(JOB, act="decide", application=LUKAS, outcome="hired", reason="best", etag=f'"{stale}"')
        stands = await front.house.ask("interviews", "GET", f"/applications/{LUKAS}")
        on = await ines.send(JOB, **form_with(late.text, "outcome"))

    assert late.status_code == 412
    assert "Somebody changed this in the meantime" in late.text
    assert versions_in(late.text)["Decision"] == ("withdrew", "hired")
    assert versions_in(late.text)["Reason"] == ("–", "best")
    assert stands["outcome"] == "withdrawn"
    assert (on.status_code, "Decided: hired." in on.text) == (200, True)


async def test_a_form_that_comes_back_names_its_fields_as_it_does_itself_and_leads_to_them(front):
    async with front.reader("ines", "recruiter", language="de") as ines:
        await ines.send(JOB, act="reopen")
        closed = await ines.send(JOB, act="close", outcome="nobody_hired", told_reason="not an id")
        await ines.send(JOB, act="reverse", application=LUKAS)
        decided = await ines.send(JOB, act="decide", application=LUKAS, outcome="hired", reason="not a code")

    assert (closed.status_code, decided.status_code) == (422, 422)
    assert '<a href="#told_reason">Was Bewerbende lesen</a>: ist keine Kennung' in closed.text
    assert '<a href="#reason">Grund</a>: ist keine Kennung' in decided.text
    assert "<code>" not in closed.text


async def test_who_closes_a_job_that_somebody_else_closed_sees_how(front):
    async with front.reader("ines", "recruiter") as ines:
        await ines.send(JOB, act="reopen")
        stale = f'"{etag_in((await ines.get(JOB)).text)}"'
        await ines.send(JOB, act="close", outcome="cancelled")
        late = await ines.send(JOB, act="close", outcome="nobody_hired", etag=stale)

    assert late.status_code == 412
    assert versions_in(late.text)["How it ended"] == ("the opening was cancelled", "nobody was hired")
    assert form_with(late.text, "outcome")["outcome"] == "nobody_hired"


async def test_a_job_is_opened_again_and_closed_with_nobody_hired(front):
    async with front.reader("ines", "recruiter") as ines:
        opened = await ines.send(JOB, act="reopen")
        unknown = await ines.send(JOB, act="close", outcome="nobody_hired", told_reason="no-such-reason")
        closed = await ines.send(JOB, act="close", outcome="nobody_hired", told_reason="")
    job = await front.house.ask("interviews", "GET", JOB)

    assert "The job is open again." in opened.text
    assert "Close this job" in opened.text
    assert unknown.status_code == 422
    assert "The organisation wrote no closing reason of this id." in unknown.text
    assert "The job is closed: nobody was hired." in closed.text
    assert (job["state"], job["closing"]["outcome"]) == ("closed", "nobody_hired")
    assert job["opened"]["competencies"], "what was said of the job is still said"


async def test_what_a_platform_dates_ahead_is_taken_back_all_the_same(front):
    """Its clock may be ten minutes ahead of ours: the page's acts count, whatever they answer to."""
    ahead = (berlin(13, 16, 20) + timedelta(minutes=8)).isoformat()
    async with front.reader("ines", "recruiter") as ines:
        body = {"decided_at": ahead, "outcome": "withdrawn"}
        await front.house.ask("interviews", "PUT", f"/applications/{LUKAS}/decision", json=body)
        await ines.send(JOB, act="reverse", application=LUKAS)
        state = (await front.house.ask("interviews", "GET", f"/applications/{LUKAS}"))["state"]
        await front.house.ask("interviews", "PUT", f"{JOB}/closing", json={"closed_at": ahead})
        await ines.send(JOB, act="reopen")
        job = (await front.house.ask("interviews", "GET", JOB))["state"]

    assert (state, job) == ("undecided", "open")


@pytest.mark.parametrize(
    ("user", "role", "status", "says"),
    [
        ("tomas", "hiring_manager", 200, "Take the decision back"),
        ("cora", "coordinator", 200, "not selected"),
        ("mia", "hiring_manager", 403, "You are not a hiring manager of this job."),
        ("ada", "interviewer", 403, "This page is for others"),
    ],
)
async def test_whose_job_it_is_decides_what_is_shown(front, user, role, status, says):
    async with front.reader(user, role) as somebody:
        page = await somebody.get(f"{JOB}?application={LUKAS}")

    assert page.status_code == status
    assert says in page.text
    assert ("Take the decision back" in page.text) == (role == "hiring_manager" and user == "tomas")
