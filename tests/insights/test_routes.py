"""What each reader is shown of Halden's round: figures with intervals, sentences where there are none, or a refusal."""

import csv
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from io import StringIO

import pytest

from cli.demo.story import FIRST_JOB, NEXT_JOB, OTHER_JOB
from services.insights.api.kept import KeptScopes
from services.insights.domain.measures import MEASURES
from services.insights.domain.scopes import EVERYBODY
from services.insights.domain.sums import SummedRound
from services.insights.main import SERVICE
from services.insights.sql.rounds import load_round, load_rounds_until
from shared.contracts import (
    ApplicationSubmitted,
    CandidateErased,
    InterviewCompleted,
    JobOpened,
    OrganizationConfigured,
)
from tests.browser import Browser, browsing
from tests.heard import Heard
from tests.insights import halden
from tests.insights.sentences import everything_said

pytestmark = pytest.mark.db

FEW = {"1", "2", "3", "4"}
ROUND = f"/rounds/{FIRST_JOB}"
LATER = halden.NOW + timedelta(minutes=1)
MANAGER = {"organization": "halden", "user": "mona"}


@pytest.fixture
async def browser(stage, tmp_path) -> AsyncIterator[Browser]:
    async with browsing(SERVICE, stage, tmp_path) as somebody:
        await stage.deliver(*everything_said())
        yield somebody


async def read(browser: Browser, path: str, *roles: str, language: str = "en", **who: str):
    headers = browser.headers(*roles, **{"organization": "halden", **who}) | {"Accept-Language": language}
    answer = await browser.client.get(path, headers=headers)
    return answer if answer.status_code != 200 or "json" not in answer.headers["content-type"] else answer.json()


def one(shown, code: str, competency: str | None = None, part: str | None = None):
    [figure] = [f for f in shown["figures"] if (f["code"], f["competency"], f["part"]) == (code, competency, part)]
    return figure


async def test_a_round_is_read_in_figures_and_sentences(browser):
    shown = await read(browser, ROUND, "recruiter")
    german = await read(browser, ROUND, "auditor", language="de")

    assert (shown["title"], shown["outcome"]) == ("Data Analyst Intern, Summer 2027", "nobody_hired")
    assert (shown["people"], shown["interviews"], shown["guarded"]) == (8, 13, False)
    met = one(shown, "met", "sql")
    assert (met["k"], met["of"], round(met["low"], 2), round(met["high"], 2)) == (4, 7, 0.25, 0.84)
    assert one(shown, "apart", "python")["says"] == "one interviewer"
    assert one(german, "apart", "python")["says"] == "nur ein Interviewer"
    assert one(shown, "gaps", "sql")["finding"] == {
        "certainty": "hint", "act": "campaign", "says": "SQL is to be built up in 4 of 6 letters (30% to 90%).",
    }  # fmt: skip
    assert one(shown, "survey")["why_not"] == "too_few"


async def test_who_stands_where_is_told_to_those_who_may_read_the_scorecards(browser, stage):
    whole = (await read(browser, f"{ROUND}/people", "recruiter"))["items"]
    second = await read(browser, f"{ROUND}/people?limit=1", "auditor")
    third = await read(browser, f"{ROUND}/people?limit=1&cursor={second['cursor']}", "auditor")

    assert [one["candidate"] for one in whole] == ["amara", "diego", "hanna", "lukas", "mei", "noor", "priya"]
    assert [*second["items"], *third["items"]] == whole[:2]
    mei = {one["competency"]: one for one in whole[4]["levels"]}
    assert mei["sql"] == {"competency": "sql", "level": 2.5, "ratings": 2, "met": False}
    assert len({one["candidate"] for one in whole if {"sql": True}.items() <= _met(one).items()}) == 4
    assert (await read(browser, f"{ROUND}/people", "analyst")).status_code == 403
    log = await stage.fetch("SELECT DISTINCT candidate FROM reads WHERE route LIKE '%/rounds/{job}/people'")
    assert len(log) == 7


def _met(one: dict) -> dict:
    return {level["competency"]: level["met"] for level in one["levels"]}


async def test_rounds_are_listed_the_newest_closing_first_page_by_page(browser):
    whole = await read(browser, "/rounds", "coordinator")
    first = await read(browser, "/rounds?limit=1", "coordinator")
    second = await read(browser, f"/rounds?limit=1&cursor={first['cursor']}", "coordinator")
    closed = await read(browser, "/rounds?state=closed&outcome=nobody_hired&family=Data", "coordinator")

    assert [r["job"] for r in (*first["items"], *second["items"])] == [r["job"] for r in whole["items"]][:2]
    summer = await read(browser, "/rounds?cycle=Summer%202027&state=closed", "coordinator")
    assert [r["job"] for r in closed["items"]] == [r["job"] for r in summer["items"]] == [FIRST_JOB]
    assert [f["says"][:3] for f in closed["items"][0]["findings"]] == ["SQL", "Pyt"]
    assert (await read(browser, "/rounds?cursor=x", "coordinator")).status_code == 422


async def test_the_report_is_a_page_in_the_readers_language(browser):
    page = await read(browser, f"{ROUND}/report", "recruiter", language="fr-CH")
    known = page.headers["etag"]
    again = await browser.client.get(
        f"{ROUND}/report",
        headers={
            **browser.headers("recruiter", organization="halden"),
            "Accept-Language": "fr",
            "If-None-Match": known,
        },
    )

    assert page.headers["content-type"].startswith("text/html")
    assert "1 sur 13 entretiens n’ont mené à rien" in page.text
    assert 'href="http://console.example/campaigns?competency=sql&amp;job=su27-data"' in page.text
    assert again.status_code == 304


async def test_once_somebody_was_erased_the_report_is_what_was_said_for_good_before(browser, stage):
    await stage.deliver(Heard(CandidateErased(candidate="amara", erased_at=LATER), at=LATER, organization="halden"))

    page = await read(browser, f"{ROUND}/report", "recruiter")
    shown = await read(browser, ROUND, "recruiter")

    assert "8 people" in page.text
    assert "People have left since: these are the figures as summed up on" in page.text
    assert "1 of 13 interviews came to nothing" in page.text
    assert shown["people"] == 7


async def test_who_came_late_does_not_bring_the_figures_of_now_into_the_report_after_an_erasure(browser, stage):
    late = ApplicationSubmitted(
        application="zoe-1", candidate="zoe", job=FIRST_JOB, submitted_at="2026-11-12T08:00:00Z"
    )
    await stage.move(halden.NOW + timedelta(hours=1))
    for event in (late, CandidateErased(candidate="amara", erased_at=LATER)):
        await stage.deliver(Heard(event, at=LATER, organization="halden"))

    page = await read(browser, f"{ROUND}/report", "recruiter")

    assert (await read(browser, ROUND, "recruiter"))["people"] == 8
    assert "People have left since: these are the figures as summed up on" in page.text


async def test_hiring_managers_see_their_own_rounds_and_the_rest_guarded(browser, stage):
    asked = next(e for e in halden.events() if isinstance(e, JobOpened) and e.job == FIRST_JOB)
    team = [{"user": "mona", "role": "hiring_manager"}]
    named = JobOpened.model_validate({**asked.model_dump(), "team": team})
    await stage.deliver(Heard(named, at=LATER, organization="halden"))

    own = await read(browser, ROUND, "hiring_manager", **MANAGER)
    listed = await read(browser, "/rounds", "hiring_manager", **MANAGER)
    analyst = await read(browser, "/rounds", "analyst", **MANAGER)  # who was a hiring manager once
    refused = await read(browser, f"/rounds/{NEXT_JOB}/report", "hiring_manager", **MANAGER)
    people = await read(browser, f"{ROUND}/people", "hiring_manager", **MANAGER)
    family = await read(browser, "/families/DATA", "hiring_manager", **MANAGER)
    cycle = await read(browser, "/cycles/Summer%202027", "recruiter")
    held = next(e for e in halden.events() if isinstance(e, InterviewCompleted) and e.candidate == "diego")
    owed = InterviewCompleted.model_validate(
        {**held.model_dump(), "interview": "more", "interviewers": [{"user": "mona"}]}
    )
    await stage.deliver(Heard(owed, at=LATER, organization="halden"))
    unbiased = await read(browser, f"{ROUND}/people", "hiring_manager", **MANAGER)

    assert own["guarded"] is False
    assert [(r["job"], r["guarded"]) for r in listed["items"]] == [(FIRST_JOB, False)]
    assert [r["guarded"] for r in analyst["items"]] == [True] * 3
    assert (refused.status_code, refused.json()["code"]) == (403, "not-your-job")
    assert {one["candidate"] for one in people["items"]} - {one["candidate"] for one in unbiased["items"]} == {"diego"}
    assert family["guarded"] is True
    assert (cycle["rounds"], one(cycle, "held")["of"]) == (1, 15)


async def test_a_round_is_compared_with_those_before_it_also_where_two_began_at_once(stage):
    asked = next(e for e in halden.events() if isinstance(e, JobOpened) and e.job == FIRST_JOB)
    twins = [JobOpened.model_validate({**asked.model_dump(), "job": f"twin-{n}"}) for n in range(3)]
    await stage.deliver(*(Heard(twin, at=LATER, organization="halden") for twin in twins))

    async with stage.database.transaction(["halden"]) as conn:
        middle = await load_round(conn, "halden", "twin-1")
        until = [await load_rounds_until(conn, middle.round, limit) for limit in (12, 1)]

    assert [[r.round.job for r in found] for found in until] == [["twin-0", "twin-1"], ["twin-1"]]


async def test_analysts_see_what_was_told_which_tells_of_nobody(browser, stage):
    early = await read(browser, ROUND, "analyst")
    await stage.move(halden.NOW + timedelta(hours=1))
    shown = await read(browser, ROUND, "analyst")
    next_round = await read(browser, f"/rounds/{NEXT_JOB}", "analyst")
    page = await read(browser, f"/rounds/{NEXT_JOB}/report", "analyst")
    overview = await read(browser, "/overview", "analyst")
    growth = await read(browser, "/growth?family=data", "analyst")

    assert (early["people"], {f["says"] for f in early["figures"] if f["code"] != "survey"}) == (
        None, {"told once the round is over"},
    )  # fmt: skip
    assert (shown["guarded"], shown["people"]) == (True, 8)
    assert one(shown, "not_assessed", "python")["says"] == "too few people to tell"
    assert not [f for f in shown["figures"] if (f["part"] or "").startswith("returned:")]
    assert (next_round["people"], next_round["interviews"]) == (None, 0)
    assert not [f for f in next_round["figures"] if f["of"] in range(1, 5)]
    assert "too few people to tell" in page.text
    assert one(overview, "promised")["of"] == 8
    assert (growth.status_code, growth.json()["code"]) == (403, "whole-only")


async def test_together_rounds_are_read_by_family_cycle_and_organisation(browser):
    overview = await read(browser, "/overview", "admin")
    family = await read(browser, "/families/data", "admin")
    cycles = [await read(browser, f"/cycles/{season}%202027", "admin") for season in ("Summer", "Winter")]
    unknown = await read(browser, "/cycles/never", "admin")

    assert overview["rounds"] == 3
    assert family["name"] == "data"
    assert one(family, "wasted")["of"] >= 13
    assert [(cycle["rounds"], one(cycle, "held")["of"]) for cycle in cycles] == [(1, 15), (1, 0)]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no-rounds")


async def test_what_was_read_before_is_read_anew_once_any_process_wrote_a_round(browser, stage):
    readers = ("admin", "analyst")
    before = [await read(browser, "/overview", role) for role in readers]
    asked = next(e for e in halden.events() if isinstance(e, JobOpened) and e.job == FIRST_JOB)
    twin = JobOpened.model_validate({**asked.model_dump(), "job": "twin"})

    await stage.deliver(Heard(twin, at=LATER, organization="halden"))
    after = [await read(browser, "/overview", role) for role in readers]

    assert [shown["rounds"] for shown in before] == [3, 3]
    assert [shown["rounds"] for shown in after] == [4, 4]
    assert [await read(browser, "/overview", role) for role in readers] == after


async def test_of_rounds_that_did_not_change_nothing_is_read_again(stage):
    await stage.deliver(*everything_said())
    asked = next(e for e in halden.events() if isinstance(e, JobOpened) and e.job == OTHER_JOB)
    kept = KeptScopes()

    async def rounds() -> list[SummedRound]:
        async with stage.database.transaction(["halden"]) as conn:
            return (await kept.load(conn, "halden", is_guarded=True)).within(EVERYBODY)

    before = await rounds()
    await stage.deliver(Heard(asked.model_copy(update={"cycle": "Autumn 2026"}), at=LATER, organization="halden"))
    after = await rounds()

    assert [new.round.job for old, new in zip(before, after, strict=True) if new is not old] == [OTHER_JOB]


async def test_a_job_that_nobody_applied_for_has_a_page_without_figures(browser):
    shown = await read(browser, f"/rounds/{OTHER_JOB}", "admin")
    page = await read(browser, f"/rounds/{OTHER_JOB}/report", "admin")
    unknown = await read(browser, "/rounds/never", "admin")

    assert all(f["says"] for f in shown["figures"] if not f["shown"])
    assert page.status_code == 200
    assert (unknown.status_code, unknown.json()["code"]) == (404, "job-not-found")


async def test_interviewers_are_told_of_themselves_alone_and_only_where_it_is_wanted(browser, stage):
    ben = await read(browser, "/interviewers/me", "interviewer", user="ben")
    nobody = await read(browser, "/interviewers/me", "interviewer", user="somebody")
    silent = next(e for e in halden.events() if isinstance(e, OrganizationConfigured))
    off = OrganizationConfigured.model_validate({**silent.model_dump(), "interviewer_insights": "off"})
    await stage.deliver(Heard(off, at=LATER, organization="halden"))

    assert one(ben, "leniency")["why_not"] == "too_few"
    assert {code: (one(ben, code)["k"], one(ben, code)["of"]) for code in ("scored", "shareable", "not_assessed")} == {
        "scored": (5, 6), "shareable": (6, 6), "not_assessed": (1, 18),
    }  # fmt: skip
    assert nobody == {"told": True, "leniency_is_sure": False, "figures": []}
    assert await read(browser, "/interviewers/me", "interviewer", user="ben") == {
        "told": False, "leniency_is_sure": False, "figures": [],
    }  # fmt: skip


async def test_everybody_may_read_what_each_measure_counts(browser):
    told = await read(browser, "/measures", "interviewer")

    assert [(m["code"], m["unit"], m["floor"], m["of"], m["interval"], m["definition"]) for m in told["measures"]] == [
        (m.code, m.unit, m.floor, m.of, m.interval, m.definition) for m in MEASURES.values()
    ]


async def test_of_nobody_who_came_back_there_is_no_growth(browser):
    assert (await read(browser, "/growth", "admin"))["figures"] == []


async def test_exports_are_guarded_for_everybody_and_one_line_a_figure(browser, stage):
    await stage.move(halden.NOW + timedelta(hours=1))
    text = {
        table: (await read(browser, f"/exports/{table}.csv?family=data", "admin")).text
        for table in ("rounds", "competencies")
    }
    lines = {table: list(csv.DictReader(StringIO(found))) for table, found in text.items()}
    [kept] = [
        line for line in lines["rounds"] if (line["job"], line["measure"], line["part"]) == (FIRST_JOB, "held", "")
    ]

    assert re.fullmatch(r"([^\r\n]*\r\n)+", text["rounds"])
    assert (kept["k"], kept["of"], kept["value"]) == ("13", "15", "0.866667")
    assert all(line["competency"] for line in lines["competencies"])
    assert {line["measure"] for found in lines.values() for line in found if line["of"] in FEW} <= {"nobody"}  # of jobs
    assert (await read(browser, "/exports/people.csv", "admin")).status_code == 422
    assert (await read(browser, "/exports/rounds.csv", "hiring_manager", **MANAGER)).text.count("\r\n") == 1


async def test_who_reads_guarded_figures_learns_nothing_more_from_a_page_than_from_what_was_said(browser, stage):
    """An erasure, a late scorecard, an open job: the difference of two pages would tell of them."""
    await stage.move(halden.NOW + timedelta(hours=1))
    read_by_analysts = (ROUND, "/rounds", "/overview", "/families/data", "/exports/rounds.csv")

    async def everything() -> list[str]:
        shown = [
            await browser.client.get(p, headers=browser.headers("analyst", organization="halden"))
            for p in read_by_analysts
        ]
        return [answer.text for answer in shown]

    before = await everything()
    await stage.deliver(Heard(CandidateErased(candidate="amara", erased_at=LATER), at=LATER, organization="halden"))
    [said] = [s for s in await stage.said("round-summed-up") if s["job"] == FIRST_JOB]

    assert said["final"] is True
    assert await everything() == before
