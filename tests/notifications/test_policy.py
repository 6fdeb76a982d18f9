"""Rule 4: what may reach a mailbox, and when."""

from datetime import UTC

import pytest

from services.notifications.domain.hours import next_open
from services.notifications.domain.policy import (
    Contact,
    ContactStanding,
    LetterKind,
    LetterRefusal,
    decide,
    is_capped,
    quiet,
)
from shared.contracts import Purpose, Stream
from tests.notifications.facts import at

BERLIN = "Europe/Berlin"
WELCOME = ContactStanding(zone=BERLIN, consents=dict.fromkeys(Purpose))


def nurture(*days: str) -> list[Contact]:
    return [Contact(Stream.NURTURE, at(f"{day} 09:00")) for day in days]


def test_example_17_a_second_nurture_letter_waits_thirty_days():
    refused = decide(LetterKind.KEEP_IN_TOUCH, WELCOME, nurture("2027-03-01"), at("2027-03-30 09:00"))

    assert refused == LetterRefusal("cap", at("2027-03-31 08:00"))
    assert decide(LetterKind.KEEP_IN_TOUCH, WELCOME, nurture("2027-03-01"), at("2027-03-31 08:00")) is None


def test_days_are_dates_in_the_candidates_zone():
    late = [Contact(Stream.NURTURE, at("2027-03-01 19:30"))]

    assert decide(LetterKind.KEEP_IN_TOUCH, WELCOME, late, at("2027-03-31 08:00")) is None


def test_example_18_two_ids_with_one_mailbox_have_one_ledger():
    sent_to_a = nurture("2027-03-01")

    refused = decide(LetterKind.SURVEY, WELCOME, sent_to_a, at("2027-03-10 09:00"))

    assert refused is not None
    assert refused.reason == "cap"


def test_example_32_four_nurture_letters_a_year_summed_over_merged_people():
    ledger = nurture("2026-05-05", "2026-08-04") + nurture("2026-10-06", "2027-01-12")

    refused = decide(LetterKind.SURVEY, WELCOME, ledger, at("2027-03-10 09:00"))

    assert refused == LetterRefusal("cap", at("2027-05-05 08:00"))


def test_one_invitation_in_fourteen_days_and_six_in_a_year():
    sent = [Contact(Stream.INVITATION, at("2027-03-01 09:00"))]

    assert decide(LetterKind.JOB_INVITATION, WELCOME, sent, at("2027-03-12 09:00")) == LetterRefusal(
        "cap", at("2027-03-15 08:00")
    )
    assert decide(LetterKind.JOB_INVITATION, WELCOME, sent, at("2027-03-15 09:00")) is None


def test_duty_has_no_cap_and_other_streams_do_not_count():
    ledger = [Contact(Stream.DUTY, at("2027-03-09 09:00")), *nurture("2027-03-09")]

    assert decide(LetterKind.DECISION, WELCOME, ledger, at("2027-03-10 09:00")) is None
    assert decide(LetterKind.JOB_INVITATION, WELCOME, ledger, at("2027-03-10 09:00")) is None


@pytest.mark.parametrize("kind", [kind for kind in LetterKind if not is_capped(kind)])
def test_what_has_no_cap_leaves_whatever_came_before(kind):
    ledger = [Contact(stream, at("2027-03-10 08:30")) for stream in Stream for _ in range(10)]

    assert decide(kind, WELCOME, ledger, at("2027-03-10 09:00")) is None


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-13 19:59", "2026-11-13 19:59"),
        ("2026-11-13 20:00", "2026-11-16 08:00"),
        ("2026-11-14 12:00", "2026-11-16 08:00"),
        ("2026-11-16 07:59", "2026-11-16 08:00"),
        ("2026-11-16 23:00", "2026-11-17 08:00"),
        ("2026-03-27 21:00", "2026-03-30 08:00"),  # the clocks change on that Sunday
    ],
)
def test_nights_and_weekends_are_quiet(now, opens):
    assert next_open(at(now).astimezone(UTC), BERLIN) == at(opens)


def test_data_rights_and_a_preparation_the_day_before_may_come_at_night():
    night = at("2026-11-13 22:00")

    assert quiet(LetterKind.DATA_RIGHTS, BERLIN, night) is None
    assert quiet(LetterKind.PREPARATION, BERLIN, night, interview_at=at("2026-11-14 10:00")) is None
    assert quiet(LetterKind.PREPARATION, BERLIN, night, interview_at=at("2026-11-17 10:00")) is not None


def test_example_20_out_of_office_postpones_to_the_next_working_day():
    away = WELCOME._replace(away_until=at("2027-04-12 00:00"))

    refused = decide(LetterKind.KEEP_IN_TOUCH, away, [], at("2027-04-07 09:00"))

    assert refused == LetterRefusal("out_of_office", at("2027-04-13 08:00"))


def test_example_20_a_public_holiday_is_no_working_day():
    away = WELCOME._replace(away_until=at("2027-03-26 23:59"), country="DE")  # Good Friday; Monday is a holiday too

    refused = decide(LetterKind.KEEP_IN_TOUCH, away, [], at("2027-03-22 09:00"))

    assert refused == LetterRefusal("out_of_office", at("2027-03-30 08:00"))


def test_a_preparation_leaves_a_day_before_the_interview_at_the_latest():
    friday_night, sunday = at("2026-11-13 21:00"), at("2026-11-15 10:00")

    at_monday_ten = decide(LetterKind.PREPARATION, WELCOME, [], friday_night, interview_at=at("2026-11-16 10:00"))
    at_tuesday = decide(LetterKind.PREPARATION, WELCOME, [], friday_night, interview_at=at("2026-11-17 10:00"))

    assert at_monday_ten == LetterRefusal("quiet", sunday)
    assert at_tuesday == LetterRefusal("quiet", at("2026-11-16 08:00"))
    assert decide(LetterKind.PREPARATION, WELCOME, [], sunday, interview_at=at("2026-11-16 10:00")) is None


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (WELCOME._replace(has_unsubscribed=True), "unsubscribed"),
        (WELCOME._replace(is_hired=True), "hired"),
        (WELCOME._replace(has_open_application=True), "open_application"),
        (WELCOME._replace(not_now_until=at("2027-05-01 00:00")), "not_now"),
        (WELCOME._replace(consents={}), "no_consent"),
        (WELCOME._replace(consents=dict.fromkeys(Purpose, at("2027-04-07 08:59"))), "no_consent"),
        (WELCOME._replace(is_contactable=False), "not_contactable"),
    ],
)
def test_what_stops_invitations_never_stops_duty(standing, reason):
    now = at("2027-04-07 09:00")

    assert decide(LetterKind.JOB_INVITATION, standing, [], now)[0] == reason
    assert decide(LetterKind.DECISION, standing, [], now) is None


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (WELCOME._replace(is_restricted=True), "restricted"),
        (WELCOME._replace(has_address=False), "no_address"),
        (WELCOME._replace(address_bounced=True), "bounced"),
    ],
)
def test_what_stops_everything(standing, reason):
    assert decide(LetterKind.DECISION, standing, [], at("2027-04-07 09:00")) == LetterRefusal(reason)


def test_a_reply_pauses_nurture_only_until_a_person_closes_it():
    replied = WELCOME._replace(has_open_reply=True)

    assert decide(LetterKind.SURVEY, replied, [], at("2027-04-07 09:00")) == LetterRefusal("replied")
    assert decide(LetterKind.JOB_INVITATION, replied, [], at("2027-04-07 09:00")) is None


def test_the_pool_invitation_needs_no_consent():
    assert decide(LetterKind.POOL_INVITATION, ContactStanding(zone=BERLIN), [], at("2027-04-07 09:00")) is None
