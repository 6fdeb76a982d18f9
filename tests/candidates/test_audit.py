"""What an auditor can do with what is kept: recompute every score from its record alone, and see what people did."""

import csv
import io
import json
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from services.candidates.main import SERVICE
from tests.browser import browsing
from tests.candidates.sentences import (
    COMMUNICATION,
    NOW,
    PYTHON,
    SQL,
    amara,
    an_interviewed_candidate,
    consented,
    noor,
    opened,
    reviewed_match,
    the_next_job,
)
from tests.cli.test_main import talentloop
from tests.stage import staged

pytestmark = pytest.mark.db


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


async def test_every_stored_score_follows_from_its_record_alone(kept):
    _, stage = kept
    rows = await stage.fetch("SELECT inputs, result FROM runs")

    scores = [(recomputed(json.loads(r["inputs"])), json.loads(r["result"])["score"]) for r in rows]

    assert len(scores) >= 4
    assert all(again == stored for again, stored in scores), scores
    assert 86.7 in dict(scores)


async def test_the_audit_tells_everyone_considered_and_nobody_by_name(kept, tmp_path):
    addresses, _ = kept

    def lines() -> list[dict]:
        done = talentloop("audit", "matches", "--job", "ws27", home=tmp_path, CANDIDATES_DATABASE_URL=addresses.url)
        return list(csv.DictReader(io.StringIO(done.stdout)))

    first, second = lines(), lines()

    assert {line["considered"] for line in first} == {str(len(first))} == {"4"}
    accepted = [line for line in first if line["human_outcome"] == "accepted"]
    assert [(line["score"], line["proposed"], line["human_reason"]) for line in accepted] == [("86.7", "True", "fits")]
    assert not any(name in str(first) for name in ("amara", "noor", "lukas", "olga"))
    assert {line["person"] for line in first}.isdisjoint({line["person"] for line in second})
    file = tmp_path / "audit.csv"
    talentloop("audit", "matches", "--csv", str(file), home=tmp_path, CANDIDATES_DATABASE_URL=addresses.url)
    assert len(file.read_text().splitlines()) == 5


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
