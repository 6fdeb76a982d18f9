"""The facts of "Nobody was hired": what a platform of the organisation Halden publishes, day by day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from cli.demo.cast import (
    ASSESSES,
    BERLIN,
    COMPETENCIES,
    HANNA_AND_BEN,
    HELD,
    NOOR_AND_BEN,
    PEOPLE,
    PRIYA_AND_BEN,
    SCHEDULED,
    TEAM,
    TOM_AND_ADA,
    USERS,
    CastMember,
    Talk,
    berlin,
)
from cli.demo.notes import NOTES
from shared.contracts import (
    ApplicationDecided,
    ApplicationSubmitted,
    CancelledBy,
    CandidateRegistered,
    ClosingReason,
    Competency,
    Event,
    FeedbackSubmitted,
    InterviewCancelled,
    InterviewCompleted,
    Interviewer,
    InterviewMissed,
    InterviewScheduled,
    JobClosed,
    JobLocation,
    JobOpened,
    JobOutcome,
    MissedBy,
    OrganizationConfigured,
    Origin,
    Outcome,
    OutreachMode,
    Rating,
    Reason,
    ReasonClass,
    SaidIn,
    Sender,
    UserRegistered,
    match_id,
)

ORGANIZATION, SOURCE = "halden", "https://ats.halden.example"
FIRST_JOB, NEXT_JOB, OTHER_JOB = "su27-data", "ws27-ae", "ops-26"
BROKEN_LEVEL = 7
HIRED_NOBODY = "We hired nobody for this opening. The budget for it was withdrawn."
DIGEST = "what is waiting for you today"  # its subject ends so
BUDGET = ClosingReason(reason="budget", texts=(SaidIn(language="en", text="The budget for it was withdrawn."),))


class StoryFact(NamedTuple):
    """One event, when its platform last changed it, and whether its first rating is to arrive broken."""

    event: Event
    at: datetime
    broken: bool = False


def opening() -> Iterator[StoryFact]:
    """2 November: the organisation, its people, the job, eight applications, fifteen interviews to come."""
    earlier = berlin(2, 8)
    yield StoryFact(_organization(), earlier)
    for user, name in USERS.items():
        yield StoryFact(UserRegistered(user=user, name=name, email=f"{user}@halden.example"), earlier)
    asked = _job(FIRST_JOB, "Data Analyst Intern, Summer 2027", earlier, cycle="Summer 2027", headcount=2)
    yield StoryFact(asked, earlier)
    for person in PEOPLE:
        yield StoryFact(_profile(person), earlier)
        yield StoryFact(_application(person.id, FIRST_JOB, earlier), earlier)
    for talk in SCHEDULED:
        yield StoryFact(_schedule(talk), earlier)


def interviews(day: int) -> Iterator[list[StoryFact]]:
    """What came of each interview of one day in November, once it is judged; Ben owes Hanna, and once mistypes."""
    for talk in HELD:
        if talk.starts_at.astimezone(BERLIN).day == day:
            completed = StoryFact(_completion(talk), talk.ends_at)
            judged = feedback(talk, talk.ends_at + timedelta(minutes=30), broken=talk is NOOR_AND_BEN)
            yield [completed] if talk is HANNA_AND_BEN else [completed, judged]
    if day == 9:
        yield [StoryFact(_missed(TOM_AND_ADA), TOM_AND_ADA.ends_at)]


def feedback(talk: Talk, at: datetime, *, broken: bool = False, words: bool = True) -> StoryFact:
    """What an interviewer submits. `words`: with what the candidate may read."""
    ratings = tuple(
        Rating(competency=competency, level=None if level is None else (level - 1) / 4)
        for competency, level in zip(ASSESSES[talk.interviewer], talk.levels, strict=True)
    )
    event = FeedbackSubmitted(
        feedback=f"f-{talk.candidate}-{talk.interviewer}",
        application=_application_id(talk.candidate, FIRST_JOB),
        candidate=talk.candidate,
        interviewer=talk.interviewer,
        interview=talk.id,
        submitted_at=at,
        overall=talk.overall,
        ratings=ratings,
        shareable=NOTES[talk.candidate, talk.interviewer].shareable if words else None,
    )
    return StoryFact(event, at, broken)


def withdrawal() -> Iterator[StoryFact]:
    """10 November: Priya cancels her second interview and withdraws."""
    talk, at = PRIYA_AND_BEN, berlin(10, 11)
    cancelled = InterviewCancelled(
        interview=talk.id,
        application=_application_id("priya", FIRST_JOB),
        candidate="priya",
        starts_at=talk.starts_at,
        cancelled_at=at,
        by=CancelledBy.CANDIDATE,
    )
    yield StoryFact(cancelled, at)
    reason = Reason(code="other_offer", class_=ReasonClass.THEY_DECLINED)
    yield StoryFact(_decision("priya", FIRST_JOB, at, Outcome.WITHDRAWN, reason), at)


def nobody_hired() -> Iterator[StoryFact]:
    """13 November, 16:00: seven are not selected, the job is closed."""
    at = berlin(13, 16)
    reason = Reason(code="experience", class_=ReasonClass.WE_DECLINED)
    for person in PEOPLE:
        if person.id != "priya":
            yield StoryFact(_decision(person.id, FIRST_JOB, at, Outcome.NOT_SELECTED, reason), at)
    closed = JobClosed(job=FIRST_JOB, closed_at=at, outcome=JobOutcome.NOBODY_HIRED, told_reason=BUDGET.reason)
    yield StoryFact(closed, at)


def elsewhere() -> Iterator[StoryFact]:
    """20 November: Lukas applies for a job of another family."""
    at = berlin(20, 10)
    yield StoryFact(_job(OTHER_JOB, "Operations Associate", at, family="operations", competencies=()), at)
    yield StoryFact(_application("lukas", OTHER_JOB, at), at)


def next_opening() -> Iterator[StoryFact]:
    """23 November: the next job of the same family."""
    at = berlin(23, 12)
    yield StoryFact(_job(NEXT_JOB, "Working Student Analytics", at, cycle="Winter 2027"), at)


def rediscovered() -> Iterator[StoryFact]:
    """25 November: Amara applies because she was asked."""
    at = berlin(25, 10)
    asked = {"origin": Origin.REDISCOVERED, "match": match_id("amara", NEXT_JOB)}
    yield StoryFact(_application("amara", NEXT_JOB, at).model_copy(update=asked), at)


def hired() -> Iterator[StoryFact]:
    """8 December: Amara is hired, the job is filled."""
    at = berlin(8, 11, month=12)
    yield StoryFact(_decision("amara", NEXT_JOB, at, Outcome.HIRED, None), at)
    yield StoryFact(JobClosed(job=NEXT_JOB, closed_at=at, outcome=JobOutcome.HIRED), at)


def _organization() -> OrganizationConfigured:
    return OrganizationConfigured(
        name="Halden",
        timezone="Europe/Berlin",
        country="DE",
        outreach_mode=OutreachMode.APPROVE,
        sender=Sender(name="Halden", address="talent@halden.example"),
        reply_person="ines",
        closing_reasons=(BUDGET,),
        controller="Halden GmbH, Torstraße 1, 10119 Berlin",
        privacy_url="https://halden.example/privacy",
        imprint_url="https://halden.example/imprint",
        supervisory_authority="Berliner Beauftragte für Datenschutz und Informationsfreiheit",
        settling_minutes=0,  # who plays here moves the clock, and has said it all by then
    )


def _job(
    job: str,
    title: str,
    opened_at: datetime,
    *,
    family: str = "data",
    cycle: str | None = None,
    headcount: int = 1,
    competencies: tuple[Competency, ...] = COMPETENCIES,
) -> JobOpened:
    return JobOpened(
        job=job,
        title=title,
        opened_at=opened_at,
        language="en",
        family=family,
        cycle=cycle,
        location=JobLocation(country="DE", city="Berlin", timezone="Europe/Berlin"),
        headcount=headcount,
        team=TEAM,
        competencies=competencies,
    )


def _profile(person: CastMember) -> CandidateRegistered:
    return CandidateRegistered(
        candidate=person.id,
        name=person.name,
        email=f"{person.id}@mail.example",
        preferred_name=person.name.split()[0],
        language="en",
        timezone=person.timezone,
        country=person.country,
    )


def _application_id(candidate: str, job: str) -> str:
    return f"a-{candidate}-{job}"


def _application(candidate: str, job: str, at: datetime) -> ApplicationSubmitted:
    return ApplicationSubmitted(
        application=_application_id(candidate, job),
        candidate=candidate,
        job=job,
        submitted_at=at,
        origin=Origin.APPLIED,
    )


def _schedule(talk: Talk) -> InterviewScheduled:
    return InterviewScheduled(
        interview=talk.id,
        application=_application_id(talk.candidate, FIRST_JOB),
        candidate=talk.candidate,
        job=FIRST_JOB,
        starts_at=talk.starts_at,
        ends_at=talk.ends_at,
        timezone="Europe/Berlin",
        format="video",
        meeting_url=f"https://meet.halden.example/{talk.id}",
        interviewers=(Interviewer(user=talk.interviewer),),
        assesses=ASSESSES[talk.interviewer],
    )


def _completion(talk: Talk) -> InterviewCompleted:
    return InterviewCompleted(
        interview=talk.id,
        application=_application_id(talk.candidate, FIRST_JOB),
        candidate=talk.candidate,
        job=FIRST_JOB,
        starts_at=talk.starts_at,
        completed_at=talk.ends_at,
    )


def _missed(talk: Talk) -> InterviewMissed:
    return InterviewMissed(
        interview=talk.id,
        application=_application_id(talk.candidate, FIRST_JOB),
        candidate=talk.candidate,
        starts_at=talk.starts_at,
        missed_at=talk.ends_at,
        by=MissedBy.CANDIDATE,
    )


def _decision(candidate: str, job: str, at: datetime, outcome: Outcome, reason: Reason | None) -> ApplicationDecided:
    return ApplicationDecided(
        application=_application_id(candidate, job),
        candidate=candidate,
        job=job,
        decided_at=at,
        outcome=outcome,
        decided_by="tomas",
        reason=reason,
    )
