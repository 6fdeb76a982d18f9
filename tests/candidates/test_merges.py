"""Merges and unmerges: chains, cycles and half of them arrive in any order, and an unmerge leaves nothing behind."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.candidates.main import SERVICE
from shared.contracts import CandidateErased, CandidateMerged, CandidateResponded, Event
from shared.kit import drain
from shared.kit.db import Connection
from shared.kit.inbox import Mode
from tests.browser import browsing
from tests.candidates.sentences import (
    AMARA,
    DECIDED,
    NOW,
    an_interviewed_candidate,
    applied,
    closed,
    consented,
    decided,
    match_said,
    opened,
    place_of,
    registered,
    reviewed_match,
    reviewed_membership,
    the_next_job,
)
from tests.heard import Heard, Log
from tests.rehearsals import batched, rehearsal_of, rehearse, tried

pytestmark = pytest.mark.db

PEOPLE = [
    opened(),
    closed(),
    opened("ops", family="operations"),
    the_next_job(),
    *an_interviewed_candidate("amara", "yes", "strong_yes", rated=AMARA),
    consented("amara", given_at="2026-11-16T08:00:00Z"),
    *an_interviewed_candidate("amara-2", "no", "strong_no"),
    consented("amara-2", granted=False, given_at="2026-11-17T08:00:00Z"),
    reviewed_membership("amara-2", action="confirm"),
    registered("amara-3"),
    applied("amara-3", "ops", submitted_at="2026-11-20T08:00:00Z"),
    consented("amara-3", given_at="2026-11-18T08:00:00Z"),
    *an_interviewed_candidate("noor", "yes", "no", rated=AMARA),
    consented("noor"),
    reviewed_match("noor", "ws27"),
    *an_interviewed_candidate("bo", "yes", "yes", rated=AMARA),
    reviewed_match("bo", "ws27", outcome="dismissed", reviewed_at="2026-11-14T08:00:00Z"),
    CandidateResponded(response="r1", candidate="bo", responded_at=DECIDED, kind="not_now"),
    applied("cy", "ops", submitted_at="2025-01-01T08:00:00Z"),
    decided("cy", "hired", "ops", decided_at="2025-02-01T08:00:00Z"),
]
IDS = ("amara", "amara-2", "amara-3", "noor", "bo", "cy")


def merged(surviving: str, *others: str, hour: int = 0) -> Heard:
    """`surviving` stands for the others since that hour; for nobody without others."""
    at = NOW.replace(day=1, hour=hour)
    event = CandidateMerged(surviving=surviving, merged=others, merged_at=at)
    return Heard(event, at=at, id=f"merged-{surviving}-{hour}")


async def state(conn: Connection) -> str:
    """Everything derived, and what stands of what was said."""
    found = {
        "members": await conn.fetch("SELECT * FROM members ORDER BY 1, 2, 3"),
        "descriptions": await conn.fetch("SELECT * FROM descriptions ORDER BY 1, 2, 3"),
        "words": await conn.fetch("SELECT * FROM words ORDER BY 1, 2, 3, 4"),
        "names": await conn.fetch("SELECT * FROM names ORDER BY 1, 2, 3"),
        "skills": await conn.fetch("SELECT * FROM skills ORDER BY 1, 2, 3"),
        "matches": await conn.fetch("SELECT * FROM matches ORDER BY 1, 2, 3"),
        "aliases": await conn.fetch("SELECT * FROM aliases ORDER BY 1, 2"),
        "said": await conn.fetch(
            """
            SELECT fact, topic, body FROM (
                SELECT DISTINCT ON (fact) fact, topic, body FROM facts
                WHERE topic IN ('candidate-pooled', 'candidate-left-pool', 'candidate-matched', 'match-withdrawn')
                ORDER BY fact, time DESC) newest
            WHERE topic IN ('candidate-pooled', 'candidate-matched') ORDER BY 1
            """
        ),
    }
    return json.dumps({k: [dict(row) for row in rows] for k, rows in found.items()}, default=str)


rehearsal = rehearsal_of(SERVICE, NOW)


@st.composite
def merges(draw: st.DrawFn) -> list[Heard]:
    """Versions of some merges, each with an hour of its own: chains, cycles and unmerges come by themselves."""
    versions = []
    for hour in range(draw(st.integers(1, 5))):
        surviving = draw(st.sampled_from(IDS))
        others = draw(st.lists(st.sampled_from([i for i in IDS if i != surviving]), max_size=3, unique=True))
        versions.append(merged(surviving, *others, hour=hour))
    return versions


ALMOST_FREE = tried(12)


@ALMOST_FREE
@given(versions=merges(), random=st.randoms(use_true_random=False))
async def test_in_any_order_merges_end_the_same(rehearsal, versions, random):
    log = Log()
    records = [log.append(fact) for fact in (*PEOPLE, *versions)]

    expected = await rehearse(rehearsal, [records], state)
    found = await rehearse(rehearsal, batched(records, random), state)

    assert json.loads(found) == json.loads(expected)


@pytest.fixture
async def unmerged(rehearsal):
    """What comes of them where nobody was ever merged."""
    log = Log()
    return await rehearse(rehearsal, [[log.append(fact) for fact in PEOPLE]], state)


@ALMOST_FREE
@given(versions=merges(), random=st.randoms(use_true_random=False))
async def test_an_unmerge_leaves_nothing_of_the_merge_behind(rehearsal, unmerged, versions, random):
    log = Log()
    facts: list[Event | Heard] = [*PEOPLE, *versions]
    random.shuffle(facts)
    apart = [merged(i, hour=9) for i in IDS]

    batches = [[log.append(fact) for fact in facts], [log.append(fact) for fact in apart]]
    found = await rehearse(rehearsal, batches, state)

    assert json.loads(found) == json.loads(unmerged)


@ALMOST_FREE
@given(versions=merges(), erased=st.sampled_from(IDS), random=st.randoms(use_true_random=False))
async def test_in_any_order_merges_and_an_erasure_end_the_same(rehearsal, versions, erased, random):
    log = Log()
    told = Heard(CandidateErased(candidate=erased, erased_at=NOW.replace(hour=8)), at=NOW.replace(hour=8))
    records = [log.append(fact) for fact in (*PEOPLE, *versions, told)]

    expected = await rehearse(rehearsal, [records], state)
    found = await rehearse(rehearsal, batched(records, random), state)

    for table in (
        "members",
        "descriptions",
        "words",
        "names",
        "skills",
        "matches",
        "aliases",
    ):  # not what was said before the erasure was heard of
        assert json.loads(found)[table] == json.loads(expected)[table]


async def test_whoever_was_joined_to_somebody_erased_stands_alone_again(stage):
    await stage.deliver(*PEOPLE, merged("noor", "bo", hour=1))
    assert await stage.fetch("SELECT status FROM members WHERE candidate = 'bo'") == []

    await stage.deliver(Heard(CandidateErased(candidate="noor", erased_at=NOW.replace(hour=8)), at=NOW.replace(hour=8)))

    assert await stage.fetch("SELECT status FROM members WHERE candidate = 'bo'") == [{"status": "invited"}]


async def test_so_does_who_is_derived_beside_them(stage, monkeypatch):
    monkeypatch.setattr(drain, "AT_ONCE", 1)
    await stage.deliver(*PEOPLE)
    erased = Heard(CandidateErased(candidate="noor", erased_at=NOW.replace(hour=8)), at=NOW.replace(hour=8))

    backlog = [stage.log.append(fact) for fact in (merged("noor", "bo", hour=1), erased)]
    await stage.inbox.take(backlog, Mode.REMEMBER)
    assert len(await stage.fetch("SELECT FROM waiting WHERE kind = 'person'")) == 2
    await stage.drain.exhaust()

    members = await stage.fetch("SELECT candidate, status FROM members WHERE candidate IN ('noor', 'bo')")
    assert members == [{"candidate": "bo", "status": "invited"}]


async def test_an_accepted_match_follows_the_person_and_comes_back(stage):
    await stage.deliver(*PEOPLE)
    assert (await match_said(stage, "noor"))[0] == "candidate-matched"

    await stage.deliver(merged("noor-1", "noor", hour=1))
    assert (await match_said(stage, "noor"))[0] == "match-withdrawn"
    assert (await match_said(stage, "noor-1"))[0] == "candidate-matched"

    await stage.deliver(merged("noor-1", hour=2))
    assert (await match_said(stage, "noor"))[0] == "candidate-matched"
    assert (await match_said(stage, "noor-1"))[0] == "match-withdrawn"


async def test_a_cycle_has_one_person_and_one_place(stage):
    await stage.deliver(*PEOPLE, merged("amara", "amara-2", hour=1), merged("amara-2", "amara", hour=2))

    rows = await stage.fetch("SELECT candidate FROM members WHERE candidate LIKE 'amara%' AND family = 'data'")
    assert rows == [{"candidate": "amara"}]
    assert await place_of(stage, "amara") == "consent_withdrawn"


async def test_over_http_a_merge_is_said_shown_and_undone(stage, tmp_path):
    async with browsing(SERVICE, stage, tmp_path) as browser:
        await stage.deliver(*PEOPLE)
        merge = {"merged": ["amara-2", "amara-3"], "merged_at": "2026-11-20T08:00:00Z"}
        refused = await browser.put("/candidates/amara/merge", {**merge, "merged": ["nobody"]})
        itself = await browser.put("/candidates/amara/merge", {**merge, "merged": ["amara"]})

        said = await browser.put("/candidates/amara/merge", merge)
        again = await browser.put("/candidates/amara/merge", merge)
        shown = (await browser.get("/candidates/amara/merge")).json()
        consents = (await browser.get("/candidates/amara-2/consents")).json()
        undone = await browser.put("/candidates/amara/merge", {"merged": [], "merged_at": "2026-11-21T08:00:00Z"})
        apart = (await browser.get("/candidates/amara/merge")).json()

    assert (refused.status_code, refused.json()["code"]) == (404, "candidate-not-found")
    assert (itself.status_code, itself.json()["errors"][0]["code"]) == (422, "merges-itself")
    assert (said.status_code, again.json()["recorded"], undone.status_code) == (201, "same", 200)
    assert (shown["person"], shown["ids"]) == ("amara", ["amara", "amara-2", "amara-3"])
    assert (consents["candidate"], [c["candidate"] for c in consents["consents"]]) == ("amara", ["amara-3"])
    assert (apart["merged"], apart["ids"]) == ([], ["amara"])


@pytest.mark.parametrize("surviving", ["noor", "bo"])
async def test_a_merge_after_the_erasure_erases_nobody_else(stage, surviving):
    await stage.deliver(*PEOPLE)
    other = {"noor": "bo", "bo": "noor"}[surviving]
    facts = await stage.fetch("SELECT topic, fact FROM facts WHERE candidate = 'noor' ORDER BY 1, 2")

    await stage.deliver(Heard(CandidateErased(candidate="bo", erased_at=NOW), at=NOW))
    await stage.deliver(Heard(merged(surviving, other, hour=3).event, at=NOW, id="after"))

    assert await place_of(stage, "noor") == ("promising", "active")  # what bo survives is erased like all of bo
    kept = await stage.fetch("SELECT topic, fact FROM facts WHERE candidate = 'noor' ORDER BY 1, 2")
    assert [row for row in facts if row not in kept] == []
    assert await stage.fetch("SELECT 1 FROM facts WHERE candidate = 'bo' AND topic = 'feedback-submitted'") == []
