"""What somebody is shown of themselves, put together from facts. Nothing here that no letter has told them yet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from services.candidates.domain.page_facts import PageFacts
from services.candidates.domain.page_meetings import Meeting, has_met, meetings_of, waiting_since
from services.candidates.domain.page_news import Fields
from services.candidates.domain.page_requests import PageRequest, requests_about
from shared.business_days import Calendar
from shared.contracts import (
    ApplicationDecided,
    ApplicationDecisionReversed,
    ApplicationSubmitted,
    CandidateResponded,
    FeedbackReleased,
    InterviewScheduled,
    JobLocation,
    NewsPublished,
    NoticeBy,
    Outcome,
    OutreachSent,
    ResponseKind,
    letter_id,
    reading,
)

DECISION = "decision"


class ApplicationStage(StrEnum):
    """Where an application stands, as far as its candidate knows."""

    INTERVIEW_AHEAD = "interview_ahead"
    WAITING = "waiting"
    LATE = "late"  # the promised day has passed
    HIRED = "hired"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    LONG_OVER = "long_over"  # decided before anything was told from here


class ShownStrength(NamedTuple):
    """What went well."""

    competency: str
    observed: str


class ShownDevelopment(NamedTuple):
    """What to work on, and how."""

    competency: str
    observed: str
    suggestion: str


class ShownLetter(NamedTuple):
    """Feedback that was sent to them. `rating`: what they made of it, 0 to 5."""

    letter: str
    language: str
    released_at: datetime
    strengths: tuple[ShownStrength, ...]
    development: tuple[ShownDevelopment, ...]
    rating: int | None = None


class ShownApplication(NamedTuple):
    """One application. `answer_by`: until when they hear from us; `answer`: the id of the letter that answers it.

    `timezone`: of its job; `has_met`: whether they talked to us.
    """

    application: str
    title: str | None
    stage: ApplicationStage
    submitted_at: datetime | None
    ahead: tuple[Meeting, ...] = ()
    answer_by: datetime | None = None
    answer: str = ""
    letter: ShownLetter | None = None
    requests: tuple[PageRequest, ...] = ()
    hired_nobody: bool = False  # and they may know: they were answered, or nobody decided about them
    told_reason: str | None = None
    timezone: str | None = None
    has_met: bool = False

    @property
    def may_look_again(self) -> bool:
        """They ended it, so that there is no decision of ours to ask about, but for their place in the pool."""
        return self.stage is ApplicationStage.WITHDRAWN and self.may_ask(ResponseKind.REVIEW_REQUESTED)

    def has_asked(self, kind: str) -> bool:
        """Whether they asked for that already."""
        return any(request.kind == kind for request in self.requests)

    def may_ask(self, kind: str) -> bool:
        """Whether to ask for that is open to them: they did not, or it ended without a letter."""
        return all(request.is_settled_otherwise for request in self.requests if request.kind == kind)


class ShownOpening(NamedTuple):
    """An open job of a family they are known in; `match` when a person proposed it to them."""

    job: str
    title: str
    url: str | None
    location: JobLocation | None
    looks_for: tuple[tuple[str, str | None], ...]
    match: str | None = None


def shown_applications(told: PageFacts, days: Calendar, holding_after: int, now: datetime) -> list[ShownApplication]:
    """Every application, the newest first."""
    submitted = {e.application: e for e in told.all(ApplicationSubmitted)}
    scheduled = {e.application for e in told.all(InterviewScheduled)}
    decided = {e.application for e in told.all(ApplicationDecided)}
    shown = [
        _candidacy(told, application, submitted.get(application), days, holding_after, now)
        for application in sorted({*submitted, *scheduled, *decided})
    ]
    return sorted(shown, key=lambda c: (c.submitted_at is not None, c.submitted_at), reverse=True)


def _candidacy(
    told: PageFacts,
    application: str,
    submitted: ApplicationSubmitted | None,
    days: Calendar,
    holding_after: int,
    now: datetime,
) -> ShownApplication:
    decision, standing = _told_decision(told, application), _standing_decision(told, application)
    meetings = meetings_of(told, application)
    ahead = tuple(m for m in meetings if m.ends_at > now)
    since = waiting_since(told, application, now, _taken_back_at(told, application))
    answer_by = days.add(since, holding_after) if since else None
    answer = letter_id(told.organization, DECISION, application, _candidate(told, application), 1)
    letter = _letter(told, application)
    job = _job(told, application)
    opened = told.jobs.get(job or "")
    over = told.ended_without_hire(job) if decision or standing is None else None
    is_long_over = decision is None and standing is not None and told.is_history(standing)
    return ShownApplication(
        application,
        told.title(job),
        ApplicationStage.LONG_OVER if is_long_over else _stage(decision, ahead, answer_by, now),
        submitted.submitted_at if submitted else None,
        () if decision else ahead,
        None if decision else answer_by,
        answer=answer,
        letter=letter,
        requests=tuple(requests_about(told, {answer, letter.letter if letter else answer}, days, now)),
        hired_nobody=over is not None,
        told_reason=over.told_reason if over else None,
        timezone=opened.location.timezone if opened and opened.location else None,
        has_met=has_met(told, application, now),
    )


def _taken_back_at(told: PageFacts, application: str) -> datetime | None:
    undone = told.find(ApplicationDecisionReversed, application)
    return undone.reversed_at if undone and _standing_decision(told, application) is None else None


def _stage(
    decision: ApplicationDecided | None, ahead: Sequence[Meeting], answer_by: datetime | None, now: datetime
) -> ApplicationStage:
    if decision is None:
        if ahead:
            return ApplicationStage.INTERVIEW_AHEAD
        return ApplicationStage.LATE if answer_by and answer_by <= now else ApplicationStage.WAITING
    if decision.outcome is Outcome.HIRED:
        return ApplicationStage.HIRED
    return ApplicationStage.ENDED if decision.outcome is Outcome.NOT_SELECTED else ApplicationStage.WITHDRAWN


def _standing_decision(told: PageFacts, application: str) -> ApplicationDecided | None:
    decision = told.find(ApplicationDecided, application)
    undone = told.find(ApplicationDecisionReversed, application)
    if decision is None or not reading.stands(decision.decided_at, undone.reversed_at if undone else None):
        return None
    return decision


def _told_decision(told: PageFacts, application: str) -> ApplicationDecided | None:
    """The decision, if it stands and they know of it: told by us or by the platform, or their own doing."""
    decision = _standing_decision(told, application)
    if decision is None:
        return None
    theirs = decision.outcome is not Outcome.NOT_SELECTED
    by_platform = decision.notice is not None and decision.notice.by is NoticeBy.PLATFORM
    if by_platform:
        sent_at = decision.notice.sent_at if decision.notice else None
        return decision if theirs or sent_at else None
    return decision if theirs or any(_decides(e, application) for e in told.all(OutreachSent)) else None


def _decides(sent: OutreachSent, application: str) -> bool:
    return sent.kind == DECISION and sent.application == application


def _job(told: PageFacts, application: str) -> str | None:
    """The job somebody applied for, by whichever fact names it."""
    return next((e.job for e in _naming(told, application) if e.job), None)


def _candidate(told: PageFacts, application: str) -> str:
    """The id somebody applied by: letters to merged people keep theirs."""
    return next(e.candidate for e in _naming(told, application))


def _naming(
    told: PageFacts, application: str
) -> Iterator[ApplicationSubmitted | ApplicationDecided | InterviewScheduled]:
    yield from (e for e in told.all(ApplicationSubmitted) if e.application == application)
    yield from (e for e in told.all(ApplicationDecided) if e.application == application)
    yield from (e for e in told.all(InterviewScheduled) if e.application == application)


def _letter(told: PageFacts, application: str) -> ShownLetter | None:
    """The feedback they were sent: released is not enough, it may still wait for its hour."""
    sent = {e.outreach for e in told.all(OutreachSent)}
    released = next((e for e in told.all(FeedbackReleased) if e.application == application and e.letter in sent), None)
    if released is None:
        return None
    said = [r for r in told.all(CandidateResponded) if r.letter == released.letter]
    rated = max((r for r in said if r.rating is not None), key=lambda r: r.responded_at, default=None)
    names = _names(told, _job(told, application))
    return ShownLetter(
        released.letter,
        released.language,
        released.released_at,
        tuple(ShownStrength(names.get(s.competency, s.competency), s.observed) for s in released.strengths),
        tuple(
            ShownDevelopment(names.get(d.competency, d.competency), d.observed, d.suggestion)
            for d in released.development
        ),
        rating=rated.rating if rated else None,
    )


def _names(told: PageFacts, job: str | None) -> dict[str, str]:
    opened = told.jobs.get(job or "")
    return {c.competency: c.name for c in opened.competencies} if opened else {}


def openings(told: PageFacts, proposed: Mapping[str, str], own: Iterable[str]) -> list[ShownOpening]:
    """The open jobs they did not apply for, those first that a person proposed to them (`proposed`: job to match)."""
    applied = {_job(told, application) for application in own}
    return [
        ShownOpening(
            job.job,
            job.title,
            job.url,
            job.location,
            tuple((c.name, c.looks_for) for c in job.competencies),
            proposed.get(job.job),
        )
        for job in sorted(told.jobs.values(), key=lambda j: (j.job not in proposed, j.opened_at, j.job))
        if job.job not in applied and told.is_open(job.job)
    ]


def shown_news(told: PageFacts, own: Iterable[str], today: date) -> list[NewsPublished]:
    """The newest notes of a year, of the fields of work and cycles they applied in."""
    applied = [told.jobs[job] for job in {_job(told, application) or "" for application in own} if job in told.jobs]
    return Fields.of(applied).shown(told.news, today)


def to_build(letters: Iterable[ShownLetter]) -> dict[str, list[ShownDevelopment]]:
    """Skills to build: every development point of every letter, by competency, the newest letter first."""
    found: dict[str, list[ShownDevelopment]] = {}
    for letter in sorted(letters, key=lambda x: x.released_at, reverse=True):
        for item in letter.development:
            found.setdefault(item.competency, []).append(item)
    return found
