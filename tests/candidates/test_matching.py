"""Who is proposed for which job: the service on a real database."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid5

import pytest

from shared.contracts import NAMESPACE, CandidateResponded, Event, match_id
from shared.kit.db import EVERYONE
from shared.kit.people import lock_people
from tests.candidates.sentences import (
    NOW,
    amara,
    an_interviewed_candidate,
    applied,
    closed,
    completed,
    consented,
    decided,
    feedback,
    later,
    match_said,
    noor,
    opened,
    place_of,
    registered,
    scheduled,
    the_next_job,
)

pytestmark = pytest.mark.db


async def test_examples_10_and_11_nineteen_days_after_the_interviews(stage):
    await stage.deliver(opened(), *amara(consented("amara")), *noor(consented("noor")))
    await stage.move(NOW + timedelta(hours=6))

    await stage.deliver(the_next_job(opened_at=NOW + timedelta(hours=6)))

    (_, amaras), (_, noors) = [await match_said(stage, name) for name in ("amara", "noor")]
    assert (amaras["score"], amaras["meets"], amaras["of"], amaras["gaps"]) == (86.7, 3, 3, [])
    assert (noors["score"], noors["meets"]) == (69.8, 2)
    assert [(g["competency"], g["kind"]) for g in noors["gaps"]] == [("sql", "below_level")]
    runs = {name: await factors(stage, name) for name in ("amara", "noor")}
    assert {days for of in runs.values() for _, days, _ in of} == {19}
    assert {c: contribution for c, _, contribution in runs["amara"]} == {
        "sql": 2.7,
        "python": 1.6,
        "communication": 0.9,
    }
    assert {c: contribution for c, _, contribution in runs["noor"]} == {
        "sql": 1.6875, "python": 1.6, "communication": 0.9,
    }  # fmt: skip


async def factors(stage, candidate: str) -> list[tuple[str, int, float]]:
    """Competency, days and contribution of the run that stands."""
    [row] = await stage.fetch("SELECT result FROM runs JOIN matches USING (organization, run) "
                              "WHERE matches.candidate = $1", candidate)  # fmt: skip
    assessed = json.loads(row["result"])["assessed"]
    return [(competency, found["days"], found["contribution"]) for competency, found in assessed.items()]


async def test_example_14_consent_withdrawn_after_the_proposal_withdraws_it(stage):
    await stage.deliver(opened(), *amara(consented("amara")), the_next_job())

    await stage.deliver(later(consented("amara", granted=False, given_at="2026-11-23T08:00:00Z"), 1))

    topic, said = await match_said(stage, "amara")
    assert (topic, said["reason"]) == ("match-withdrawn", "consent")


async def test_example_26_a_closed_job_said_again_stays_closed_until_it_is_opened_anew(stage):
    await stage.deliver(opened(), *amara(consented("amara")), the_next_job())
    await stage.deliver(closed("ws27", closed_at=NOW))
    assert (await match_said(stage, "amara"))[1]["reason"] == "job_closed"

    await stage.deliver(later(the_next_job(title="Another title"), 1))
    assert (await match_said(stage, "amara"))[0] == "match-withdrawn"

    await stage.deliver(later(the_next_job(opened_at=NOW + timedelta(minutes=5)), 2))
    assert (await match_said(stage, "amara"))[0] == "candidate-matched"


async def test_one_persons_new_feedback_changes_their_run_only(stage):
    await stage.deliver(opened(), *amara(consented("amara")), *noor(consented("noor")), the_next_job())
    before = {r["candidate"]: r["run"] for r in await stage.fetch("SELECT candidate, run FROM matches")}

    await stage.deliver(feedback("noor", "yes", 3, rated={"sql": 5}))

    after = {r["candidate"]: r["run"] for r in await stage.fetch("SELECT candidate, run FROM matches")}
    assert after["amara"] == before["amara"]
    assert after["noor"] != before["noor"]
    assert len(await stage.fetch("SELECT 1 FROM runs WHERE candidate = 'noor'")) == 2


async def test_who_never_was_interviewed_is_not_considered(stage):
    await stage.deliver(opened(), applied("tom"), decided("tom"), consented("tom"), the_next_job())

    assert await stage.fetch("SELECT 1 FROM matches") == []


async def test_who_applies_for_the_job_is_proposed_no_more(stage):
    await stage.deliver(opened(), *amara(consented("amara")), the_next_job())

    await stage.deliver(applied("amara", "ws27", submitted_at=NOW))

    assert (await match_said(stage, "amara"))[1]["reason"] == "open_application"
    assert await place_of(stage, "amara") == ("silver_medalist", "paused")


async def test_somebody_who_said_not_now_is_proposed_when_that_time_has_passed(stage):
    await stage.deliver(opened(), *amara(consented("amara")), the_next_job())
    until = NOW + timedelta(days=40)

    await stage.deliver(
        CandidateResponded(response="r1", candidate="amara", responded_at=NOW, kind="not_now", until=until)
    )
    assert (await match_said(stage, "amara"))[1]["reason"] == "not_now"

    await stage.move(until)
    assert (await match_said(stage, "amara"))[0] == "candidate-matched"


async def test_a_match_has_one_id(stage):
    await stage.deliver(opened(), *amara(consented("amara")), the_next_job())

    assert await stage.fetch("SELECT match FROM matches") == [{"match": match_id("amara", "ws27")}]


def interviewed_for(name: str, job: str | None) -> list[Event]:
    heard = [scheduled(name, job=job), completed(name, job=job), feedback(name, job=job)]
    return [registered(name), applied(name, job), *heard, decided(name, job=job)]


async def test_a_general_job_looks_at_general_applicants_only(stage):
    await stage.deliver(opened(), *amara(), *interviewed_for("olga", None), *interviewed_for("tom", "unknown"))

    await stage.deliver(opened("gen27", opened_at=NOW, family=None, department=None))

    assert await stage.fetch("SELECT candidate, job FROM matches") == [{"candidate": "olga", "job": "gen27"}]


async def test_a_long_line_of_people_is_looked_at_in_slices(stage, monkeypatch):
    monkeypatch.setattr("shared.kit.drain.AT_ONCE", 2)
    people = [f"person-{n}" for n in range(7)]
    await stage.deliver(opened(), *(f for name in people for f in an_interviewed_candidate(name, "yes")))

    await stage.deliver(the_next_job())
    matched = await stage.fetch("SELECT candidate FROM matches WHERE job = 'ws27' ORDER BY 1")
    await stage.deliver(closed("ws27", closed_at=NOW))

    assert [row["candidate"] for row in matched] == people
    assert await stage.fetch("SELECT 1 FROM matches") == []
    assert await stage.fetch("SELECT 1 FROM waiting") == []


async def test_whom_somebody_else_is_at_work_on_is_left_for_later(stage):
    await stage.deliver(opened(), *amara(consented("amara")), *noor(consented("noor")))

    async with stage.database.transaction(EVERYONE) as elsewhere:
        await lock_people(elsewhere, [("acme", "noor")])
        async with asyncio.timeout(10):
            await stage.deliver(the_next_job())
        waiting = await stage.fetch("SELECT kind, id FROM waiting")
        found = await stage.fetch("SELECT candidate FROM matches")
    await stage.drain.exhaust()

    assert (waiting, found) == ([{"kind": "pair", "id": "ws27/noor"}], [{"candidate": "amara"}])
    assert len(await stage.fetch("SELECT candidate FROM matches")) == 2
    assert await stage.fetch("SELECT 1 FROM waiting") == []


async def test_a_run_is_named_by_the_bytes_it_keeps(stage):
    await stage.deliver(opened(), *amara(consented("amara")), *noor(), the_next_job())

    runs = await stage.fetch("SELECT organization, run, inputs::text FROM runs")

    assert len(runs) == 2
    assert [r["run"] for r in runs] == [
        str(uuid5(NAMESPACE, f"run/{r['organization']}/{r['inputs']}")) for r in runs
    ]  # fmt: skip
