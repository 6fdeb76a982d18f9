"""Rule 9: what interviews came to."""

from datetime import UTC, datetime, timedelta

import pytest

from services.candidates.domain.records import AssessedApplication
from services.candidates.domain.waste import CompletedInterview, Rate, Return, Returns, judge, measure
from shared.business_days import Calendar
from shared.contracts import MemberStatus, Outcome

DAYS = Calendar("DE", "BE", "Europe/Berlin")
INTERVIEWED = datetime(2026, 11, 4, 15, tzinfo=UTC)
DECIDED = datetime(2026, 11, 13, 15, tzinfo=UTC)
COUNTED = datetime(2026, 11, 27, 17, tzinfo=UTC)
APPLICATION = AssessedApplication(
    "a1", "su27", "data", submitted_at=INTERVIEWED - timedelta(days=10), decided_at=DECIDED
)


def interview(**given) -> CompletedInterview:
    whole = {
        "organization": "acme", "candidate": "amara", "known_as": "amara", "interview": "i1", "application": "a1",
        "job": "su27", "family": "data", "cycle": None, "happened_at": INTERVIEWED, "decided_at": DECIDED,
        "closed_at": None, "rediscovered": False, "with_feedback": True,
    }  # fmt: skip
    return CompletedInterview(**{**whole, **given})


def returned(**given) -> Return | None:
    came = Returns(**{"applications": [APPLICATION], **given})
    return judge([interview()], came, DAYS)[0].returned


def test_an_interview_that_nothing_came_of_is_wasted():
    assert returned() is None


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"letters": frozenset({"i1"})}, Return.LETTER),
        ({"letters": frozenset({"i2"})}, None),
        ({"places": frozenset({("data", MemberStatus.ACTIVE)})}, Return.MEMBERSHIP),
        ({"places": frozenset({("data", MemberStatus.PAUSED)})}, Return.MEMBERSHIP),
        ({"places": frozenset({("data", MemberStatus.INVITED)})}, None),
        ({"places": frozenset({("operations", MemberStatus.ACTIVE)})}, None),
        ({"accepted": frozenset({"data"})}, Return.MATCH),
        ({"related": True}, Return.RELATION),
    ],
)
def test_what_an_interview_may_come_to(given, what):
    assert returned(**given) is what


def hire(application: str, submitted_at: datetime) -> AssessedApplication:
    return AssessedApplication(application, submitted_at=submitted_at, decided_at=DECIDED, outcome=Outcome.HIRED)


def test_a_hire_counts_for_this_and_later_applications_only():
    earlier, later_on = INTERVIEWED - timedelta(days=90), INTERVIEWED + timedelta(days=30)

    assert returned(applications=[APPLICATION._replace(outcome=Outcome.HIRED)]) is Return.HIRE
    assert returned(applications=[APPLICATION, hire("a2", later_on)]) is Return.HIRE
    assert returned(applications=[APPLICATION, hire("a0", earlier)]) is None


def test_without_the_loop_only_hires_that_came_without_us_count():
    came = Returns(
        applications=[APPLICATION, hire("a2", INTERVIEWED + timedelta(days=30))],
        rediscovered=frozenset({"a2"}),
        letters=frozenset({"i1"}),
    )

    judged = judge([interview()], came, DAYS)[0]

    assert (judged.returned, judged.without_loop) == (Return.HIRE, None)


def test_an_interview_counts_from_ten_business_days_after_the_decision():
    counted = [j.counted for j in judge([interview()], Returns(), DAYS)]

    assert counted[0].counted_from == COUNTED
    assert measure(counted, COUNTED - timedelta(seconds=1), projected=False).now == Rate(0, 0)
    assert measure(counted, COUNTED, projected=False).now == Rate(1, 1)


def test_closing_counts_where_nobody_decided():
    assert judge([interview(decided_at=None, closed_at=DECIDED)], Returns(), DAYS)[0].counted_from == COUNTED
    assert judge([interview(decided_at=None)], Returns(), DAYS)[0].counted_from is None


def test_projected_counts_open_ones_as_they_stand():
    judged = judge(
        [interview(), interview(interview="i2", with_feedback=False)], Returns(letters=frozenset({"i1"})), DAYS
    )

    found = measure([j.counted for j in judged], INTERVIEWED, projected=True)

    assert (found.interviews, found.people, found.open) == (2, 1, 2)
    assert (found.now, found.without_loop, found.without_feedback) == (Rate(2, 1), Rate(2, 2), Rate(2, 1))
    assert found.now.share == 0.5


def test_rediscovered_applications_are_left_out_without_the_loop():
    counted = [j.counted for j in judge([interview(rediscovered=True)], Returns(), DAYS)]

    assert measure(counted, INTERVIEWED, projected=True).without_loop == Rate(0, 0)
    assert Rate(0, 0).share is None
