"""Rules 3, 5 and 8: which letters the facts ask for, by the worked examples. Nothing here knows a database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.notifications.domain import planning, promise, tasks
from services.notifications.domain.applications import ApplicationDecision, ApplicationRecord, Completed
from services.notifications.domain.letters import DerivedLetter, State, Variant
from services.notifications.domain.organizations import Opening, OrganizationSettings
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.records import ContactProfile, RecipientRecord, StandingConsent, StoredLetter
from services.notifications.domain.relations import AcceptedMatch, PoolMembership
from services.notifications.domain.tasks import TaskKind
from shared.contracts import Cause, FeedbackPolicy, NoticeBy, Outcome, OutreachMode, Purpose, letter_id

DECIDED = datetime(2026, 11, 13, 15, tzinfo=UTC)  # Friday 16:00 in Berlin
APPROVED = DECIDED + timedelta(minutes=20)
MONDAY_MORNING = datetime(2026, 11, 16, 7, tzinfo=UTC)
DAY = timedelta(days=1)

HALDEN = OrganizationSettings("halden", "Halden", timezone="Europe/Berlin", mode=OutreachMode.APPROVE)
DECISION_LETTER = letter_id("halden", "decision", "a1", "ana", 1)
APPROVAL = {"verdict": "approve", "verdict_on": DECIDED}


def decided(**given: Any) -> ApplicationDecision:
    return ApplicationDecision(**{"decided_at": DECIDED, "outcome": Outcome.NOT_SELECTED, **given})


def application(decision: ApplicationDecision | None = None, **given: Any) -> ApplicationRecord:
    return ApplicationRecord(
        **{"application": "a1", "candidate": "ana", "job": "su27", "submitted_at": DECIDED - 20 * DAY, **given},
        decision=decision,
    )


def person(*applications: ApplicationRecord, **given: Any) -> RecipientRecord:
    mode = given.pop("mode", OutreachMode.APPROVE)
    whole = {
        "organization": HALDEN._replace(mode=mode),
        "candidate": "ana",
        "ids": ("ana",),
        "profile": ContactProfile(DECIDED - 30 * DAY, "Ana", email="ana@example.com", timezone=given.pop("zone", None)),
        "openings": {"su27": Opening("su27", opened_at=DECIDED - 40 * DAY, owner="ines")},
    }
    return RecipientRecord(**{**whole, **given}, applications=applications)


def test_whoever_was_hired_and_applied_again_is_no_longer_hired():
    hired = application(decided(outcome=Outcome.HIRED), application="a0")
    again = application(decided(decided_at=DECIDED + 40 * DAY), submitted_at=DECIDED + 20 * DAY)

    assert person(hired).standing("su27").is_hired
    assert not person(hired, again).standing("su27").is_hired


def kept(state: State = State.WAITING, kind: LetterKind = LetterKind.DECISION, **given: Any) -> StoredLetter:
    about = {"kind": kind, "about": "a1", "recipient": "ana", "step": 1, "state": state, "cause_at": DECIDED}
    return StoredLetter(**{**about, **given})


def planned(
    record: RecipientRecord, now: datetime, kind: LetterKind = LetterKind.DECISION, step: int = 1
) -> DerivedLetter | None:
    return next((x for x in planning.plan([record], now) if (x.kind, x.step) == (kind, step)), None)


def standing(
    record: RecipientRecord, now: datetime, kind: LetterKind = LetterKind.DECISION, step: int = 1
) -> tuple[State, str | None]:
    letter = planned(record, now, kind, step)
    assert letter
    return letter.state, letter.reason


def todo(record: RecipientRecord, now: datetime) -> list[TaskKind]:
    return [task.kind for task in tasks.tasks([record], planning.plan([record], now))]


def sent(at: datetime = MONDAY_MORNING) -> dict[str, Any]:
    return {"sent": {DECISION_LETTER: at}, "kept": [kept(State.SENT, sent_at=at)]}


def test_example_9_feedback_changed_after_the_letter_is_one_task_and_no_second_letter():
    ana = person(application(decided(), feedback_at=MONDAY_MORNING + DAY), **sent())

    found = planned(ana, MONDAY_MORNING + 2 * DAY)

    assert found
    assert found.state is State.SENT
    assert todo(ana, MONDAY_MORNING + 2 * DAY) == [TaskKind.FEEDBACK_CHANGED]


def test_example_14_an_invitation_is_suppressed_when_the_consent_behind_it_is_withdrawn():
    accepted = AcceptedMatch("m1", "ana", "ws27", accepted_at=MONDAY_MORNING)
    willing = person(application(decided()), mode=OutreachMode.LIVE, proposals=[accepted])
    willing = willing._replace(consents={Purpose.TALENT_POOL: StandingConsent(DECIDED + DAY)})
    assert standing(willing, MONDAY_MORNING, LetterKind.JOB_INVITATION) == (State.READY, None)

    withdrawn = willing._replace(consents={}, proposals=[accepted._replace(is_withdrawn=True)])

    assert standing(withdrawn, MONDAY_MORNING, LetterKind.JOB_INVITATION) == (State.SUPPRESSED, "match_withdrawn")
    assert standing(willing._replace(consents={}), MONDAY_MORNING, LetterKind.JOB_INVITATION)[0] is State.SUPPRESSED


@pytest.mark.parametrize(
    ("zone", "leaves"),
    [(None, MONDAY_MORNING), ("Asia/Tokyo", datetime(2026, 11, 15, 23, tzinfo=UTC))],
)
def test_example_15_held_for_a_day_and_over_the_weekend_until_eight_where_the_reader_lives(zone, leaves):
    ana = person(application(decided()), zone=zone, kept=[kept(**APPROVAL)])

    on_friday, before, then = (planned(ana, at) for at in (APPROVED, leaves - timedelta(seconds=1), leaves))

    assert on_friday
    assert (on_friday.state, on_friday.due_at) == (State.PLANNED, leaves)
    assert before
    assert before.state is State.PLANNED
    assert then
    assert then.state is State.READY


def test_a_decision_letter_waits_for_a_person_until_it_is_stale():
    ana = person(application(decided()))

    found = planned(ana, APPROVED)

    assert found
    assert (found.state, found.due_at) == (State.WAITING, DECIDED + 14 * DAY)


def test_an_approval_is_for_the_decision_it_was_given_for():
    again = decided(decided_at=DECIDED + DAY)

    found = planned(person(application(again), kept=[kept(**APPROVAL)]), DECIDED + 2 * DAY)

    assert found
    assert found.state is State.WAITING


def test_a_refused_letter_is_not_sent():
    ana = person(application(decided()), kept=[kept(verdict="refuse", verdict_on=DECIDED)])

    assert standing(ana, MONDAY_MORNING) == (State.SUPPRESSED, "refused")


def test_example_16_reversed_on_saturday_nothing_is_ever_sent():
    ana = person(application(decided(reversed_at=DECIDED + timedelta(hours=18))), kept=[kept(**APPROVAL)])

    assert standing(ana, MONDAY_MORNING) == (State.SUPPRESSED, "decision_reversed")
    assert todo(ana, MONDAY_MORNING) == []


def test_example_16_reversed_on_tuesday_it_is_a_task_and_no_mail():
    ana = person(application(decided(reversed_at=MONDAY_MORNING + DAY)), **sent())

    found = planned(ana, MONDAY_MORNING + 2 * DAY)

    assert found
    assert found.state is State.SENT
    assert todo(ana, MONDAY_MORNING + 2 * DAY) == [TaskKind.DECISION_CHANGED]


def test_a_new_decision_after_the_letter_is_a_task_and_no_mail():
    ana = person(application(decided(decided_at=MONDAY_MORNING + DAY)), **sent())

    assert planned(ana, MONDAY_MORNING + 3 * DAY).state is State.SENT
    assert todo(ana, MONDAY_MORNING + 3 * DAY) == [TaskKind.DECISION_CHANGED]


@pytest.mark.parametrize("mode", OutreachMode)
def test_example_25_history_never_mails(mode):
    then = decided(is_historical=True)
    interview = Completed("i1", DECIDED - 9 * DAY, Cause("interview-completed", "i1"), is_historical=True)
    invited = PoolMembership("mem1", "ana", "data", "a1", is_invited=True, is_historical=True)
    ana = person(application(then, completed=[interview]), mode=mode, memberships=[invited])

    found = planning.plan([ana], MONDAY_MORNING)

    waits = promise.waits([ana], found, MONDAY_MORNING)
    assert (found, todo(ana, MONDAY_MORNING), waits) == ([], [], [])


def test_example_26_a_job_that_opens_again_holds_its_letters_back():
    opening = Opening("su27", opened_at=DECIDED - 40 * DAY, closed_at=DECIDED)
    ana = person(application(decided()), openings={"su27": opening}, kept=[kept(**APPROVAL)])
    assert standing(ana, MONDAY_MORNING) == (State.READY, None)

    edited = opening._replace(title="Data Analyst")
    reopened = opening._replace(opened_at=DECIDED + DAY)

    assert standing(ana._replace(openings={"su27": edited}), MONDAY_MORNING) == (State.READY, None)
    assert standing(ana._replace(openings={"su27": reopened}), MONDAY_MORNING) == (State.SUPPRESSED, "reopened")


def test_example_31_a_restored_database_knows_by_the_facts_what_was_sent():
    ana = person(application(decided()), mode=OutreachMode.LIVE, sent={DECISION_LETTER: MONDAY_MORNING}, kept=())

    found = planned(ana, MONDAY_MORNING + timedelta(hours=1))

    assert found
    assert (found.state, found.sent_at) == (State.SENT, MONDAY_MORNING)


def test_a_letter_on_its_way_is_left_alone():
    ana = person(application(decided(reversed_at=MONDAY_MORNING)), kept=[kept(State.SENDING)])

    assert planned(ana, MONDAY_MORNING) is None


@pytest.mark.parametrize(
    "silence",
    [
        {"outcome": Outcome.HIRED},
        {"notice_by": NoticeBy.PLATFORM},
        {"notice_sent_at": DECIDED},
    ],
)
def test_what_others_tell_is_not_told_by_us(silence):
    assert planned(person(application(decided(**silence))), MONDAY_MORNING) is None


def test_a_job_whose_policy_is_none_has_no_decision_letter():
    opening = Opening("su27", feedback_policy=FeedbackPolicy.NONE)

    assert planned(person(application(decided()), openings={"su27": opening}), MONDAY_MORNING) is None


def test_whoever_withdrew_is_thanked():
    ana = person(application(decided(outcome=Outcome.WITHDRAWN)))

    assert planned(ana, MONDAY_MORNING).variant is Variant.THANKS


def test_shadow_is_for_good_so_going_live_sends_no_backlog():
    ana = person(application(decided()), mode=OutreachMode.SHADOW)
    assert standing(ana, MONDAY_MORNING) == (State.SUPPRESSED, "shadow")

    live = person(application(decided()), mode=OutreachMode.LIVE, kept=[kept(State.SUPPRESSED, reason="shadow")])

    assert standing(live, MONDAY_MORNING + DAY) == (State.SUPPRESSED, "shadow")


def test_a_letter_is_planned_until_its_time_also_in_shadow():
    assert standing(person(application(decided()), mode=OutreachMode.SHADOW), APPROVED) == (State.PLANNED, None)


def test_after_14_days_it_is_too_late_and_a_person_has_to_look():
    ana = person(application(decided()))

    stale = DECIDED + 14 * DAY

    assert standing(ana, stale) == (State.SUPPRESSED, "stale")
    assert todo(ana, stale) == [TaskKind.STALE_LETTER]


def test_what_happens_next_follows_an_interview_that_nobody_decided():
    at = datetime(2026, 11, 4, 15, tzinfo=UTC)
    after = Completed("i1", at, Cause("interview-completed", "i1"))
    open_, closed = (person(application(d, completed=[after])) for d in (None, decided()))

    assert standing(open_, at, LetterKind.WHAT_HAPPENS_NEXT) == (State.READY, None)
    assert standing(closed, at + 10 * DAY, LetterKind.WHAT_HAPPENS_NEXT) == (State.SUPPRESSED, "decided")


def test_the_decision_letter_asks_for_the_pool_and_a_reminder_follows_after_two_weeks():
    invited = [PoolMembership("mem1", "ana", "data", "a1", is_invited=True)]
    asking = person(application(decided()), memberships=invited, mode=OutreachMode.LIVE)
    assert planned(asking, APPROVED).asks_pool
    assert planned(asking, APPROVED, LetterKind.POOL_INVITATION) is None

    asked = asking._replace(sent={DECISION_LETTER: MONDAY_MORNING}, kept=[kept(State.SENT, asked_pool=True)])

    reminder = planned(asked, MONDAY_MORNING + DAY, LetterKind.POOL_INVITATION, step=2)
    assert reminder
    assert reminder.due_at == MONDAY_MORNING + 14 * DAY


def test_the_pool_is_asked_alone_when_no_letter_could_ask():
    invited = [PoolMembership("mem1", "ana", "data", "a1", is_invited=True)]
    told = person(application(decided(notice_by=NoticeBy.PLATFORM)), memberships=invited, mode=OutreachMode.LIVE)

    assert standing(told, MONDAY_MORNING, LetterKind.POOL_INVITATION) == (State.READY, None)


def test_nobody_without_an_address_is_written_to():
    nowhere = person(application(decided()), profile=None)

    assert standing(nowhere, MONDAY_MORNING) == (State.SUPPRESSED, "no_address")
