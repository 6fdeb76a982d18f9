"""Rule 4: what may reach a mailbox now, and if not, why and until when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain import policy
from services.notifications.domain.hours import next_open
from services.notifications.domain.policy import Contact, Kind, Refusal, Standing
from shared.contracts import Purpose, Stream

BERLIN = "Europe/Berlin"
WEDNESDAY_NOON = datetime(2027, 3, 31, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(day: date, hour: int = 9) -> datetime:
    """An instant of a day in March 2027, in UTC; Berlin is one hour ahead until the 28th, two from then on."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def standing(**given: Any) -> Standing:
    everything = {"zone": BERLIN, "consents": frozenset(Purpose)}
    return Standing(**{**everything, **given})


def nurtured(*days: date) -> list[Contact]:
    return [Contact(Stream.NURTURE, at(day)) for day in days]


def decide(kind: Kind = Kind.KEEP_IN_TOUCH, now: datetime = WEDNESDAY_NOON, **given: Any) -> Refusal | None:
    ledger = given.pop("ledger", ())
    return policy.decide(kind, standing(**given), ledger, now)


def test_example_17_the_next_nurture_is_30_calendar_days_later_at_eight():
    ledger = nurtured(date(2027, 3, 1))
    the_31st = datetime(2027, 3, 31, 6, tzinfo=UTC)

    assert decide(now=at(date(2027, 3, 30)), ledger=ledger) == Refusal("cap", the_31st)
    assert decide(now=the_31st, ledger=ledger) is None


def test_example_18_two_people_share_a_mailbox_and_its_cap():
    ledger_of_the_mailbox = nurtured(date(2027, 3, 1))

    found = decide(now=at(date(2027, 3, 10)), ledger=ledger_of_the_mailbox)

    assert found
    assert found.reason == "cap"


def test_example_20_out_of_office_postpones_to_the_morning_after():
    until_the_12th = datetime(2027, 4, 12, 12, tzinfo=UTC)
    the_13th = datetime(2027, 4, 13, 6, tzinfo=UTC)

    assert decide(now=WEDNESDAY_NOON, away_until=until_the_12th) == Refusal("out_of_office", the_13th)
    assert decide(now=the_13th, away_until=until_the_12th) is None


def test_example_32_four_nurture_letters_in_a_year_are_enough():
    ledger = nurtured(date(2026, 5, 4), date(2026, 8, 3), date(2026, 11, 2), date(2027, 2, 1))

    found = decide(now=WEDNESDAY_NOON, ledger=ledger)

    assert found == Refusal("cap", datetime(2027, 5, 4, 6, tzinfo=UTC))


def test_invitations_have_caps_of_their_own():
    ledger = [*nurtured(date(2027, 3, 30)), Contact(Stream.INVITATION, at(date(2027, 3, 18)))]

    found = decide(Kind.JOB_INVITATION, ledger=ledger)

    assert found == Refusal("cap", datetime(2027, 4, 1, 6, tzinfo=UTC))


def test_duty_has_no_cap():
    assert decide(Kind.DECISION, ledger=[Contact(Stream.DUTY, WEDNESDAY_NOON - HOUR)] * 20) is None


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"consents": ()}, "no_consent"),
        ({"has_unsubscribed": True}, "unsubscribed"),
        ({"not_now_until": WEDNESDAY_NOON + HOUR}, "not_now"),
        ({"has_open_reply": True}, "replied"),
        ({"has_open_application": True}, "open_application"),
        ({"is_hired": True}, "hired"),
        ({"is_contactable": False}, "not_contactable"),
        ({"address_bounced": True}, "bounced"),
        ({"has_address": False}, "no_address"),
        ({"is_restricted": True}, "restricted"),
    ],
)
def test_what_speaks_against_keeping_in_touch(known, reason):
    found = decide(**known)

    assert found
    assert found.reason == reason


@pytest.mark.parametrize(
    "known",
    [{"consents": ()}, {"has_unsubscribed": True}, {"has_open_reply": True}, {"has_open_application": True}],
)
def test_example_19_unsubscribing_ends_no_duty(known):
    assert decide(Kind.DECISION, **known) is None


def test_a_reply_pauses_nurture_but_no_invitation():
    assert decide(Kind.JOB_INVITATION, has_open_reply=True) is None


def test_the_question_about_the_pool_needs_no_consent():
    assert decide(Kind.POOL_INVITATION, consents=()) is None


@pytest.mark.parametrize(
    ("instant", "opens_at"),
    [
        (datetime(2026, 11, 13, 18, 59, tzinfo=UTC), datetime(2026, 11, 13, 18, 59, tzinfo=UTC)),
        (datetime(2026, 11, 13, 19, tzinfo=UTC), datetime(2026, 11, 16, 7, tzinfo=UTC)),
        (datetime(2026, 11, 14, 11, tzinfo=UTC), datetime(2026, 11, 16, 7, tzinfo=UTC)),
        (datetime(2026, 11, 17, 6, 59, tzinfo=UTC), datetime(2026, 11, 17, 7, tzinfo=UTC)),
    ],
)
def test_nights_and_weekends_are_quiet(instant, opens_at):
    assert next_open(instant, BERLIN) == opens_at


def test_data_rights_and_a_preparation_just_before_the_interview_are_not_quiet():
    sunday = datetime(2026, 11, 15, 11, tzinfo=UTC)

    assert decide(Kind.DATA_RIGHTS, now=sunday) is None
    assert policy.quiet(Kind.PREPARATION, BERLIN, sunday, interview_at=sunday + 20 * HOUR) is None
    assert policy.quiet(Kind.PREPARATION, BERLIN, sunday, interview_at=sunday + 30 * HOUR)


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    days=st.lists(st.integers(1, 400), max_size=8),
    kind=st.sampled_from([Kind.DECISION, Kind.JOB_INVITATION, Kind.KEEP_IN_TOUCH]),
    zone=st.sampled_from([BERLIN, "Asia/Tokyo", "America/Los_Angeles"]),
)
def test_what_is_postponed_has_a_later_hour_at_which_it_is_asked_again_and_ends(now, days, kind, zone):
    ledger = [Contact(policy.stream_of(kind), now - timedelta(days=n)) for n in days]

    found, asked = decide(kind, now, ledger=ledger, zone=zone), 0
    while found:
        assert found.until
        assert found.until > now
        now, asked = found.until, asked + 1
        found = decide(kind, now, ledger=ledger, zone=zone)

    assert asked <= 3
