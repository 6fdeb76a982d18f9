"""What is read from facts as the services say them."""

from datetime import UTC, datetime, timedelta

from services.insights.domain import hearing
from services.insights.domain.hearing import SavedFact, hear
from services.notifications.domain.policy import LetterKind
from shared.contracts import Tier

NOW = datetime(2026, 12, 8, tzinfo=UTC)
POOLED = {"application": "a-amara", "tier": "silver_medalist", "status": "active"}


def test_the_letter_that_answers_is_called_as_its_sender_calls_it():
    assert hearing.DECISION == LetterKind.DECISION


def test_who_left_the_pool_was_gained_in_the_round_and_stands_nowhere():
    pooled = SavedFact("candidate-pooled", "m-amara", None, NOW, False, POOLED)
    left = SavedFact("candidate-left-pool", "m-amara", None, NOW + timedelta(days=1), False, {})

    [place] = hear("halden", "amara", [pooled, left]).places

    assert (place.tier, place.status) == (Tier.SILVER_MEDALIST, None)
