"""Matches: read with their arithmetic, decided one at a time, taken back before anything leaves."""

import json
import re
from datetime import datetime

import pytest

from cli.demo.cast import berlin
from shared.contracts import match_id
from tests.console.forms import versions_in
from tests.console.pool import NEXT, agree, open_next_job

pytestmark = pytest.mark.db

AMARA = match_id("amara", NEXT.rpartition("/")[2])
MATCHES = f"{NEXT}/matches"


async def test_a_match_is_accepted_after_its_arithmetic_was_read_and_taken_back(front):
    await agree(front.house, "amara")
    await open_next_job(front.house)
    async with front.reader("ines", "recruiter") as ines:
        page = (await ines.get(f"{MATCHES}?match={AMARA}")).text
        calls = len(front.asked_by_page)
        etag = re.findall(r'name="etag" value="([^"]+)"', page)[0].replace("&#34;", '"')
        accepted = await ines.send(MATCHES, act="accepted", match=AMARA, etag=etag, reason="strong-evidence")
        sent = next(one for one in front.asked if one.method == "PUT")
        stale = await ines.send(MATCHES, act="dismissed", match=AMARA, etag=etag, reason="other")
        back = await ines.send(MATCHES, act="dismissed", match=AMARA, reason="undone")
    review = (await front.house.ask("candidates", "GET", f"/matches/{AMARA}"))["review"]

    assert "meets 3 of 3; SQL 4.5 of 4, 2 interviewers, 19 days ago" in page
    assert "How this is calculated" in page
    assert "did not agree to the talent pool" in page
    assert "Lukas Brandt" not in page, "whom something stands against is only counted"
    assert calls <= 8
    assert datetime.fromisoformat(json.loads(sent.content)["not_before"]) == berlin(13, 16, 30), "ten minutes from now"
    assert "The invitation leaves in ten minutes at the earliest." in accepted.text
    assert "Take back" in accepted.text
    assert stale.status_code == 412
    assert versions_in(stale.text) == {
        "Review": ("accepted", "dismissed"), "Reason": ("the evidence is strong", "another reason"),
    }  # fmt: skip
    assert "Dismissed. Nobody is told." in back.text
    assert (review["outcome"], review["reason"]["code"], review["by"]) == ("dismissed", "undone", "ines")


async def test_other_levels_are_tried_and_nothing_is_kept(front):
    await agree(front.house, "amara")
    await open_next_job(front.house)
    before = await front.house.ask("interviews", "GET", NEXT)
    async with front.reader("ines", "recruiter") as ines:
        tried = await ines.send(MATCHES, **{"act": "what-if", "level:sql": "5", "level:python": "nonsense"})

    assert "1 of 7 would be proposed. Nothing was saved." in tried.text
    assert "meets 2 of 3, now 3 of 3" in tried.text
    assert await front.house.ask("interviews", "GET", NEXT) == before


async def test_who_may_not_decide_is_not_shown_matches(front):
    async with front.reader("cora", "coordinator") as cora, front.reader("mia", "hiring_manager") as mia:
        coordinator = await cora.get("/jobs/su27-data/matches")
        another = await mia.get("/jobs/su27-data/matches")

    assert coordinator.status_code == 403
    assert "This page is for others" in coordinator.text
    assert another.status_code == 403
    assert "Amara" not in another.text


async def test_an_auditor_reads_every_comparison_as_it_is_stored_with_the_decision_and_its_reason(front):
    await agree(front.house, "amara")
    await open_next_job(front.house)
    async with front.reader("ines", "recruiter") as ines, front.reader("audit", "auditor") as audit:
        await ines.send(MATCHES, act="dismissed", match=AMARA, reason="somebody-else")
        pages = {page: (await audit.get(page)).text for page in ("/jobs", NEXT, MATCHES)}
        runs = dict(re.findall(r'<a class="what" href="(/runs/[^"]+)">([^<]+)</a>', pages[MATCHES]))
        told = {name: (await audit.get(run)).text for run, name in runs.items()}
        refused = await audit.send(MATCHES, act="accepted", match=AMARA, reason="other")
        opened = (await audit.get(f"{MATCHES}?match={AMARA}")).text
        unlinked = (await ines.get(MATCHES)).text

    assert f'href="{NEXT}"' in pages["/jobs"]  # each by a link of the page before
    assert f'href="{MATCHES}"' in pages[NEXT]
    assert {"Amara Nwosu", "Lukas Brandt"} <= told.keys(), "whom something stands against as well"
    for words in (
        "dismissed",
        "Ines Calder",
        "somebody else fits better",
        "How this is calculated",
        "&#34;assessments&#34;",
    ):
        assert words in told["Amara Nwosu"]
    assert "did not agree to the talent pool" in told["Lukas Brandt"]
    assert refused.status_code == 403
    assert 'name="act" value="accepted"' not in opened
    assert "/runs/" not in unlinked
