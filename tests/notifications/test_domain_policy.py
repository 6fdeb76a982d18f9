"""Rule 4 as a whole: whatever was sent before, a letter that is postponed is asked again later, and leaves."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain import policy
from services.notifications.domain.policy import Contact, ContactStanding, LetterKind
from shared.contracts import Purpose

WILLING = dict.fromkeys(Purpose)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    days=st.lists(st.integers(1, 400), max_size=8),
    kind=st.sampled_from([LetterKind.DECISION, LetterKind.JOB_INVITATION, LetterKind.KEEP_IN_TOUCH]),
    zone=st.sampled_from(["Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles"]),
)
def test_what_is_postponed_has_a_later_hour_at_which_it_is_asked_again_and_ends(now, days, kind, zone):
    ledger = [Contact(policy.stream_of(kind), now - timedelta(days=n)) for n in days]

    standing = ContactStanding(zone, consents=WILLING)

    found, asked = policy.decide(kind, standing, ledger, now), 0
    while found:
        assert found.until
        assert found.until > now
        now, asked = found.until, asked + 1
        found = policy.decide(kind, standing, ledger, now)

    assert asked <= 3
