"""Two transactions at once, the second one coming in between any two statements of the first."""

import pytest

from shared.contracts import CandidateMerged
from tests.heard import MONDAY
from tests.interleaving import interleave
from tests.kit.conftest import evidence_of, feedback

pytestmark = pytest.mark.db

STATEMENTS = range(1, 13)


@pytest.mark.parametrize("pause_before", STATEMENTS)
async def test_two_batches_about_one_person_see_each_other(stage, pause_before):
    first, second = stage.log.append(feedback("f1", "ana")), stage.log.append(feedback("f2", "ana"))

    await interleave(stage, [first], [second], pause_before)

    assert await evidence_of(stage, "ana") == ["f1", "f2"]


@pytest.mark.parametrize("pause_before", STATEMENTS)
async def test_a_merge_and_a_feedback_see_each_other(stage, pause_before):
    await stage.deliver(feedback("f1", "ana"))
    merge = stage.log.append(CandidateMerged(surviving="ana", merged=("ana-2",), merged_at=MONDAY))
    late = stage.log.append(feedback("f2", "ana-2"))

    await interleave(stage, [late], [merge], pause_before)

    assert await evidence_of(stage, "ana") == ["f1", "f2"]


@pytest.mark.parametrize("pause_before", STATEMENTS)
async def test_the_same_batch_in_two_places_is_counted_once(stage, pause_before):
    records = [stage.log.append(feedback("f1", "ana")), stage.log.append(feedback("f2", "bo"))]

    await interleave(stage, records, records, pause_before)

    assert len(await stage.fetch("SELECT id FROM outbox")) == 2
