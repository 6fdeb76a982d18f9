"""One week of an organisation as its platform tells it: eight people, twelve interviews, nobody hired, a next job.

Interviews and decisions are on Friday, letters leave on the Monday after. The clock only moves forward, so no week is
lived twice; but two organisations may live the same one, and then they must end the same.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from shared.contracts import (
    ApplicationDecided,
    ApplicationDecisionReversed,
    ApplicationSubmitted,
    CandidateRegistered,
    ConsentChanged,
    Event,
    FeedbackSubmitted,
    FeedbackWithdrawn,
    InterviewCancelled,
    InterviewCompleted,
    InterviewMissed,
    InterviewScheduled,
    JobClosed,
    JobOpened,
    OrganizationConfigured,
    UserRegistered,
)
from tests.heard import Heard

MONDAY, TUESDAY, FRIDAY = 0, 1, 4
JOB, NEXT_JOB = "su27-data", "ws27-ae"
_FIRST = datetime(2025, 1, 6, tzinfo=UTC)  # every clock of today is later, so nothing comes from the future

# Who said what after which interview; None: said nothing.
VERDICTS = {
    "amara": {"ada": "yes", "ben": "strong_yes"},
    "mei": {"ada": "strong_yes", "ben": "strong_no"},
    "noor": {"ada": "yes", "ben": "no"},
    "hanna": {"ada": "yes", "ben": None},
    "lukas": {"ada": "yes"},
    "ruth": {"ada": "yes"},
}
UNHEARD = {"diego": {"ben": None}, "tom": {"ada": None}}
PEOPLE = (*VERDICTS, *UNHEARD)
# What everybody has got on Monday.
MAILS = [
    "amara: Halden: Working Student Analytics may fit you",
    "amara: Halden: about your application",
    "diego: Halden: thank you",
    "hanna: Halden: thank you for the interview",
    "lukas: Halden: thank you for the interview",
    "mei: Halden: about your application",
    "noor: Halden: about your application",
    "ruth: Halden: about your application",
    "tom: Halden: about your application",
]
COMPETENCIES = (
    {"competency": "sql", "name": "SQL", "level": 4, "must_have": True, "weight": 3},
    {"competency": "python", "name": "Python", "level": 3, "weight": 2},
)
Told = Iterator[tuple[Event, datetime]]


class Week(NamedTuple):
    """The week of one organisation."""

    number: int
    organization: str

    @property
    def friday_night(self) -> datetime:
        """All was said that is said this week; nobody gets mail at this hour."""
        return self.at(FRIDAY, 20, 30)

    @property
    def next_monday(self) -> datetime:
        """Letters may leave."""
        return self.at(7, 9)

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """An instant of this week, in UTC, where everybody lives."""
        return _FIRST + timedelta(weeks=self.number, days=day, hours=hour, minutes=minute)


def facts(week: Week) -> list[Heard]:
    """What the platform says, in the order in which it happened; some facts a second time, corrected."""
    told = [*_opening(week), *_interviews(week), *_friday(week)]
    return [Heard(event, at, week.organization, id=f"{n}") for n, (event, at) in enumerate(told)]


def _opening(week: Week) -> Told:
    at = week.at(MONDAY, 8)
    settings = {"name": "Halden", "timezone": "Etc/UTC", "outreach_mode": "approve", "reply_person": "ines"}
    sender = {"name": "Halden", "address": "talent@halden.example"}
    yield OrganizationConfigured.model_validate({**settings, "sender": sender, "settling_minutes": 0}), at
    for user in ("ines", "ada", "ben"):
        yield UserRegistered(user=user, name=user.title(), email=f"{user}@halden.example"), at
    yield _job(JOB, at, title="Data Intern"), at
    yield _job(JOB, at, title="Data Analyst Intern"), week.at(TUESDAY, 8)
    for person in PEOPLE:
        address = f"{person}@{week.organization}.example"
        yield CandidateRegistered(candidate=person, name=person.title(), email=address, timezone="Etc/UTC"), at
        yield ApplicationSubmitted(application=f"a-{person}", candidate=person, job=JOB, submitted_at=at), at


def _interviews(week: Week) -> Told:
    for person, verdicts in {**VERDICTS, **UNHEARD}.items():
        for hour, (interviewer, overall) in enumerate(verdicts.items(), 9):
            yield _scheduled(week, person, interviewer, hour), week.at(TUESDAY, 9)
            if person in VERDICTS:
                yield _completed(week, person, interviewer, hour), week.at(FRIDAY, hour + 1)
            if overall:
                yield _feedback(week, person, interviewer, overall), week.at(FRIDAY, 12)
    yield _feedback(week, "amara", "ada", "strong_yes"), week.at(FRIDAY, 13)
    yield FeedbackWithdrawn(feedback="f-lukas-ada", candidate="lukas", withdrawn_at=week.at(FRIDAY, 14)), week.at(4, 14)
    slot = {"starts_at": week.at(FRIDAY, 9)}
    cancelled = {**_about("diego"), **slot, "interview": "i-diego-ben", "cancelled_at": week.at(FRIDAY, 8)}
    yield InterviewCancelled.model_validate({**cancelled, "by": "candidate"}), week.at(FRIDAY, 8)
    missed = {**_about("tom"), **slot, "interview": "i-tom-ada", "missed_at": week.at(FRIDAY, 10)}
    yield InterviewMissed.model_validate({**missed, "by": "candidate"}), week.at(FRIDAY, 10)


def _friday(week: Week) -> Told:
    at = week.at(FRIDAY, 16)
    for person in ("amara", "mei", "noor", "ruth", "tom", "lukas"):
        yield _decided(person, "not_selected", at), at
    yield _decided("diego", "withdrawn", at), at
    reversed_at = week.at(FRIDAY, 17)
    yield ApplicationDecisionReversed(application="a-lukas", candidate="lukas", reversed_at=reversed_at), reversed_at
    yield JobClosed.model_validate({"job": JOB, "closed_at": at, "outcome": "nobody_hired"}), at
    yield _consent("amara", week.at(FRIDAY, 18)), week.at(FRIDAY, 18)
    yield _consent("noor", week.at(FRIDAY, 18)), week.at(FRIDAY, 18)
    yield _consent("noor", week.at(FRIDAY, 19), granted=False), week.at(FRIDAY, 19)
    yield _job(NEXT_JOB, week.at(FRIDAY, 19), title="Working Student Analytics"), week.at(FRIDAY, 19)


def _about(person: str) -> dict[str, Any]:
    return {"application": f"a-{person}", "candidate": person}


def _job(job: str, opened_at: datetime, *, title: str) -> JobOpened:
    team = [{"user": "ines", "role": "recruiter"}]
    whole = {"language": "en", "family": "data", "team": team, "competencies": COMPETENCIES}
    return JobOpened.model_validate({"job": job, "opened_at": opened_at, "title": title, **whole})


def _scheduled(week: Week, person: str, interviewer: str, hour: int) -> InterviewScheduled:
    slot = {"starts_at": week.at(FRIDAY, hour), "ends_at": week.at(FRIDAY, hour + 1)}
    whole = {"interview": f"i-{person}-{interviewer}", "job": JOB, "interviewers": [{"user": interviewer}]}
    return InterviewScheduled.model_validate({**_about(person), **slot, **whole})


def _completed(week: Week, person: str, interviewer: str, hour: int) -> InterviewCompleted:
    whole = {"interview": f"i-{person}-{interviewer}", "job": JOB, "starts_at": week.at(FRIDAY, hour)}
    return InterviewCompleted.model_validate({**_about(person), **whole, "completed_at": week.at(FRIDAY, hour + 1)})


def _feedback(week: Week, person: str, interviewer: str, overall: str) -> FeedbackSubmitted:
    given = {"interviewer": interviewer, "submitted_at": week.at(FRIDAY, 12), "overall": overall}
    ratings = [{"competency": "sql", "level": 0.75}, {"competency": "python", "level": 0.5}]
    ids = {"feedback": f"f-{person}-{interviewer}", "interview": f"i-{person}-{interviewer}"}
    return FeedbackSubmitted.model_validate({**_about(person), **ids, **given, "ratings": ratings})


def _decided(person: str, outcome: str, at: datetime) -> ApplicationDecided:
    decision = {"job": JOB, "decided_at": at, "outcome": outcome, "decided_by": "ines"}
    return ApplicationDecided.model_validate({**_about(person), **decision})


def _consent(person: str, at: datetime, *, granted: bool = True) -> ConsentChanged:
    text = {"purpose": "talent_pool", "text_version": "1", "language": "en", "how": "link"}
    return ConsentChanged.model_validate({"candidate": person, "granted": granted, "given_at": at, **text})
