"""What became of interviews, applications and jobs, and what follows: assumptions, debts, days."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.interviews.domain.applications import ApplicationState, ToldApplication, application_state
from services.interviews.domain.differences import differences
from services.interviews.domain.feedback import feedback_due_at
from services.interviews.domain.interviews import ToldInterview, assumptions, interview_state
from services.interviews.domain.jobs import JobState, ToldJob, job_state
from shared.business_days import Calendar
from shared.contracts import Basis, Interviewer
from shared.contracts.reading import InterviewState, SaidOfInterview

START = datetime(2026, 11, 4, 14, tzinfo=UTC)
END = START + timedelta(hours=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NEW_SLOT = START + 7 * DAY
HOURS = st.none() | st.integers(-48, 48).map(lambda h: END + h * HOUR)


def heard(**given_fields) -> ToldInterview:
    """An interview of an hour with Ada, of which nothing more was said."""
    said = {name: given_fields.pop(name) for name in SaidOfInterview._fields if name in given_fields}
    whole = {"organization": "acme", "person": "ana", "interview": "i1", "candidate": "ana", "application": "a1"}
    whole |= {"job": None, "judged_by": frozenset(), "interviewers": (Interviewer(user="ada"),)}
    return ToldInterview(
        **whole | {"said": SaidOfInterview(**{"starts_at": START, "ends_at": END} | said)} | given_fields
    )


def became(now: datetime = END, **given_fields) -> tuple[InterviewState, Basis | None]:
    """State and basis at a time."""
    state = interview_state(heard(**given_fields), now)
    return state.state, state.basis


def test_a_day_after_its_end_it_is_assumed_and_said_once():
    due = END + DAY

    assert became(due - HOUR) == (InterviewState.SCHEDULED, None)
    assert became(due) == (InterviewState.COMPLETED, Basis.ASSUMED)
    assert list(assumptions([heard()], due - HOUR)) == []
    assert [s.event.fact_id for s in assumptions([heard()], due)] == ["i1/assumed"]
    assert list(assumptions([heard(assumed_at=END, assumed_slot=START)], due)) == []


def test_an_assumption_about_another_slot_is_none():
    moved = {"starts_at": NEW_SLOT, "ends_at": NEW_SLOT + HOUR}

    assert became(assumed_at=END, assumed_slot=START, **moved) == (InterviewState.SCHEDULED, None)
    assert became(assumed_at=END, assumed_slot=NEW_SLOT, **moved) == (InterviewState.COMPLETED, Basis.ASSUMED)


def test_whoever_judged_it_saw_it_and_owes_nothing():
    state = interview_state(heard(judged_at=START, judged_by=frozenset({"ada"})), START)

    assert (state.state, state.basis, state.owed_by) == (InterviewState.COMPLETED, Basis.ASSUMED, ())
    assert interview_state(heard(), END + DAY).owed_by == ("ada",)


@given(HOURS, HOURS)
def test_a_decision_stands_only_when_newer_than_its_reversal(decided, undone):
    state = application_state(ToldApplication("acme", "ana", "a1", "su27", START, decided, undone, "hired"))

    stands = bool(decided and (not undone or decided > undone))
    assert (state.state is ApplicationState.DECIDED, state.outcome == "hired") == (stands, stands)


@given(HOURS, HOURS)
def test_a_job_is_open_only_when_opened_after_it_was_closed(opened, closed):
    state = job_state(ToldJob("acme", "su27", "Data", opened, closed, ())).state

    assert (state is JobState.OPEN) is bool(opened and (not closed or opened > closed))


def test_only_what_differs_is_written():
    one, other = (interview_state(heard(interview=i), END) for i in ("i1", "i2"))

    assert differences([one], [one]) == ([], [])
    assert differences([one], [other]) == ([other], [one])


def test_feedback_is_due_in_the_evening_of_a_business_day():
    friday = datetime(2026, 11, 6, 14, tzinfo=UTC)

    assert feedback_due_at(friday, 1, Calendar("DE", None, "Europe/Berlin")) == datetime(2026, 11, 9, 17, tzinfo=UTC)
