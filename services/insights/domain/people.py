"""From everything heard of one person to their rows, all of them at once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.insights.domain.growth import derive_growths
from services.insights.domain.heard import HeardApplication, HeardFeedback, HeardJob, HeardPerson
from services.insights.domain.interviews import derive_assessments, derive_scorecards, derive_sittings, verdicts
from services.insights.domain.reuse import derive_reuses
from services.insights.domain.rows import Candidacy, LetterLength, PersonRows, Sitting
from services.insights.domain.told import NOTHING_SAID, SaidToMany, put_right
from shared.business_days import Calendar
from shared.contracts import GENERAL, Missing, Outcome, Overall
from shared.contracts.reading import InterviewState, stands

OWN_DECISIONS = frozenset((Outcome.HIRED, Outcome.WITHDRAWN, Outcome.OFFER_DECLINED))  # who is told by another way
IN_FAVOUR = {Overall.STRONG_NO: False, Overall.NO: False, Overall.YES: True, Overall.STRONG_YES: True}


class Workplace(NamedTuple):
    """How an organisation works. `decision_answers`: it tells people itself, so its decision is the answer (rule 8)."""

    calendar: Calendar = Calendar(None, None, "Etc/UTC")
    answer_after: int = 5
    decision_answers: bool = False


def derive_rows(
    person: HeardPerson, jobs: Mapping[str, HeardJob], workplace: Workplace, said: SaidToMany = NOTHING_SAID
) -> PersonRows:
    """`jobs` are those that the person's facts name; one that is not there has not been heard of yet.

    `said`: what their organisation told many at once.
    """
    sittings, judged = derive_sittings(person, jobs), verdicts(person.feedback)
    assessments = derive_assessments(person, judged, sittings, jobs)
    candidacies = tuple(_candidacy(person, a, judged, sittings, jobs, workplace) for a in person.applications)
    told = put_right(person, candidacies, said, workplace.calendar)
    return PersonRows(
        candidacies,
        tuple(sittings),
        tuple(derive_scorecards(person, sittings, workplace.calendar, told)),
        tuple(assessments),
        tuple(derive_growths(person, candidacies, assessments, jobs, said.campaigns)),
        tuple(derive_reuses(person, candidacies, jobs)),
    )


def _candidacy(
    person: HeardPerson,
    application: HeardApplication,
    judged: Sequence[HeardFeedback],
    sittings: Sequence[Sitting],
    jobs: Mapping[str, HeardJob],
    workplace: Workplace,
) -> Candidacy:
    own = [s for s in sittings if s.application == application.application]
    job = application.job or next((s.job for s in own if s.job), None)
    opening = jobs.get(job or "")
    held = [s for s in own if s.state is InterviewState.COMPLETED]
    is_decided = stands(application.decided_at, application.reversed_at)
    first_at = min((at for s in held if (at := s.began_at or s.ended_at)), default=None)
    last_at = max((at for s in held if (at := s.ended_at or s.began_at)), default=None)
    is_dated = not application.is_historical or application.submitted_at != first_at  # else the interview's own day
    overall = (f.overall for f in judged if f.application == application.application)
    in_favour = [IN_FAVOUR[said] for said in overall if said in IN_FAVOUR]
    place = next((p for p in person.places if p.application == application.application), None)
    return Candidacy(
        organization=person.organization,
        application=application.application,
        candidate=person.person,
        job=job,
        family=opening.family if opening else (None if job else GENERAL),
        cycle=opening.cycle if opening else None,
        submitted_at=application.submitted_at if is_dated else None,
        first_at=first_at,
        last_at=last_at,
        steps=tuple(sorted({s.position for s in held})),
        decided_at=application.decided_at if is_decided else None,
        outcome=application.outcome if is_decided else None,
        reason_code=application.reason_code if is_decided else None,
        reason_class=application.reason_class if is_decided else None,
        answered_at=min(_answers(person, application, workplace), default=None) if is_decided else None,
        due_at=_due_at(application, opening, last_at, workplace),
        late=any(d.application == application.application and d.missing is not Missing.DECISION for d in person.delays),
        verdicts=len(in_favour),
        agreed=len(set(in_favour)) == 1 if len(in_favour) > 1 else None,
        tier=place.tier if place else None,
        status=place.status if place else None,
        rediscovered=application.is_rediscovered,
        letter=_letter(person, application),
    )


def _answers(person: HeardPerson, application: HeardApplication, workplace: Workplace) -> Iterator[datetime]:
    """When the candidate knew: our letter left and did not come back, a platform told them, or they decided."""
    for letter in person.letters:
        if letter.application == application.application and not (
            letter.bounced_at and letter.bounced_at >= letter.left_at
        ):
            yield letter.left_at
    if application.noticed_at:
        yield application.noticed_at
    if application.decided_at and (workplace.decision_answers or application.outcome in OWN_DECISIONS):
        yield application.decided_at


def _due_at(
    application: HeardApplication, opening: HeardJob | None, last_at: datetime | None, workplace: Workplace
) -> datetime | None:
    """Promise 2 of rule 7, from the decision or the closing, whichever came first. History was promised nothing."""
    known = [at for at in (application.submitted_at, last_at) if at]
    closed = max(opening.closed_at, *known) if opening and opening.closed_at and opening.is_closed and known else None
    decided = application.decided_at if stands(application.decided_at, application.reversed_at) else None
    since = min((at for at in (decided, closed) if at), default=None)
    if since is None or application.is_historical:
        return None
    return workplace.calendar.add(since, workplace.answer_after)


def _letter(person: HeardPerson, application: HeardApplication) -> LetterLength:
    if any(r.application == application.application for r in person.releases):
        return LetterLength.FULL
    if not any(letter.application == application.application for letter in person.letters):
        return LetterLength.NONE
    return LetterLength.THANKS if application.outcome in OWN_DECISIONS else LetterLength.SHORT
