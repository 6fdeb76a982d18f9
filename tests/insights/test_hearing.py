"""What is read from facts as the services say them."""

from datetime import UTC, datetime, timedelta

from services.insights.domain import hearing, told
from services.insights.domain.hearing import SavedFact, hear
from services.notifications.domain.nurture import BETWEEN
from services.notifications.domain.policy import LetterKind
from shared.contracts import Tier

NOW = datetime(2026, 12, 8, tzinfo=UTC)
POOLED = {"application": "a-amara", "tier": "silver_medalist", "status": "active"}


def test_the_letter_that_answers_is_called_as_its_sender_calls_it():
    assert hearing.DECISION == LetterKind.DECISION
    assert (told.CAMPAIGN, told.NEWS) == (LetterKind.CAMPAIGN, LetterKind.KEEP_IN_TOUCH)
    assert {told.CAMPAIGN, told.NEWS} == hearing.TO_MANY
    assert min(NOW + BETWEEN * n - (NOW + BETWEEN * (n - 1)) for n in range(1, 9)) >= told.HALF_A_YEAR


def test_a_request_that_nobody_answered_is_no_broken_promise_about_the_application():
    late = {"application": "a-amara", "missing": "approval", "due_at": "2026-12-07T17:00:00+00:00"}
    facts = [SavedFact("answer-overdue", name, None, NOW, False, late | asked) for name, asked in (
        ("o1", {}), ("o2", {"response": "r1"})
    )]  # fmt: skip

    assert len(hear("halden", "amara", facts).delays) == 1


def test_who_left_the_pool_is_as_if_they_had_never_been_in_it():
    """Whether a place was ever said depends on the order in which facts came; what holds does not."""
    pooled = SavedFact("candidate-pooled", "m-amara", None, NOW, False, POOLED)
    left = SavedFact("candidate-left-pool", "m-amara", None, NOW + timedelta(days=1), False, {})

    assert [p.tier for p in hear("halden", "amara", [pooled]).places] == [Tier.SILVER_MEDALIST]
    assert hear("halden", "amara", [pooled, left]).places == ()
