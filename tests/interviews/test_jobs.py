"""Jobs over HTTP: read as they were said, closed with a reason or none, and opened again."""

import pytest

from tests.interviews.test_routes import JOB

pytestmark = pytest.mark.db


async def test_a_job_is_read_as_it_was_said(browser):
    job = JOB | {
        "cycle": "Summer 2027",
        "family": "data",
        "team": [{"user": "ines", "role": "recruiter"}, {"user": "tomas", "role": "hiring_manager"}],
        "competencies": [
            {
                "competency": "sql",
                "name": "SQL",
                "level": 4,
                "must_have": True,
                "weight": 3,
                "looks_for": "Joins.",
                "kind": "value",
                "anchors": [{"level": 4, "text": "Reads a plan."}],
            }
        ],
    }

    await browser.put("/jobs/su27", job)

    known = (await browser.get("/jobs/su27")).json()["opened"]
    assert {field: known[field] for field in job} == job


async def test_a_job_closes_and_opens_again_with_a_newer_instant_only(browser):
    await browser.put("/jobs/su27", JOB)
    await browser.put("/jobs/su27/closing", {"closed_at": "2026-11-13T15:00:00Z", "outcome": "nobody_hired"})
    states = []
    for opened_at in (JOB["opened_at"], "2026-11-20T08:00:00Z"):
        await browser.put("/jobs/su27", JOB | {"title": "Analyst", "opened_at": opened_at})
        states.append((await browser.get("/jobs/su27")).json()["state"])

    assert states == ["closed", "open"]


async def test_a_job_closes_with_a_reason_that_the_organisation_wrote_for_candidates(browser):
    def because(text: str) -> dict:
        texts = [{"language": "en", "text": text}]
        return {"name": "Halden", "closing_reasons": [{"reason": "budget", "texts": texts}]}

    closing = {"closed_at": "2026-11-13T15:00:00Z", "outcome": "nobody_hired", "told_reason": "budget"}
    await browser.put("/jobs/su27", JOB)
    unknown = await browser.put("/jobs/su27/closing", closing)
    wrong = await browser.put("/organization", because("Our young team has no seat left."), "admin")
    await browser.put("/organization", because("The budget was withdrawn."), "admin")
    known = await browser.put("/jobs/su27/closing", closing)

    assert (unknown.status_code, unknown.json()["code"]) == (422, "closing-reason-unknown")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "closing-reason-has-findings")
    assert known.status_code == 201
    assert (await browser.get("/jobs/su27")).json()["closing"]["told_reason"] == "budget"
