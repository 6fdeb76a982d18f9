"""How facts are read: the instants inside them decide, never their order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import Basis, reading
from shared.contracts.reading import InterviewState, SaidOfInterview

START = datetime(2026, 11, 4, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
SCHEDULED = SaidOfInterview(starts_at=START, ends_at=START + HOUR)
MOVED = SaidOfInterview(starts_at=START + 7 * HOUR)
HOURS = st.none() | st.integers(-48, 48).map(lambda h: START + h * HOUR)


def cancelled(hours: int, slot: datetime = START) -> dict[str, datetime]:
    return {"cancelled_at": START + hours * HOUR, "cancelled_slot": slot}


def missed(hours: int, slot: datetime = START) -> dict[str, datetime]:
    return {"missed_at": START + hours * HOUR, "missed_slot": slot}


@pytest.mark.parametrize(
    ("known", "heard", "became"),
    [
        (SCHEDULED, {}, InterviewState.SCHEDULED),
        (SCHEDULED, {"completed_at": START}, InterviewState.COMPLETED),
        (SCHEDULED, {"assumed_at": START, "assumed_slot": START}, InterviewState.COMPLETED),
        (SCHEDULED, {"assumed_at": START}, InterviewState.SCHEDULED),
        (MOVED, {"assumed_at": START, "assumed_slot": START}, InterviewState.SCHEDULED),
        (SCHEDULED, {"judged_at": START}, InterviewState.COMPLETED),
        (SCHEDULED, cancelled(1), InterviewState.CANCELLED),
        (MOVED, cancelled(1), InterviewState.SCHEDULED),
        (SCHEDULED, cancelled(1) | missed(1), InterviewState.CANCELLED),
        (SCHEDULED, cancelled(1) | missed(2), InterviewState.MISSED),
        (SCHEDULED, missed(1) | {"judged_at": START + 2 * HOUR}, InterviewState.MISSED),
        (SCHEDULED, missed(1) | {"completed_at": START + HOUR}, InterviewState.MISSED),
        (SCHEDULED, missed(1) | {"completed_at": START + 2 * HOUR}, InterviewState.COMPLETED),
        (
            SCHEDULED,
            cancelled(1, START - HOUR) | {"assumed_at": START, "assumed_slot": START},
            InterviewState.COMPLETED,
        ),
        (SaidOfInterview(), cancelled(1) | missed(1, START + HOUR), InterviewState.CANCELLED),
        (SaidOfInterview(), {"judged_at": START}, InterviewState.COMPLETED),
        (SaidOfInterview(), {"assumed_at": START}, InterviewState.COMPLETED),
    ],
)
def test_what_became_of_an_interview(known, heard, became):
    state, basis = known._replace(**heard).became

    assert state is became
    assert (basis is None) is (became is not InterviewState.COMPLETED)


def test_only_what_somebody_says_later_undoes_what_was_said_against_it():
    assert SCHEDULED._replace(**cancelled(1), completed_at=START + 2 * HOUR).became[1] is Basis.SAID


@given(HOURS, HOURS, HOURS)
def test_any_instants_give_one_state_that_the_newest_explains(completed_at, cancelled_at, missed_at):
    state, _ = SCHEDULED._replace(
        completed_at=completed_at, cancelled_at=cancelled_at, cancelled_slot=cancelled_at and START,
        missed_at=missed_at, missed_slot=missed_at and START,
    ).became  # fmt: skip

    newest = max((i for i in (completed_at, cancelled_at, missed_at) if i), default=None)
    explains = {
        InterviewState.COMPLETED: completed_at,
        InterviewState.CANCELLED: cancelled_at,
        InterviewState.MISSED: missed_at,
        InterviewState.SCHEDULED: None,
    }
    assert explains[state] == newest


@given(HOURS, HOURS)
def test_what_was_said_stands_only_when_newer_than_what_undoes_it(said, undone):
    assert reading.stands(said, undone) is bool(said and (not undone or said > undone))


def test_whoever_was_hired_stays_hired_until_they_apply_again():
    assert reading.is_hired([START], [START])
    assert not reading.is_hired([START], [START + HOUR])
    assert reading.is_hired([START, START + 2 * HOUR], [START + HOUR])
    assert not reading.is_hired([], [START])


def test_an_application_is_open_until_a_decision_stands_and_again_once_it_is_reversed():
    assert reading.is_undecided(START, None, None)
    assert reading.is_undecided(None, START, START)
    assert not reading.is_undecided(START, START, START - HOUR)
    assert not reading.is_undecided(None, None, START)


def test_of_two_answers_at_one_instant_the_stricter_counts():
    granted = (True, START, None)
    stricter = [(True, START, START + HOUR), (False, START, None), (False, START + HOUR, None)]

    assert sorted([*reversed(stricter), granted], key=lambda a: reading.consent_order(*a)) == [granted, *stricter]
