"""Interviews of one person, who owes or gave feedback on them, and what it says of each competency."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from services.insights.domain.heard import HeardFeedback, HeardInterview, HeardJob, HeardPerson, HeardReturn
from services.insights.domain.rows import UNNAMED_STEP, Assessment, Scorecard, Side, Sitting
from shared.business_days import Calendar
from shared.contracts import EARLIEST, CancelledBy, FeedbackKind, MissedBy
from shared.contracts.reading import InterviewState, stands

VERDICTS = frozenset((FeedbackKind.INTERVIEW, FeedbackKind.WORK_SAMPLE))
SCORED_WITHIN_DAYS = 1


def verdicts(feedback: Iterable[HeardFeedback]) -> list[HeardFeedback]:
    """Of each interviewer, interview and kind the newest that stands (rule 1)."""
    newest: dict[tuple[str, ...], HeardFeedback] = {}
    for f in sorted(feedback, key=lambda f: (f.submitted_at, f.feedback)):
        if f.kind in VERDICTS and stands(f.submitted_at, f.withdrawn_at):
            newest[f.interviewer, f.interview or "", f.application if f.interview is None else "", f.kind] = f
    return list(newest.values())


def derive_sittings(person: HeardPerson, jobs: Mapping[str, HeardJob]) -> list[Sitting]:
    """Every interview that was scheduled, called off, held, or judged."""
    returns = {r.interview: r for r in person.returns}
    judged = _judged(person)
    applied = {a.application: a.job for a in person.applications}
    found = []
    for heard in (*person.interviews, *_only_judged(person)):
        job = applied.get(heard.application) or heard.job
        opening = jobs.get(job or "")
        asks = heard.assesses or (opening.asked if opening else ())
        found.append(_sitting(person, heard, judged.get(heard.interview), returns.get(heard.interview), job, asks))
    return found


def _sitting(
    person: HeardPerson,
    heard: HeardInterview,
    judged_at: datetime | None,
    returned: HeardReturn | None,
    job: str | None,
    asks: tuple[str, ...],
) -> Sitting:
    said = heard.said._replace(judged_at=judged_at) if judged_at else heard.said
    state, _ = said.became
    return Sitting(
        organization=person.organization,
        interview=heard.interview,
        candidate=person.person,
        application=heard.application,
        job=job,
        stage=heard.stage,
        position=UNNAMED_STEP if heard.position is None else heard.position,
        state=state,
        by=_by(heard, state),
        began_at=said.slot,
        ended_at=said.ended_at if state is InterviewState.COMPLETED else None,
        asks=asks,
        is_counted=returned is not None,
        returned=returned.returned if returned else None,
        without_loop=returned.without_loop if returned else None,
        counted_from=returned.counted_from if returned else None,
    )


def derive_scorecards(
    person: HeardPerson, sittings: Iterable[Sitting], calendar: Calendar, told: Mapping[str, datetime]
) -> Iterator[Scorecard]:
    """One for everybody who owes feedback on an interview that took place, or gave some unasked.

    `told`: when the candidate was told last what they may have understood otherwise.
    """
    asked = {interview.interview: interview.owed_by for interview in person.interviews}
    for sitting in sittings:
        if sitting.state is InterviewState.COMPLETED:
            given = [f for f in person.feedback if f.interview == sitting.interview and f.kind in VERDICTS]
            owed_by = asked.get(sitting.interview, ())
            for interviewer in sorted({*owed_by, *(f.interviewer for f in given)}):
                own = [f for f in given if f.interviewer == interviewer]
                card = _scorecard(sitting, interviewer, own, calendar, is_owed=interviewer in owed_by)
                yield _put_right(card, own, told) if told else card


def derive_assessments(
    person: HeardPerson, judged: Iterable[HeardFeedback], sittings: Iterable[Sitting], jobs: Mapping[str, HeardJob]
) -> list[Assessment]:
    """What each feedback that counts says of each competency that was asked for or rated. `judged`: the `verdicts`."""
    by_interview = {s.interview: s for s in sittings}
    applied = {a.application: a.job for a in person.applications}
    found: list[Assessment] = []
    for f in judged:
        sitting = by_interview.get(f.interview or "")
        if f.interview is None or (sitting and sitting.state is InterviewState.COMPLETED):
            job = applied.get(f.application) or (sitting.job if sitting else None)
            found += _assessments(person, f, sitting, jobs.get(job or ""), job)
    return found


def _assessments(
    person: HeardPerson, feedback: HeardFeedback, sitting: Sitting | None, opening: HeardJob | None, job: str | None
) -> Iterator[Assessment]:
    asked = sitting.asks if sitting and feedback.kind is FeedbackKind.INTERVIEW else ()
    levels = {rating.competency: rating.level for rating in feedback.ratings}
    wanted = {c.competency: c.level for c in opening.competencies} if opening else {}
    for competency in sorted({*asked, *levels}):
        yield Assessment(
            organization=person.organization,
            feedback=feedback.feedback,
            competency=competency,
            candidate=person.person,
            application=feedback.application,
            job=job,
            interviewer=feedback.interviewer,
            interview=feedback.interview,
            asked=competency in asked,
            given=competency in levels,
            level=levels.get(competency),
            job_level=wanted.get(competency),
            at=(sitting.ended_at if sitting else None) or feedback.submitted_at,
        )


def _scorecard(
    sitting: Sitting, interviewer: str, given: Sequence[HeardFeedback], calendar: Calendar, *, is_owed: bool
) -> Scorecard:
    standing = sorted(
        (f for f in given if stands(f.submitted_at, f.withdrawn_at)), key=lambda f: (f.submitted_at, f.feedback)
    )
    owed_at = sitting.ended_at if is_owed else None
    return Scorecard(
        organization=sitting.organization,
        interview=sitting.interview,
        interviewer=interviewer,
        candidate=sitting.candidate,
        job=sitting.job,
        owed_at=owed_at,
        due_at=calendar.add(owed_at, SCORED_WITHIN_DAYS) if owed_at else None,
        given_at=standing[0].submitted_at if standing else None,
        withdrawn=bool(given) and not standing,
        has_strengths=any(f.strengths for f in standing),
        has_development=any(f.development for f in standing),
        misconceptions=tuple(sorted({about for f in standing for about in f.misconceptions})),
    )


def _put_right(card: Scorecard, given: Iterable[HeardFeedback], told: Mapping[str, datetime]) -> Scorecard:
    """With what was told after it was noted."""
    noted: dict[str, datetime] = {}
    for f in given:
        for about in f.misconceptions if stands(f.submitted_at, f.withdrawn_at) else ():
            noted[about] = min(f.submitted_at, noted.get(about, f.submitted_at))
    return card._replace(put_right=tuple(a for a in card.misconceptions if told.get(a, EARLIEST) > noted[a]))


def _judged(person: HeardPerson) -> dict[str, datetime]:
    """By interview the newest feedback that stands."""
    found: dict[str, datetime] = {}
    for f in person.feedback:
        if f.interview and stands(f.submitted_at, f.withdrawn_at):
            found[f.interview] = max(f.submitted_at, found.get(f.interview, f.submitted_at))
    return found


def _only_judged(person: HeardPerson) -> list[HeardInterview]:
    """Interviews that feedback names and nothing else does, yet."""
    known = {i.interview for i in person.interviews}
    named = {f.interview: f.application for f in person.feedback if f.interview and f.interview not in known}
    return [HeardInterview(interview, application) for interview, application in named.items()]


def _by(heard: HeardInterview, state: InterviewState) -> Side | None:
    if state is InterviewState.CANCELLED:
        return Side.THEM if heard.cancelled_by is CancelledBy.CANDIDATE else Side.US
    if state is InterviewState.MISSED:
        return Side.THEM if heard.missed_by is MissedBy.CANDIDATE else Side.US
    return None
