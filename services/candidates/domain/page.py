"""What somebody is shown of themselves, put together from facts. Nothing here that no letter has told them yet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from services.candidates.domain.page_facts import PageFacts
from services.candidates.domain.page_letters import ShownLetter, letter_of
from services.candidates.domain.page_meetings import Meeting, has_met, meetings_of, waiting_since
from services.candidates.domain.page_news import Fields
from services.candidates.domain.page_requests import PageRequest, requests_about
from shared.business_days import Calendar
from shared.contracts import (
    ApplicationDecided,
    ApplicationDecisionReversed,
    ApplicationSubmitted,
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
    answer = letter_id(told.organization, DECISION, application, told.candidate_of(application), 1)
    letter = letter_of(told, application)
    job = told.job_of(application)
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


def openings(told: PageFacts, proposed: Mapping[str, str], own: Iterable[str]) -> list[ShownOpening]:
    """The open jobs they did not apply for, those first that a person proposed to them (`proposed`: job to match)."""
    applied = {told.job_of(application) for application in own}
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
    applied = [told.jobs[job] for job in {told.job_of(application) or "" for application in own} if job in told.jobs]
    return Fields.of(applied).shown(told.news, today)
