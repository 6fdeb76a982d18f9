"""Forms that no page of ours sends: what comes back is a page that says so, and never a failure of the console."""

import pytest

from shared.web import middleware, request_body
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


async def refused(client, monkeypatch, accept: str):
    """What no page refuses, nearly all of it before any is asked; at last there are as many inside as may be."""
    said = {"Accept": accept, "Sec-Fetch-Site": "same-origin"}
    yield 400, await client.get("/letters/%00", headers=said)
    yield 414, await client.get(f"/letters?job={'x' * request_body.LONGEST_ADDRESS}", headers=said)
    yield 413, await client.post("/preferences", data={"zone": "x" * request_body.MAX_BODY}, headers=said)
    yield 404, await client.get("/static/of/before", headers=said)
    monkeypatch.setattr(middleware, "MOST_AT_ONCE", 0)
    yield 503, await client.get("/letters", headers=said)


@pytest.mark.db
async def test_what_the_border_refuses_is_a_page_to_a_browser_and_problem_details_to_a_program(front, monkeypatch):
    async with front.reader("ines", "recruiter") as ines:
        pages = [one async for one in refused(ines.client, monkeypatch, OURS["Accept"])]
        monkeypatch.undo()
        told = [one async for one in refused(ines.client, monkeypatch, "*/*")]

    assert [page.status_code for _, page in pages] == [status for status, _ in pages]
    assert [one.status_code for _, one in told] == [status for status, _ in told]
    for (_, page), (_, one) in zip(pages, told, strict=True):
        assert "</main>" in page.text
        assert page.headers["x-request-id"] in page.text
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert page.headers.get("retry-after") == one.headers.get("retry-after")
        assert page.headers.get("connection") == one.headers.get("connection")
        if one.status_code != 413:  # a form is sent by people: its page says so
            assert one.headers["content-type"] == "application/problem+json"


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
