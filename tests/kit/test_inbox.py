"""The way of a batch: saved once, derived, said once, whatever comes how often and in which order."""

import random
from datetime import timedelta

import pytest

from shared.contracts import CandidateErased, CandidateMerged
from tests.heard import MONDAY, Heard
from tests.kit.conftest import evidence_of, feedback
from tests.rehearsals import batched

pytestmark = pytest.mark.db


async def test_a_fact_is_saved_and_what_follows_is_said(stage):
    await stage.deliver(feedback("f1", "ana"), feedback("f2", "ana"))

    assert await evidence_of(stage, "ana") == ["f1", "f2"]
    assert len(await stage.fetch("SELECT id FROM outbox")) == 1


async def test_the_same_records_again_change_and_say_nothing(stage):
    records = [stage.log.append(feedback("f1", "ana")), stage.log.append(feedback("f2", "bo"))]
    await stage.take(records)
    before = await stage.fetch("SELECT * FROM facts ORDER BY 1, 2, 3")

    await stage.take(records)

    assert await stage.fetch("SELECT * FROM facts ORDER BY 1, 2, 3") == before
    assert len(await stage.fetch("SELECT id FROM outbox")) == 2


async def test_what_others_say_is_known_since_it_came_first_and_what_we_say_came_from_nobody(stage):
    later = MONDAY + timedelta(hours=1)
    await stage.move(MONDAY)
    corrected = Heard(feedback("f2", "ana", overall="no"), at=later, id="corrected")
    await stage.deliver(feedback("f1", "ana"), feedback("f2", "ana"))
    await stage.move(later)

    await stage.deliver(feedback("f1", "ana"), corrected)

    rows = await stage.fetch("SELECT fact, known_at FROM facts ORDER BY topic <> 'feedback-submitted', fact")
    assert [row["known_at"] for row in rows] == [MONDAY, later, None]


async def test_an_older_version_changes_nothing(stage):
    later = MONDAY + timedelta(hours=1)
    await stage.deliver(Heard(feedback("f1", "ana", overall="no"), at=later, id="e2"))

    await stage.deliver(Heard(feedback("f1", "ana", overall="yes"), at=MONDAY, id="e1"))

    assert [f["overall"] for f in await stage.said("feedback-submitted")] == ["no"]


async def test_a_fact_that_moves_to_somebody_else_leaves_the_first_one(stage):
    await stage.deliver(feedback("f1", "ana"))

    await stage.deliver(Heard(feedback("f1", "bo"), at=MONDAY + timedelta(hours=1)))

    assert await evidence_of(stage, "ana") is None
    assert await evidence_of(stage, "bo") == ["f1"]


async def test_a_bad_record_is_parked_and_its_neighbours_are_not_touched(stage):
    good, bad = stage.log.append(feedback("f1", "ana")), stage.log.append(feedback("f2", "bo"))

    await stage.take([good, bad._replace(value=b'{"feedback": "f2", "level": ')])

    assert await evidence_of(stage, "ana") == ["f1"]
    assert [(r["code"], r["offset"]) for r in await stage.fetch("SELECT * FROM dead_letters")] == [
        ("not-json", bad.offset)
    ]


async def test_offsets_move_on_with_the_effect(stage):
    record = stage.log.append(feedback("f1", "ana"))

    await stage.take([record])

    rows = await stage.fetch("SELECT topic, partition, next_offset FROM offsets")
    assert rows == [{"topic": record.topic, "partition": record.partition, "next_offset": record.offset + 1}]


async def test_what_cannot_be_processed_is_found_by_halving_and_parked(stage):
    records = [stage.log.append(feedback(f"f{n}", "cursed" if n == 3 else f"person-{n}")) for n in range(7)]

    await stage.take(records)

    assert len(await stage.said("candidate-pooled")) == 6
    assert [(r["code"], r["offset"]) for r in await stage.fetch("SELECT * FROM dead_letters")] == [
        ("not-processable", records[3].offset)
    ]


async def test_a_merged_person_is_one_person(stage):
    await stage.deliver(feedback("f1", "ana"), feedback("f2", "ana-2"))

    await stage.deliver(CandidateMerged(surviving="ana", merged=("ana-2",), merged_at=MONDAY))

    assert await evidence_of(stage, "ana") == ["f1", "f2"]


async def test_an_unmerged_person_is_two_again(stage):
    merged = CandidateMerged(surviving="ana", merged=("ana-2",), merged_at=MONDAY)
    await stage.deliver(feedback("f1", "ana"), feedback("f2", "ana-2"), merged)

    await stage.deliver(Heard(merged.model_copy(update={"merged": ()}), at=MONDAY + timedelta(hours=1)))

    assert await evidence_of(stage, "ana") == ["f1"]
    assert await evidence_of(stage, "ana-2") == ["f2"]


async def test_an_erased_person_leaves_nothing_and_a_tombstone_on_our_own_topics(stage):
    await stage.move(MONDAY)
    await stage.deliver(feedback("f1", "ana"))

    erased_at = MONDAY + timedelta(minutes=5)
    await stage.deliver(Heard(CandidateErased(candidate="ana", erased_at=erased_at), at=erased_at))
    await stage.deliver(Heard(feedback("f2", "ana"), at=MONDAY - timedelta(days=1)))

    assert await stage.said("feedback-submitted") == []
    assert await evidence_of(stage, "ana") is None
    assert await stage.fetch("SELECT id FROM outbox WHERE value IS NULL")


@pytest.mark.parametrize("seed", range(5))
async def test_any_order_repetition_and_batching_gives_the_same_state(stage, seed):
    events = [feedback(f"f{n}", f"person-{n % 3}") for n in range(9)]
    records = [stage.log.append(event) for event in events]

    for batch in batched(records, random.Random(seed)):
        await stage.take(batch)

    assert [await evidence_of(stage, f"person-{n}") for n in range(3)] == [
        [f"f{n}", f"f{n + 3}", f"f{n + 6}"] for n in range(3)
    ]
