"""The same facts at the same time give the same state: in any order, with any repetition, batching and company."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.insights.main import SERVICE
from shared.contracts import (
    ApplicationDecisionReversed,
    CampaignStarted,
    CandidateErased,
    CandidateMerged,
    FeedbackWithdrawn,
    NewsPublished,
    OrganizationConfigured,
)
from shared.kit.db import Connection
from tests.candidates.sentences import (
    AMARA,
    DECIDED,
    amara,
    an_interviewed_candidate,
    applied,
    closed,
    completed,
    decided,
    feedback,
    later,
    noor,
    opened,
    scheduled,
    the_next_job,
)
from tests.heard import Heard, Log
from tests.insights.halden import NOW
from tests.insights.sentences import everything_said, told_to_many
from tests.interleaving import interleaved
from tests.rehearsals import batched, rehearsal_of, rehearse, tried, with_each_topic_last

pytestmark = pytest.mark.db

ERASED = NOW - timedelta(days=1)
FACTS = [
    OrganizationConfigured(name="Acme", country="DE", timezone="Europe/Berlin", outreach_mode="approve"),
    opened(),
    later(opened(family="analytics"), 1),
    later(opened(), 2),
    *amara(),
    *noor(),
    later(feedback("noor", "yes", 2, rated={"sql": 4}), 3),
    FeedbackWithdrawn(feedback="amara-su27-f2", candidate="amara", withdrawn_at="2026-11-06T08:00:00Z"),
    later(scheduled("noor", 2, ends_at="2026-11-04T18:00:00Z"), 2),
    opened("su26", opened_at="2025-09-01T08:00:00Z"),
    applied("amara-2", "su26", submitted_at="2025-10-01T08:00:00Z"),
    decided("amara-2", "not_selected", "su26", decided_at="2025-11-01T08:00:00Z"),
    CandidateMerged(surviving="amara", merged=("amara-2",), merged_at=DECIDED),
    *an_interviewed_candidate("hanna", "strong_yes", "strong_no"),
    ApplicationDecisionReversed(application="hanna-su27", candidate="hanna", reversed_at="2026-11-14T08:00:00Z"),
    later(decided("hanna", "not_selected", decided_at="2026-11-15T08:00:00Z"), 4),
    the_next_job(),
    applied("amara", "ws27", submitted_at="2026-11-20T08:00:00Z", origin="rediscovered"),
    *(scheduled("uma", job="ws27"), completed("uma", job="ws27"), feedback("uma", "yes", job="ws27")),
    *an_interviewed_candidate("erik", "yes", "yes", rated=AMARA),
    later(closed("ws27", closed_at="2026-11-22T08:00:00Z"), 5),
    later(the_next_job(family="data science"), 6),
    Heard(CandidateErased(candidate="erik", erased_at=ERASED), at=ERASED),
    NewsPublished.model_validate(
        {
            "news": "n1",
            "title": "A day with us",
            "text": "What an analyst does here.",
            "about": "team",
            "language": "en",
            "answers": ["role"],
            "by": "ines",
            "published_at": "2026-11-20T08:00:00Z",
        }
    ),
    CampaignStarted(campaign="g1", competency="sql", by="ines", started_at="2026-11-20T08:00:00Z"),
    *everything_said(),
    *told_to_many("amara"),
]


async def state(conn: Connection) -> str:
    """Everything derived."""
    rows = await conn.fetch(
        """
        SELECT 'candidacies' AS name, to_jsonb(t) AS row FROM candidacies t
        UNION ALL SELECT 'sittings', to_jsonb(t) FROM sittings t
        UNION ALL SELECT 'scorecards', to_jsonb(t) FROM scorecards t
        UNION ALL SELECT 'assessments', to_jsonb(t) FROM assessments t
        UNION ALL SELECT 'growths', to_jsonb(t) FROM growths t
        UNION ALL SELECT 'reuses', to_jsonb(t) FROM reuses t
        UNION ALL SELECT 'rounds', to_jsonb(t) FROM rounds t
        UNION ALL SELECT 'of erased', to_jsonb(f) - '{saved_at,known_at}'::text[] FROM facts f WHERE candidate = 'erik'
                                                                                  AND topic <> 'erasure-completed'
        ORDER BY 1, 2
        """
    )
    return json.dumps([[name, json.loads(row)] for name, row in rows])


rehearsal = rehearsal_of(SERVICE, NOW)


@pytest.fixture
def records():
    log = Log()
    return [log.append(fact) for fact in FACTS]


@pytest.fixture
async def expected(rehearsal, records):
    """What comes of them in order, which each other order is compared with."""
    return await rehearse(rehearsal, [records], state)


@tried(10)
@given(random=st.randoms(use_true_random=False))
async def test_order_repetition_and_batching_do_not_matter(rehearsal, records, expected, random):
    found = await rehearse(rehearsal, batched(records, random), state)

    assert len(json.loads(expected)) > 100
    assert json.loads(found) == json.loads(expected)


async def test_whatever_is_heard_last_is_listened_to(rehearsal, records, expected):
    found = await with_each_topic_last(rehearsal, records, state)

    assert [topic for topic in found if json.loads(found[topic]) != json.loads(expected)] == []


async def test_two_verdicts_at_once_are_both_in_the_round(stage):
    found = await interleaved(
        stage,
        [opened(), *an_interviewed_candidate("ana")],
        feedback("ana", "yes", 1, rated={"sql": 4}),
        feedback("ana", "no", 2, rated={"sql": 2}),
        "SELECT sums -> 0 -> 8 ->> 8 AS interviews, sums -> 0 -> 8 ->> 19 AS given FROM rounds WHERE organization = $1",
    )

    assert found.stopped_before("INSERT INTO facts", "INSERT INTO assessments", "INSERT INTO waiting")
    assert {tuple(rows) for rows in found.found} == {(("2", "2"),)}
