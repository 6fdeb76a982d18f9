"""Events as the rows are derived from them: what a platform says, one person at a time."""

from collections.abc import Iterable

from services.insights.domain.heard import (
    HeardApplication,
    HeardFeedback,
    HeardInterview,
    HeardJob,
    HeardPerson,
    HeardRating,
    WantedCompetency,
)
from shared.contracts import (
    ApplicationDecided,
    ApplicationSubmitted,
    Event,
    FeedbackSubmitted,
    InterviewCancelled,
    InterviewCompleted,
    InterviewMissed,
    InterviewScheduled,
    JobClosed,
    JobOpened,
    family_of,
)


def heard_jobs(organization: str, events: Iterable[Event]) -> dict[str, HeardJob]:
    """Jobs and their closings."""
    found: dict[str, HeardJob] = {}
    for event in events:
        match event:
            case JobOpened():
                asked = tuple(
                    WantedCompetency(c.competency, c.name, c.level, c.must_have, c.weight, c.kind)
                    for c in event.competencies
                )
                family = family_of(event.family, event.department)
                found[event.job] = HeardJob(
                    organization, event.job, event.title, family, event.cycle, event.opened_at, competencies=asked
                )
            case JobClosed():
                found[event.job] = found[event.job]._replace(closed_at=event.closed_at, outcome=event.outcome)
            case _:
                pass
    return found


def heard_people(organization: str, events: Iterable[Event]) -> dict[str, HeardPerson]:
    """Everybody who applied, with applications, interviews and feedback."""
    by_person: dict[str, list[Event]] = {}
    for event in events:
        if event.candidate_id:
            by_person.setdefault(event.candidate_id, []).append(event)
    return {person: _person(organization, person, told) for person, told in by_person.items()}


def _person(organization: str, person: str, events: Iterable[Event]) -> HeardPerson:
    applications: dict[str, HeardApplication] = {}
    interviews: dict[str, HeardInterview] = {}
    feedback: dict[str, HeardFeedback] = {}
    for event in events:
        match event:
            case ApplicationSubmitted() | ApplicationDecided():
                known = applications.get(event.application, HeardApplication(event.application))
                applications[event.application] = _applied(known, event)
            case InterviewScheduled() | InterviewCompleted() | InterviewCancelled() | InterviewMissed():
                known_interview = interviews.get(event.interview, HeardInterview(event.interview, event.application))
                interviews[event.interview] = _interviewed(known_interview, event)
            case FeedbackSubmitted():
                feedback[event.feedback] = _judged(event)
            case _:
                pass
    return HeardPerson(
        organization, person, tuple(applications.values()), tuple(interviews.values()), tuple(feedback.values())
    )


def _applied(known: HeardApplication, event: ApplicationSubmitted | ApplicationDecided) -> HeardApplication:
    if isinstance(event, ApplicationSubmitted):
        return known._replace(
            job=event.job, submitted_at=event.submitted_at, is_rediscovered=event.origin == "rediscovered"
        )
    reason = event.reason
    return known._replace(
        job=event.job or known.job,
        decided_at=event.decided_at,
        outcome=event.outcome,
        reason_code=reason.code if reason else None,
        reason_class=reason.class_ if reason else None,
    )


def _interviewed(
    known: HeardInterview, event: InterviewScheduled | InterviewCompleted | InterviewCancelled | InterviewMissed
) -> HeardInterview:
    match event:
        case InterviewScheduled():
            owed = tuple(i.user for i in event.interviewers if i.feedback_required)
            said = known.said._replace(starts_at=event.starts_at, ends_at=event.ends_at)
            step = (event.stage.name, event.stage.position) if event.stage else (None, None)
            return known._replace(
                job=event.job, said=said, owed_by=owed, assesses=event.assesses, stage=step[0], position=step[1]
            )
        case InterviewCompleted():
            return known._replace(said=known.said._replace(completed_at=event.completed_at))
        case InterviewCancelled():
            said = known.said._replace(cancelled_at=event.cancelled_at, cancelled_slot=event.starts_at)
            return known._replace(said=said, cancelled_by=event.by)
        case InterviewMissed():
            said = known.said._replace(missed_at=event.missed_at, missed_slot=event.starts_at)
            return known._replace(said=said, missed_by=event.by)


def _judged(event: FeedbackSubmitted) -> HeardFeedback:
    shared = event.shareable
    return HeardFeedback(
        event.feedback,
        event.application,
        event.interviewer,
        event.submitted_at,
        event.interview,
        event.kind,
        None,
        event.overall,
        tuple(HeardRating(r.competency, r.level) for r in event.ratings),
        len(shared.strengths) if shared else 0,
        len(shared.development) if shared else 0,
        tuple(m.about for m in event.misconceptions),
    )
