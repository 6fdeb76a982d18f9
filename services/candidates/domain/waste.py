"""Rule 9: which completed interviews came to nothing, counted from ten business days after decision or closing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.candidates.domain.interviews import InterviewSaid
from services.candidates.domain.records import AssessedApplication, CandidateRecord
from shared.business_days import Calendar
from shared.contracts import (
    EARLIEST,
    ApplicationDecided,
    Cause,
    InterviewReturned,
    JobClosed,
    MemberStatus,
    Outcome,
    Return,
    Saying,
)

COUNTED_AFTER_DAYS = 10


class CompletedInterview(NamedTuple):
    """One completed interview. `decided_at`: when its application was decided, `closed_at`: when its job was closed.

    `known_as`: the id of the person that it was said under.
    """

    organization: str
    candidate: str
    known_as: str
    interview: str
    application: str
    job: str | None
    family: str | None
    cycle: str | None
    happened_at: datetime
    decided_at: datetime | None
    closed_at: datetime | None
    rediscovered: bool
    with_feedback: bool


class SaidReturn(NamedTuple):
    """One interview of which was said what it came to, under one id of the person."""

    organization: str
    interview: str
    application: str
    known_as: str
    job: str | None


class Returns(NamedTuple):
    """What came of one person: interviews used in letters, families of memberships and accepted matches, relations.

    `said`: of which of their interviews it was said before.
    """

    applications: Sequence[AssessedApplication] = ()
    rediscovered: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    places: frozenset[tuple[str, MemberStatus]] = frozenset()
    accepted: frozenset[str] = frozenset()
    related: bool = False
    said: Sequence[SaidReturn] = ()


class JudgedInterview(NamedTuple):
    """One interview and what it came to; `without_loop`: had we not been there."""

    interview: CompletedInterview
    counted_from: datetime | None
    returned: Return | None
    without_loop: Return | None

    @property
    def counted(self) -> "CountedInterview":
        """As the figures have it."""
        of = self.interview
        return CountedInterview(
            (of.organization, of.candidate),
            of.job,
            of.family,
            of.cycle,
            self.counted_from,
            self.returned,
            self.without_loop,
            of.rediscovered,
            of.with_feedback,
        )


class CountedInterview(NamedTuple):
    """One completed interview as the figures have it. `person`: whose, None of somebody who was erased."""

    person: tuple[str, str] | None
    job: str | None
    family: str | None
    cycle: str | None
    counted_from: datetime | None
    returned: Return | None
    without_loop: Return | None
    rediscovered: bool
    with_feedback: bool


class Rate(NamedTuple):
    """How many of how many; the share is None of nothing."""

    of: int
    wasted: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1, to four places."""
        return round(self.wasted / self.of, 4) if self.of else None


class Waste(NamedTuple):
    """The figures of a set of interviews."""

    interviews: int
    people: int
    open: int
    now: Rate
    without_loop: Rate
    without_feedback: Rate


def interviews_of(
    record: CandidateRecord,
    rediscovered: Collection[str],
    closings: Mapping[tuple[str, str], datetime],
) -> list[CompletedInterview]:
    """The completed interviews of one person. `closings`: when jobs that are not open were closed."""
    applications = {a.application: a for a in record.applications}
    return [
        _interview(h, applications.get(h.application), h.application in rediscovered, closings)
        for h in record.interviews
        if h.said.took_place
    ]


def _interview(
    heard: InterviewSaid,
    application: AssessedApplication | None,
    is_ours: bool,
    closings: Mapping[tuple[str, str], datetime],
) -> CompletedInterview:
    job = (application.job if application else None) or heard.job
    return CompletedInterview(
        organization=heard.organization,
        candidate=heard.candidate,
        known_as=heard.known_as,
        interview=heard.interview,
        application=heard.application,
        job=job,
        family=application.family if application else None,
        cycle=application.cycle if application else None,
        happened_at=heard.said.ended_at or EARLIEST,
        decided_at=application.decided_at if application else None,
        closed_at=closings.get((heard.organization, job)) if job else None,
        rediscovered=is_ours,
        with_feedback=heard.said.judged_at is not None,
    )


def judge(interviews: Iterable[CompletedInterview], returns: Returns, days: Calendar) -> list[JudgedInterview]:
    """What each interview of one person came to."""
    return [
        JudgedInterview(
            interview,
            _counted_from(interview, days),
            _returned(interview, returns),
            _hired_without_us(interview, returns),
        )
        for interview in interviews
    ]


def sayings(judged: Iterable[JudgedInterview], said: Sequence[SaidReturn]) -> list[Saying]:
    """What is said of interviews: of each that counts from some day on, or that was said before."""
    known = {(s.organization, s.interview): s for s in said}
    found = {(j.interview.organization, j.interview.interview): j for j in judged}
    return [
        *(_saying(j) for key, j in found.items() if j.counted_from or key in known),
        *(_taking_back(s) for key, s in known.items() if key not in found),
    ]


def _saying(judged: JudgedInterview) -> Saying:
    interview = judged.interview
    event = InterviewReturned(
        interview=interview.interview,
        candidate=interview.known_as,
        application=interview.application,
        job=interview.job,
        counted_from=judged.counted_from,
        returned=judged.returned,
        without_loop=judged.without_loop,
    )
    return Saying(interview.organization, event, _cause(interview))


def _cause(interview: CompletedInterview) -> Cause | None:
    if interview.decided_at:
        return Cause(ApplicationDecided.topic, interview.application)
    return Cause(JobClosed.topic, interview.job) if interview.closed_at and interview.job else None


def _taking_back(said: SaidReturn) -> Saying:
    """It did not take place after all."""
    event = InterviewReturned(
        interview=said.interview, candidate=said.known_as, application=said.application, job=said.job
    )
    return Saying(said.organization, event)


def measure(interviews: Sequence[CountedInterview], now: datetime, *, projected: bool) -> Waste:
    """The rates over those that count by now; `projected` counts open ones as they stand."""
    counted = [i for i in interviews if projected or (i.counted_from is not None and i.counted_from <= now)]
    unaided = [i for i in counted if not i.rediscovered]
    return Waste(
        interviews=len(interviews),
        people=len({i.person for i in interviews if i.person}),
        open=sum(i.counted_from is None or i.counted_from > now for i in interviews),
        now=Rate(len(counted), sum(i.returned is None for i in counted)),
        without_loop=Rate(len(unaided), sum(i.without_loop is None for i in unaided)),
        without_feedback=Rate(len(counted), sum(not i.with_feedback for i in counted)),
    )


def concerns(counted: CountedInterview, jobs: Collection[str] | None, family: str | None, cycle: str | None) -> bool:
    """Whether it is of one of these jobs, of this family and cycle; None: of any."""
    pairs = ((family, counted.family), (cycle, counted.cycle))
    return (jobs is None or counted.job in jobs) and all(wanted is None or wanted == known for wanted, known in pairs)


def _counted_from(interview: CompletedInterview, days: Calendar) -> datetime | None:
    ended_at = min((at for at in (interview.decided_at, interview.closed_at) if at), default=None)
    return days.add(ended_at, COUNTED_AFTER_DAYS) if ended_at else None


def _returned(interview: CompletedInterview, returns: Returns) -> Return | None:
    if _hires(interview, returns.applications):
        return Return.HIRE
    if interview.interview in returns.letters:
        return Return.LETTER
    if any((interview.family, s) in returns.places for s in (MemberStatus.ACTIVE, MemberStatus.PAUSED)):
        return Return.MEMBERSHIP
    if interview.family in returns.accepted:
        return Return.MATCH
    return Return.RELATION if returns.related else None


def _hired_without_us(interview: CompletedInterview, returns: Returns) -> Return | None:
    """Every fact of ours left out, and every application that we brought about."""
    theirs = [a for a in returns.applications if a.application not in returns.rediscovered]
    return Return.HIRE if _hires(interview, theirs) else None


def _hires(interview: CompletedInterview, applications: Sequence[AssessedApplication]) -> bool:
    """A hire on this or a later application."""
    here = next((a for a in applications if a.application == interview.application), None)
    since = here.submitted_at if here and here.submitted_at else interview.happened_at
    return any(
        a.outcome is Outcome.HIRED
        and (a.application == interview.application or (a.submitted_at or a.decided_at or since) > since)
        for a in applications
    )
