"""When a record may have happened: between 1970 and 2100, and at most ten minutes ahead."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import EVENTS, PLANS
from shared.kit.decode import Accepted
from tests.contracts.pieces import NOW, PLAN
from tests.contracts.records import changed, headers, paths, taken
from tests.contracts.samples import BODIES

FEEDBACK = BODIES["feedback-submitted"]
SOON, LATER = "2026-11-23T09:10:00Z", "2026-11-23T09:10:00.000001Z"
PAST_BY_NAME = {"erasure-completed": ["at"], "candidate-registered": ["skills.0.said_at"]}
PAST_INSTANTS = [
    (topic, path)
    for topic, body in BODIES.items()
    for path in paths(body)
    if (path.rpartition(".")[2].endswith("_at") and path.rpartition(".")[2] not in PLANS)
    or path in PAST_BY_NAME.get(topic, [])
]


@pytest.mark.parametrize(("topic", "path"), PAST_INSTANTS)
def test_a_past_instant_is_at_most_ten_minutes_ahead(topic, path):
    just = taken(topic, changed(BODIES[topic], path, SOON))
    beyond = taken(topic, changed(BODIES[topic], path, LATER))

    assert isinstance(just, Accepted), just
    assert (beyond.code, beyond.field) == ("time-in-future", path)


def test_all_past_instants_are_looked_at():
    assert {(event.topic, name) for event in EVENTS for name in event.instants} <= {*PAST_INSTANTS}


@pytest.mark.parametrize("path", ["starts_at", "ends_at"])
def test_a_plan_may_lie_ahead(path):
    body = BODIES["interview-scheduled"] | {"starts_at": PLAN, "ends_at": "2100-12-31T00:00:00Z"}

    assert isinstance(taken("interview-scheduled", body), Accepted)


def test_the_events_own_time_is_at_most_ten_minutes_ahead():
    just = taken(
        "feedback-submitted", FEEDBACK, headers=headers("feedback-submitted", time=NOW + timedelta(minutes=10))
    )
    beyond = taken(
        "feedback-submitted", FEEDBACK, headers=headers("feedback-submitted", time=NOW + timedelta(minutes=11))
    )

    assert isinstance(just, Accepted)
    assert (beyond.code, beyond.field) == ("time-in-future", "time")


def test_ahead_of_the_later_of_the_brokers_clock_and_ours():
    hour = NOW + timedelta(hours=1)

    outcome = taken(
        "feedback-submitted",
        FEEDBACK,
        headers=headers("feedback-submitted", time=hour),
        timestamp=int(hour.timestamp() * 1000),
    )

    assert isinstance(outcome, Accepted)


@pytest.mark.parametrize(
    "instant",
    [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-12:00",
        "2101-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2999-01-01T00:00:00Z",
    ],
)
def test_far_away_instants_are_refused_wherever_they_stand(instant):
    raw = dict(headers("feedback-submitted")) | {"ce_time": instant.encode()}

    assert taken("feedback-submitted", FEEDBACK, headers=list(raw.items())).code == "time-out-of-range"
    assert taken("feedback-submitted", FEEDBACK | {"submitted_at": instant}).code == "time-out-of-range"
    assert taken("job-opened", BODIES["job-opened"] | {"closes_at": instant}).code == "time-out-of-range"


@pytest.mark.parametrize(
    "time",
    [
        b"2026-11-18T11:20:00",
        b"2026-11-18",
        b"1763461200",
        b"yesterday, about noon Z",
        b"2026-02-30T11:20:00Z",
        b"2026-11-18T25:00:00Z",
        b"2026-11-18T11:20:00+25:00",
        b"\xff" * 25,
    ],
)
def test_a_time_without_offset_or_sense_is_refused(time):
    raw = dict(headers("feedback-submitted")) | {"ce_time": time}

    assert taken("feedback-submitted", FEEDBACK, headers=list(raw.items())).code in {"invalid-field", "not-cloudevent"}


@pytest.mark.parametrize(
    "time",
    [
        b"2026-11-18T10:20:00Z",
        b"2026-11-18t10:20:00z",
        b"2026-11-18T11:20:00+01:00",
        b"2026-11-18T10:20:00.000000Z",
        b"2026-11-18T10:20:00.000000999Z",
        b"2026-11-18 04:50:00-05:30",
    ],
)
def test_every_offset_is_the_same_instant(time):
    raw = dict(headers("feedback-submitted")) | {"ce_time": time}

    outcome = taken("feedback-submitted", FEEDBACK, headers=list(raw.items()))

    assert outcome.envelope.time == datetime(2026, 11, 18, 10, 20, tzinfo=UTC)


@given(st.integers(2 * 86_400 * 10**6, 1_795_000_000 * 10**6), st.integers(-14 * 60, 14 * 60))
def test_instants_are_kept_to_the_microsecond_and_written_in_utc(microseconds, minutes):
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    elsewhere = instant.astimezone(timezone(timedelta(minutes=minutes)))

    outcome = taken("feedback-submitted", FEEDBACK | {"submitted_at": elsewhere.isoformat()})

    assert outcome.event.submitted_at == instant
    assert f'"submitted_at":"{instant.isoformat().replace("+00:00", "Z")}"'.encode() in outcome.body
