"""The same facts at the same time give the same states: in any order, with any repetition, batching and company."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.interviews.main import SERVICE
from shared.contracts import ApplicationDecisionReversed, CandidateMerged
from shared.kit.db import Connection
from tests.candidates.sentences import (
    DECIDED,
    NOW,
    applied,
    closed,
    completed,
    decided,
    feedback,
    later,
    opened,
    scheduled,
)
from tests.interviews.test_handlers import cancelled, state_of
from tests.stage import Log, batched, interleave, rehearse, rehearsing

pytestmark = pytest.mark.db

FACTS = [
    opened(), closed(), applied("ana"), scheduled("ana"), cancelled(),
    later(scheduled("ana", starts_at="2026-11-20T14:00:00Z", ends_at="2026-11-20T15:00:00Z"), 1),
    decided("ana"), ApplicationDecisionReversed(application="ana-su27", candidate="ana", reversed_at=DECIDED),
    applied("bo"), scheduled("bo"), completed("bo"), feedback("bo"),
    scheduled("bo-2", 2), CandidateMerged(surviving="bo", merged=("bo-2",), merged_at=DECIDED),
]  # fmt: skip


async def states(conn: Connection) -> str:
    """Everything derived."""
    tables = ("interviews", "applications", "jobs")
    found = [await conn.fetch(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in tables]  # noqa: S608
    return str([[tuple(row) for row in rows] for rows in found])


@pytest.fixture
async def rehearsal(fresh_database, monkeypatch):
    """A service whose clock stands still; every rehearsal is rolled back."""
    monkeypatch.setattr("tests.stage.MONDAY", NOW)  # what a rehearsal takes for the time at the border
    async with rehearsing(await fresh_database("interviews"), SERVICE, NOW) as stage:
        yield stage


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(random=st.randoms(use_true_random=False))
async def test_order_repetition_and_batching_do_not_matter(rehearsal, random):
    log = Log()
    records = [log.append(fact) for fact in FACTS]

    expected = await rehearse(rehearsal, [records], states)

    assert await rehearse(rehearsal, batched(records, random), states) == expected


@pytest.mark.parametrize("pause_before", range(1, 13))
async def test_a_schedule_and_its_cancellation_see_each_other(stage, pause_before):
    first, second = stage.log.append(scheduled("ana")), stage.log.append(cancelled())

    await interleave(stage, [first], [second], pause_before)

    assert await state_of(stage) == ("cancelled", None)


@pytest.mark.parametrize("pause_before", range(1, 13))
async def test_a_merge_and_an_interview_see_each_other(stage, pause_before):
    await stage.deliver(opened(), applied("ana"))
    merge = stage.log.append(CandidateMerged(surviving="ana", merged=("ana-2",), merged_at=DECIDED))
    late = stage.log.append(scheduled("ana-2"))

    await interleave(stage, [late], [merge], pause_before)

    rows = await stage.fetch("SELECT DISTINCT candidate FROM interviews")
    assert [row["candidate"] for row in rows] == ["ana"]
