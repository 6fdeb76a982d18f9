"""Insights: what rounds taught, for whoever may read it; figures of one's own for nobody else."""

import re

import pytest

from cli.demo.cast import berlin
from cli.demo.story import FIRST_JOB, ORGANIZATION, StoryFact
from services.console.domain.figures import FiguresByName
from shared.contracts import CandidateResponded, Event, FeedbackReleased, FeedbackSubmitted, JobClosed, JobOpened
from shared.web.acting import where_to
from shared.web.numbers import span
from tests.console.forms import form_with
from tests.heard import Heard

pytestmark = pytest.mark.db
ROUND = "/insights/rounds/su27-data"


async def test_a_round_tells_what_came_of_it_with_the_range_of_each_share(front):
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get(ROUND)).text

    assert "closed 13 Nov 2026, nobody hired" in page
    assert "8 people" in page
    assert "<b>4 of 7</b>" in page  # met SQL
    assert "25% to 84%" in page
    assert "level 4, must" in page
    assert "too few for a share" in page
    assert "another offer: 1" in page
    assert re.search(
        r'href="/people/mei">Mei Tanaka</a>.*?SQL 2.5 <span class="unseen">below what is asked<', page, re.DOTALL
    )
    assert len(front.asked_by_page) <= 5
    assert len(page) <= 60_000
    async with front.reader("ines", "recruiter") as ines:
        style = re.search(r'href="(/static/[^"]+console.css)"', page)
        css = (await ines.get(style[1])).text

    assert "0 · 3 · 0 · 2 · 2" in page  # SQL at levels 1 to 5
    assert ".chart .fill" in css


async def test_levels_that_nobody_wrote_are_not_said_to_wait_for_more_people(front):
    [asked] = [j for j in await front.house.stages["interviews"].said("job-opened") if j["job"] == FIRST_JOB]
    empty = JobOpened.model_validate({**asked, "job": "empty"})
    await front.house.publish([StoryFact(empty, berlin(13, 16, 21))])
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get("/insights/rounds/empty")).text

    assert "level 4, must" in page
    assert "shown from five people" not in page


async def test_a_job_that_was_closed_without_saying_how_is_told_as_closed(front):
    unsaid = JobClosed(job=FIRST_JOB, closed_at=berlin(13, 16, 22))
    await front.house.publish([StoryFact(unsaid, berlin(13, 16, 23))])
    async with front.reader("ines", "recruiter") as ines:
        page, listed, sheet = [(await ines.get(a)).text for a in (ROUND, "/insights/rounds", ROUND + "/report")]

    assert "closed 13 Nov 2026 · 8 people" in page
    assert "closed 13 Nov 2026<br>" in sheet
    assert re.search(r">closed\s*<br>", listed)


async def test_the_report_is_passed_on_as_insights_writes_it(front):
    async with front.reader("ines", "recruiter", language="de") as ines:
        sheet = await ines.get(ROUND + "/report")

    assert sheet.headers["content-type"].startswith("text/html")
    assert "style-src 'unsafe-inline'" in sheet.headers["content-security-policy"]
    assert "script" not in sheet.headers["content-security-policy"]
    assert '<html lang="de">' in sheet.text


WHO = (
    ("tomas", "hiring_manager", ROUND, 200, "The job"),
    ("audit", "auditor", "/insights/rounds", 200, "Data Analyst Intern"),
    ("numbers", "analyst", "/insights", 200, "fewer than five people"),
    ("numbers", "analyst", ROUND, 200, "fewer than five people"),
    ("tomas", "hiring_manager", ROUND, 200, "Who stands where"),
    ("numbers", "analyst", "/insights/survey", 200, '<p class="empty" role="status">'),
    ("ada", "interviewer", ROUND, 200, '<p class="empty" role="status">'),
    ("ada", "interviewer", "/insights", 200, "Nobody but you sees this page"),
    ("ada", "interviewer", "/insights/mine", 200, "Nobody but you sees this page"),
    ("cora", "coordinator", "/insights/mine", 403, "This did not work"),
    ("ines", "recruiter", "/insights/families/data", 200, "Job family data"),
    ("ines", "recruiter", "/insights/cycles/Summer%202027", 200, "Summer 2027"),
    ("ines", "recruiter", "/insights/families/nothing", 404, "There is no such thing"),
    ("ines", "recruiter", "/insights/growth", 200, "Nobody has come back yet"),
    ("ines", "recruiter", "/insights/survey", 200, "Shown from five answers on"),
)


async def test_who_reads_what(front):
    for user, role, path, status, said in WHO:
        async with front.reader(user, role) as somebody:
            page = await somebody.get(path)
        assert (page.status_code, said in page.text) == (status, True), (user, path)


def _rated(letter: FeedbackReleased) -> CandidateResponded:
    answer = {"response": f"r-{letter.letter}", "responded_at": berlin(16, 11), "kind": "feedback_rated", "rating": 4}
    return CandidateResponded(**answer, candidate=letter.candidate, letter=letter.letter)


def _at_noon(event: Event) -> Heard:
    return Heard(event, berlin(16, 12), organization=ORGANIZATION)


async def test_interviewers_read_how_useful_their_words_were_from_five_ratings_on(front):
    letters = front.house.stages["notifications"]
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get(f"/letters?job={FIRST_JOB}")).text
        await ines.send(
            f"/letters?job={FIRST_JOB}", act="release-all", expected="7", etag=form_with(page, "expected")["etag"]
        )
    await front.move(berlin(16, 12))
    [amara] = [one for one in await letters.said("feedback-released") if one["candidate"] == "amara"]
    later = [FeedbackReleased.model_validate({**amara, "letter": f"later-{number}"}) for number in range(5)]
    async with front.reader("ada", "interviewer") as ada:
        before = (await ada.get("/insights/mine")).text
        await letters.deliver(*(_at_noon(event) for event in later), *(_at_noon(_rated(one)) for one in later))
        after = (await ada.get("/insights/mine")).text

    assert "Fewer than five ratings yet." in before
    assert re.search(r"<b>4.0</b> <span[^>]*>5 ratings</span>", after)


async def test_what_candidates_had_understood_otherwise_is_answered_in_a_note(front):
    [mei] = [
        f for f in await front.house.stages["interviews"].said("feedback-submitted") if f["feedback"] == "f-mei-ada"
    ]
    otherwise = [{"about": "role", "observed": "They expected to build dashboards only."}]
    said = FeedbackSubmitted.model_validate({**mei, "misconceptions": otherwise})
    await front.house.publish([StoryFact(said, berlin(13, 16, 21))])
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get(ROUND)).text
        form = (await ines.get("/news?families=data&answers=role")).text
    async with front.reader("tomas", "hiring_manager") as tomas:
        his = (await tomas.get(ROUND)).text

    assert 'the role: 1<br><a href="/news?families=data&amp;answers=role">Answer it in a note</a>' in page
    assert re.findall(r'name="answers-(\w+)" checked', form) == ["role"]
    assert 'name="families" aria-describedby="families-hint" value="data"' in form
    assert ("the role: 1" in his, "Answer it in a note" in his) == (True, False)


async def test_insights_away_leaves_a_hole(front):
    await front.away("insights")
    async with front.reader("ines", "recruiter") as ines:
        page = await ines.get("/insights")

    assert page.status_code == 200
    assert "The part for insights does not answer just now." in page.text


def test_figures_that_are_not_there_are_none():
    assert FiguresByName([]).one("met") is None
    assert FiguresByName([]).fifths("levels", "", "sql") is None


def test_findings_lead_to_where_one_acts():
    assert where_to("campaign", "su27", "sql") == "/campaigns?competency=sql&job=su27"
    assert where_to("job", None) == "/jobs"
    assert where_to("news", None, part="about:role") == "/news?answers=role"


def test_short_spans_are_hours_and_long_ones_days():
    assert (span(1, "en"), span(47, "en"), span(73, "en")) == ("1 hr", "47 hr", "3 days")
