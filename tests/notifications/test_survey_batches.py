"""Rule 10: whatever is asked and whenever, no two pages of the survey differ by fewer than five people."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.organizations import Opening
from services.notifications.domain.survey_batches import ClosedBatch, WaitingAnswer, close_batches
from shared.contracts import SurveyPool
from shared.contracts.reading import pools_shown

START = datetime(2026, 10, 1, 10, tzinfo=UTC)
JOBS, CYCLES = ("data", "backend", "design"), ("Summer 2027", None)
ASKED = [(job, cycle) for job in (*JOBS, None) for cycle in CYCLES]


def after(days: int) -> datetime:
    return START + timedelta(days=days)


def answer_at(number: int, days: int, job: str, cycle: str | None) -> WaitingAnswer:
    return WaitingAnswer("acme", f"{number:03}", after(days), job, cycle)


days = st.integers(0, 500)
answers = st.lists(st.tuples(days, st.sampled_from(JOBS), st.sampled_from(CYCLES)), max_size=60).map(
    lambda given: [answer_at(n, *one) for n, one in enumerate(given)]
)
openings = st.fixed_dictionaries(
    {job: st.none() | days.map(after) for job in JOBS},
).map(lambda given: {"acme": {job: Opening(job, closed_at=at) for job, at in given.items()}})


def page(batches: list[ClosedBatch], job: str | None, cycle: str | None) -> frozenset[str]:
    """Whose answers are shown, as the statement finds them."""
    batched = [(batch.pool, a) for batch in batches for a in batch.answers]
    return frozenset(
        a.answer
        for pool, a in batched
        if pool in pools_shown(job, cycle) and job in (None, a.job) and cycle in (None, a.cycle)
    )


@given(answers, st.lists(st.tuples(days, openings), min_size=1, max_size=6))
def test_no_difference_of_any_two_pages_over_time_is_of_one_to_four_people(given, looks):
    """Also where answers come late, and jobs are opened and closed again."""
    closed, pages = [], {frozenset()}
    for day, known in sorted(looks, key=lambda look: look[0]):
        batched = {a.answer for batch in closed for a in batch.answers}
        arrived = [a for a in given if a.answer not in batched and a.time <= after(day + int(a.answer) % 3 - 1)]
        closed += close_batches(arrived, known, after(day))
        pages |= {page(closed, *asked) for asked in ASKED}

    differences = {len(one - other) for one, other in permutations(pages, 2)}
    assert differences.isdisjoint(range(1, 5))


@given(answers, openings, st.lists(days, max_size=6))
def test_a_service_that_slept_closes_the_batches_it_would_have_closed(given, known, looks):
    at_once = close_batches(given, known, after(1_000))

    closed: list[ClosedBatch] = []
    for day in [*sorted(looks), 1_000]:
        batched = {a.answer for batch in closed for a in batch.answers}
        closed += close_batches([a for a in given if a.answer not in batched], known, after(day))

    assert sorted(closed) == sorted(at_once)


@given(answers, openings)
def test_a_batch_of_a_job_is_five_and_of_a_pool_five_to_nine_of_one_cycle_or_year(given, known):
    for batch in close_batches(given, known, after(1_000)):
        assert len(batch.answers) == 5 if batch.pool == SurveyPool.JOB else 5 <= len(batch.answers) <= 9
        assert len({(a.job, a.cycle) for a in batch.answers}) == 1 or batch.pool != SurveyPool.JOB
        assert len({a.cycle for a in batch.answers}) == 1 or batch.pool == SurveyPool.YEAR
        assert len({a.time.year for a in batch.answers}) == 1 or batch.pool != SurveyPool.YEAR


def test_what_a_job_has_left_joins_its_cycle_after_90_days_and_the_year_after_180():
    known = {"acme": {job: Opening(job, closed_at=START) for job in JOBS}}
    of_a_cycle = [answer_at(n, 0, "data", "Summer 2027") for n in range(3)]
    alone = [answer_at(n, 0, "design", None) for n in range(3, 5)]

    assert close_batches([*of_a_cycle, *alone], known, after(180)) == []
    assert close_batches([*of_a_cycle, *alone], known, after(181)) == [
        ClosedBatch(SurveyPool.YEAR, [*alone, *of_a_cycle])
    ]
