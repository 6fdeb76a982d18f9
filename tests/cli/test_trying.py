"""The round that `talentloop platform try` says: nobody in it can be reached, and said again it is the same."""

from datetime import UTC, datetime, timedelta

from pydantic_core import from_json

from cli.trying.story import Story
from shared.kit.decode import Accepted, RefusedRecord, accept

NOW = datetime(2026, 11, 27, 1, 20, tzinfo=UTC)  # a Friday
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def outcomes(now):
    return [accept(r.topic, r.key, r.value, r.headers, 0, now) for r in Story(now).records()]


def test_every_record_is_acceptable_but_the_one_with_a_mistake():
    refused = [one for one in outcomes(NOW) if not isinstance(one, Accepted)]
    unknown = [field for one in outcomes(NOW) if isinstance(one, Accepted) for field in one.unknown]

    assert [(one.code, one.field) for one in refused if isinstance(one, RefusedRecord)] == [
        ("invalid-field", "ratings.0.level")
    ]
    assert (len(refused), unknown) == (1, [])


def test_no_mail_of_it_can_reach_anybody():
    bodies = [from_json(record.value) for record in Story(NOW).records()]
    addresses = [body["email"] for body in bodies if "email" in body]

    assert len(addresses) == 7
    assert all(address.endswith(".example") for address in addresses)


def test_said_again_within_the_hour_it_is_the_same_and_then_another_organisation():
    again, later = Story(NOW + timedelta(minutes=39)), Story(NOW + timedelta(minutes=40))

    assert again.records() == Story(NOW).records()
    assert {later.organization, Story(NOW).organization} == {"try-20261127-02", "try-20261127-01"}
    assert not {r.event for r in later.records()} & {r.event for r in again.records()}


def test_on_any_working_day_letters_leave_at_once():
    stories = [Story(MONDAY + timedelta(hours=hour, minutes=59)) for hour in range(24 * 5)]

    assert [story.organization for story in stories if story.letters_leave_at != story.start] == []


def test_at_the_weekend_they_leave_on_monday():
    assert Story(MONDAY + timedelta(days=5, hours=12)).letters_leave_at == MONDAY + timedelta(days=7, hours=8)
