"""What an auditor can do with what is kept: recompute every score from its record alone, and see what people did."""

import csv
import io
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from services.candidates.main import SERVICE
from shared.contracts import CandidateErased
from tests.browser import browsing
from tests.candidates.sentences import (
    COMMUNICATION,
    NOW,
    PYTHON,
    SQL,
    amara,
    an_interviewed_candidate,
    closed,
    consented,
    later,
    noor,
    opened,
    reviewed_match,
    the_next_job,
)
from tests.heard import Heard
from tests.programs import talentloop
from tests.stage import staged

pytestmark = pytest.mark.db

DISMISSED = {"outcome": "dismissed", "reason": {"code": "other"}}


def recomputed(inputs: dict) -> float | None:
    """Rule 2 once more, from the words of the rule and a stored record, with nothing of the product's code."""
    total = sum(r["weight"] for r in inputs["job"]["requirements"])
    evidence, score = 0, Fraction(0)
    for r in inputs["job"]["requirements"]:
        assessed = inputs["assessments"].get(r["competency"])
        if assessed is None:
            continue
        age = datetime.fromisoformat(inputs["job"]["opened_at"]) - datetime.fromisoformat(assessed["at"])
        days = max(age.days, 0)
        if days > 720:
            continue
        fresh = Fraction(1) if days <= 180 else 1 - Fraction(days - 180, 540) / 2
        sure = {1: Fraction(8, 10), 2: Fraction(9, 10)}.get(assessed["interviewers"], Fraction(1))
        levels = [Fraction(level) for level in assessed["levels"]]
        reached = 1 + 4 * sum(levels) / len(levels)
        evidence += r["weight"]
        score += r["weight"] * min(reached / r["level"], Fraction(1)) * fresh * sure
    if not total or 2 * evidence < total:
        return None
    exact = 100 * score / total
    return float((Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP))


@pytest.fixture
async def kept(fresh_database):
    """A database in which five people were considered for one job, and Ines accepted one of them."""
    addresses = await fresh_database("candidates")
    async with staged(addresses, SERVICE, NOW) as stage:
        lukas = an_interviewed_candidate("lukas", "yes", rated=[{"sql": 3}])
        old = an_interviewed_candidate("olga", "yes", rated=[{"sql": 5, "python": 5}])
        await stage.deliver(opened(), the_next_job(), *amara(consented("amara")), *noor(consented("noor")), *lukas)
        await stage.deliver(*old, consented("olga"), consented("lukas"))
        await stage.deliver(reviewed_match("amara", "ws27", reviewed_at="2026-11-23T08:30:00Z"))
        yield addresses, stage


async def test_every_stored_score_follows_from_its_record_alone(kept, tmp_path):
    _, stage = kept
    runs = [row["run"] for row in await stage.fetch("SELECT run FROM runs")]
    async with browsing(SERVICE, stage, tmp_path) as browser:
        records = [(await browser.get(f"/runs/{run}")).json() for run in runs]

    scores = [(recomputed(r["inputs"]), r["result"]["score"]) for r in records]

    assert len(scores) >= 4
    assert all(again == stored for again, stored in scores), scores
    assert 86.7 in dict(scores)
    compared = [r for r in records if "consent" not in r["result"]["blockers"]]
    assert all(len(r["result"]["factors"]) == (3 if r in compared else 0) for r in records)
    assert any(
        (f["competency"], f["level"], g["kind"]) == ("sql", 2.5, "below_level")
        for r in records for f in r["result"]["factors"] for g in r["result"]["gaps"][:1]
    )  # fmt: skip


def audited(kept, tmp_path, job: str) -> list[dict[str, str]]:
    addresses, _ = kept
    done = talentloop("audit", "matches", "--job", job, home=tmp_path, CANDIDATES_DATABASE_URL=addresses.url)
    return list(csv.DictReader(io.StringIO(done.stdout)))


async def test_the_audit_tells_everyone_considered_and_nobody_by_name(kept, tmp_path):
    addresses, _ = kept

    first, second = audited(kept, tmp_path, "ws27"), audited(kept, tmp_path, "ws27")

    assert {line["considered"] for line in first} == {str(len(first))} == {"4"}
    accepted = [line for line in first if line["human_outcome"] == "accepted"]
    assert [(line["score"], line["proposed"], line["human_reason"]) for line in accepted] == [("86.7", "True", "fits")]
    assert not any(name in str(first) for name in ("amara", "noor", "lukas", "olga"))
    assert [line["person"] for line in first] != [line["person"] for line in second]
    assert {line["person"] for line in first}.isdisjoint({line["person"] for line in second})
    file = tmp_path / "audit.csv"
    done = talentloop("audit", "matches", "--csv", str(file), home=tmp_path, CANDIDATES_DATABASE_URL=addresses.url)
    assert done.returncode == 0, done.stderr
    lines = list(csv.DictReader(io.StringIO(file.read_text())))
    assert len(lines) == 8
    assert len({line["person"] for line in lines}) == 4


async def test_applicants_of_the_job_itself_count_in_the_audit_as_over_http(kept, tmp_path):
    _, stage = kept
    async with browsing(SERVICE, stage, tmp_path) as browser:
        shown = (await browser.get("/jobs/su27/matches")).json()

    lines = audited(kept, tmp_path, "su27")

    assert {(x["applicant"], x["proposed"], x["run"], x["considered"]) for x in lines} == {("True", "False", "", "4")}
    assert shown["considered"] == 4
    assert sorted(x["blockers"] for x in lines) == sorted(
        " ".join(m["blockers"]) for m in shown["items"] if m["blockers"]
    )


async def test_a_closed_job_is_audited_as_it_stood_when_it_was_closed(kept, tmp_path):
    _, stage = kept
    before = audited(kept, tmp_path, "ws27")
    [row] = await stage.fetch("SELECT match FROM matches WHERE candidate = 'amara'")
    await stage.deliver(closed("ws27", closed_at=NOW))
    await stage.deliver(later(consented("noor", granted=False, given_at="2026-11-23T08:30:00Z"), 2))
    async with browsing(SERVICE, stage, tmp_path) as browser:
        shown = (await browser.get("/jobs/ws27/matches")).json()
        match = await browser.get(f"/matches/{row['match']}")
        refused = await browser.put(f"/matches/{row['match']}/review", DISMISSED)

    after = audited(kept, tmp_path, "ws27")

    told = [sorted((x["run"], x["score"], x["human_outcome"], x["considered"]) for x in y) for y in (before, after)]
    assert told[0] == told[1]
    assert {x["job_closed_at"] for x in before} == {""}
    assert {x["job_closed_at"] for x in after} == {NOW.isoformat()}
    assert (shown["considered"], shown["is_open"], len([m for m in shown["items"] if not m["blockers"]])) == (
        4,
        False,
        4,
    )
    assert (match.json()["review"]["outcome"], match.json()["closed_at"][:10]) == ("accepted", "2026-11-23")
    assert (refused.status_code, refused.json()["blockers"]) == (409, ["job_closed"])
    assert await stage.fetch("SELECT 1 FROM matches WHERE job = 'ws27'") == []


async def test_what_a_reopened_job_once_had_is_history_no_more(kept):
    _, stage = kept
    await stage.deliver(closed("ws27", closed_at=NOW))
    assert len(await stage.fetch("SELECT 1 FROM past_matches")) == 4

    await stage.deliver(later(the_next_job(opened_at=NOW + timedelta(minutes=5)), 2))

    assert await stage.fetch("SELECT 1 FROM past_matches") == []
    assert len(await stage.fetch("SELECT 1 FROM matches WHERE job = 'ws27'")) == 4


async def test_who_was_erased_is_in_no_past_match(kept):
    _, stage = kept
    await stage.deliver(closed("ws27", closed_at=NOW))

    await stage.deliver(Heard(CandidateErased(candidate="olga", erased_at=NOW), at=NOW))

    assert {row["candidate"] for row in await stage.fetch("SELECT candidate FROM past_matches")} == {
        "amara", "noor", "lukas",
    }  # fmt: skip


async def test_what_if_asks_as_if_and_keeps_nothing(kept, tmp_path):
    _, stage = kept
    before = await stage.fetch("SELECT * FROM runs ORDER BY run")
    async with browsing(SERVICE, stage, tmp_path) as browser:
        easier = {"competencies": [SQL | {"level": 2}, PYTHON, COMMUNICATION]}
        url = "/jobs/ws27/matches/what-if"
        answer = await browser.client.post(url, json=easier, headers=browser.headers("recruiter"))
        wrong = await browser.client.post(url, json={"competencies": []}, headers=browser.headers("recruiter"))
        nowhere = await browser.client.post(
            "/jobs/x/matches/what-if", json=easier, headers=browser.headers("recruiter")
        )

    told = answer.json()
    noors = next(p for p in told["proposed"] if p["candidate"] == "noor")
    assert (told["considered"], noors["meets_now"], noors["meets"], noors["score_now"]) == (4, 2, 3, 69.8)
    assert noors["score"] > noors["score_now"]
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "/competencies")
    assert nowhere.json()["code"] == "job-not-found"
    assert await stage.fetch("SELECT * FROM runs ORDER BY run") == before
