"""Business days: the calendar arithmetic of the worked examples."""

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.business_days import Calendar

BERLIN = Calendar("DE", "BE", "Europe/Berlin")


def berlin(text: str) -> datetime:
    """An instant told in Berlin's winter time."""
    return datetime.fromisoformat(f"{text}+01:00")


def test_24_five_business_days_after_a_friday_closing_is_the_next_friday():
    assert BERLIN.add(berlin("2026-11-13T16:00"), 5) == berlin("2026-11-20T18:00")


def test_24_thanksgiving_is_no_business_day_in_the_united_states():
    assert Calendar("US", None, "Europe/Berlin").add(berlin("2026-11-23T12:00"), 5) == berlin("2026-12-01T18:00")


def test_23_ten_business_days_after_a_tuesday_is_the_tuesday_after_next():
    assert BERLIN.add(berlin("2026-11-03T15:45"), 10) == berlin("2026-11-17T18:00")


def test_15_the_first_business_day_after_a_friday_is_monday_also_where_it_begins_earlier():
    tokyo = Calendar("JP", None, "Asia/Tokyo")
    held = berlin("2026-11-14T16:00")

    assert BERLIN.add(held, 1, at=time(8)) == berlin("2026-11-16T08:00")
    assert tokyo.add(held, 1, at=time(8)) == berlin("2026-11-16T00:00")


def test_21_nine_reminders_fall_on_the_business_days_of_two_weeks():
    days = [date(2026, 11, 5)]
    while len(days) < 10:
        days.append(BERLIN.next_business_day(days[-1]))

    assert [d.day for d in days[1:]] == [6, 9, 10, 11, 12, 13, 16, 17, 18]


def test_the_local_date_counts_not_that_of_utc():
    late_on_sunday_in_new_york = datetime(2026, 11, 9, 3, tzinfo=UTC)

    due = Calendar("US", "NY", "America/New_York").add(late_on_sunday_in_new_york, 1)

    assert due == datetime(2026, 11, 9, 23, tzinfo=UTC)


def test_a_deadline_keeps_its_hour_when_the_clocks_change():
    before = datetime(2027, 3, 26, 12, tzinfo=UTC)  # Good Friday; Easter Monday is the 29th

    assert BERLIN.add(before, 1) == datetime(2027, 3, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize("country", [None, "", "ZZ"])
def test_an_unknown_country_has_weekends_only(country):
    calendar = Calendar(country, "Q", "Etc/UTC")

    assert calendar.is_business_day(date(2026, 12, 25))
    assert not calendar.is_business_day(date(2026, 12, 26))


def test_an_organisation_without_a_country_costs_no_calendar_of_any():
    counting = """
import sys
from datetime import UTC, datetime
from shared.business_days import Calendar

print(Calendar(None, None, "Etc/UTC").add(datetime(2026, 12, 24, tzinfo=UTC), 2).date(), "holidays" in sys.modules)
"""

    found = subprocess.run([sys.executable, "-c", counting], capture_output=True, text=True, check=True)

    assert found.stdout.split() == ["2026-12-28", "False"]


def test_an_unknown_subdivision_has_the_holidays_of_its_country():
    assert not Calendar("DE", "ZZ", "Europe/Berlin").is_business_day(date(2026, 12, 25))


def test_a_subdivision_has_holidays_of_its_own():
    womens_day = date(2027, 3, 8)

    assert not BERLIN.is_business_day(womens_day)
    assert Calendar("DE", "BY", "Europe/Berlin").is_business_day(womens_day)


@given(
    st.sampled_from([BERLIN, Calendar("US", None, "America/New_York"), Calendar(None, None, "Asia/Tokyo")]),
    st.integers(0, 30_000).map(lambda hours: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=23 * hours)),
    st.integers(1, 30),
)
def test_a_deadline_is_a_business_day_and_later_days_are_later(calendar, instant, days):
    due = calendar.add(instant, days)

    assert calendar.is_business_day(calendar.local(due).date())
    assert instant + timedelta(days=days - 1) < due < calendar.add(instant, days + 1)
