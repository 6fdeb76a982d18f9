"""Forms that no page of ours sends: what comes back is a page that says so, and never a failure of the console."""

import pytest

from shared.web.rate_limits import RateLimit, RateLimits

OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
BROKEN_PARTS = {"Content-Type": "multipart/form-data; boundary=x"}
FORMS = ("/letters/su27-data", "/jobs/su27-data", "/jobs/su27-data/matches", "/waiting/su27-data", "/settings", "/pool")
VERSIONS = ("ü" * 300, "no quotes", '"two", "of them"', '"a\r\nX-Injected: b"', "*", "W/ü")
SPENT = RateLimit(per_second=0.001, burst=1)


@pytest.mark.db
async def test_forms_that_cannot_be_read_are_told_so_in_a_page(front):
    async with front.reader("ines", "recruiter", "admin") as ines:
        parts = [
            await ines.client.post(form, content=b"--x\r\nno header", headers=OURS | BROKEN_PARTS) for form in FORMS
        ]
        elsewhere = await ines.client.post("/", headers=OURS)

    assert {answer.status_code for answer in parts} <= {400, 422}
    assert (elsewhere.status_code, elsewhere.headers["allow"]) == (405, "GET")
    assert all("</main>" in answer.text for answer in [*parts, elsewhere])


@pytest.mark.db
async def test_a_version_that_is_none_changes_nothing(front):
    async with front.reader("ines", "recruiter", "admin") as ines:
        answers = [await ines.send("/jobs/su27-data", act="reopen", etag=version) for version in VERSIONS]
        kept = await front.house.ask("interviews", "GET", "/jobs/su27-data", "recruiter")

    assert [answer.status_code for answer in answers] == [412] * len(VERSIONS)
    assert kept["state"] == "closed"


@pytest.mark.db
async def test_who_asks_too_often_reads_when_to_come_back(front):
    front.app.state.rate_limits = RateLimits(SPENT, SPENT, SPENT, SPENT)
    async with front.reader("ines", "recruiter") as ines:
        answers = [await ines.client.get("/preferences", headers=OURS) for _ in range(3)]

    assert (answers[-1].status_code, "</main>" in answers[-1].text) == (429, True)
    assert int(answers[-1].headers["retry-after"]) > 0
