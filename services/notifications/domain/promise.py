"""Rule 7: nobody is left without an answer. What was promised until when, who waits for it, and what was said late."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.applications import ApplicationRecord, CalledOff
from services.notifications.domain.letters import SILENT, DerivedLetter, State, Variant, left_at
from services.notifications.domain.occasions import STALE
from services.notifications.domain.policy import LetterKind
from services.notifications.domain.records import BrokenPromise, RecipientRecord, owner_of
from services.notifications.domain.settling import settles_at
from shared.contracts import AnswerOverdue, Cause, Missing, Outcome, Saying, letter_id, overdue_id

TO_DECIDE, TO_ANSWER = 1, 2  # the two promises; also the steps in the ids of broken ones
NOTES = 2
KEPT_BY = {TO_DECIDE: Missing.DECISION, TO_ANSWER: Missing.DELIVERY}  # what a broken promise has its id from


class Promise(NamedTuple):
    """A decision or an answer, promised at `since` until `due_at`."""

    step: int
    since: datetime
    due_at: datetime
    cause: Cause


class OpenPromise(NamedTuple):
    """Somebody who waits, for what and for whom; `next_at`: when time alone breaks the next promise."""

    organization: str
    application: str
    missing: Missing
    candidate: str
    job: str | None
    owner: str | None
    since: datetime
    due_at: datetime | None
    next_at: datetime | None
    letter: str | None


class MissingAnswer(NamedTuple):
    """What is missing, and who has to give it; `letter` is the one that waits."""

    missing: Missing
    owner: str | None
    letter: str | None = None


def holding_notes(record: RecipientRecord) -> Iterator[DerivedLetter]:
    """Ten business days after the last interview without a decision, and after ten more; two at most."""
    settings = record.organization
    for application in () if record.is_restricted else record.applications:
        promise = _to_decide(record, application)
        if promise is None:
            continue
        is_over = application.standing is not None or answered_at(record, application) is not None
        at: datetime | None = promise.due_at
        for step in range(1, NOTES + 1):
            left = left_at(record, LetterKind.HOLDING_NOTE, application.application, step)
            if at and (left or not is_over):
                yield _note(record, application, promise, step, at)
            at = left and settings.calendar().add(max(left, promise.since), settings.holding_after)


def waits(records: Iterable[RecipientRecord], letters: Iterable[DerivedLetter], now: datetime) -> list[OpenPromise]:
    """Everyone who was promised a decision or an answer and has none, and everyone whose letter waits."""
    waiting = _waiting(letters)
    return [w for record in records for w in _waits(record, waiting, now)]


def overdue(records: Iterable[RecipientRecord], letters: Iterable[DerivedLetter], now: datetime) -> list[Saying]:
    """Promises that were not kept in time; and again, once they were kept late."""
    waiting = _waiting(letters)
    return [
        saying
        for record in records
        if not record.is_restricted
        for application in record.applications
        for saying in _overdue(record, application, waiting.get(_key(record, application)), now)
    ]


def promises(record: RecipientRecord, application: ApplicationRecord) -> list[Promise]:
    """What this application may expect until when. History expects nothing."""
    if application.standing and application.standing.is_historical:
        return []
    found = (_to_decide(record, application), _to_answer(record, application))
    return [p for p in found if p and not _is_kept(application, p)]


def decided_by(record: RecipientRecord, application: ApplicationRecord) -> datetime | None:
    """Until when somebody hears of a decision, as their page says it too."""
    promise = _to_decide(record, application)
    return promise.due_at if promise else None


def answered_at(record: RecipientRecord, application: ApplicationRecord) -> datetime | None:
    """When somebody got their answer: a decision known as sent, a hire, their own no, or a match that was accepted.

    An organisation that keeps Talentloop silent tells people itself: there, a decision is the answer.
    """
    decision = application.standing
    matched = [p.accepted_at for p in record.proposals if not p.is_withdrawn and not p.is_historical]
    since = _interviewed_at(application)
    found = [at for at in matched if since is None or at > since]
    if decision:
        found += [at for at in (decision.notice_sent_at, _delivered_at(record, application)) if at]
        if decision.outcome is not Outcome.NOT_SELECTED or record.organization.mode in SILENT:
            found.append(decision.decided_at)
    return min(found, default=None)


def _is_kept(application: ApplicationRecord, promise: Promise) -> bool:
    decision = application.standing
    return promise.step == TO_DECIDE and decision is not None and decision.decided_at <= promise.due_at


def _to_decide(record: RecipientRecord, application: ApplicationRecord) -> Promise | None:
    """A decision, so many business days after the last interview or after the decision was taken back.

    One that we called off or missed counts from its slot, or from when that was said later.
    """
    took_place = [(c.at, c.interview, c.cause) for c in application.completed if not c.is_historical]
    fell_through = [(max(x.slot, x.said_at), x.interview, x.cause) for x in _fell_through(application)]
    if not took_place and not fell_through:
        return None
    last_at, _, cause = max(took_place + fell_through)
    decision = application.decision
    reversed_at = decision.reversed_at if decision and not decision.stands else None
    since = max(at for at in (last_at, reversed_at) if at)
    settings = record.organization
    return Promise(TO_DECIDE, since, settings.calendar().add(since, settings.holding_after), cause)


def _fell_through(application: ApplicationRecord) -> list[CalledOff]:
    """Slots that we called off or missed, and that no other takes the place of."""
    return [x for x in application.called_off if x.moved_to is None and not x.is_historical]


def _to_answer(record: RecipientRecord, application: ApplicationRecord) -> Promise | None:
    """An answer, so many business days after the decision or the closing of the job, whichever came first."""
    begun = [*_decided(application), *_closed(record, application)]
    if not begun:
        return None
    settings, (since, cause) = record.organization, min(begun)
    return Promise(TO_ANSWER, since, settings.calendar().add(since, settings.answer_after), cause)


def _decided(application: ApplicationRecord) -> Iterator[tuple[datetime, Cause]]:
    if decision := application.standing:
        yield decision.decided_at, Cause("application-decided", application.application)


def _closed(record: RecipientRecord, application: ApplicationRecord) -> Iterator[tuple[datetime, Cause]]:
    """Closing promises an answer to whoever was interviewed or applied by then, or later."""
    opening = record.opening(application.job)
    applied = None if application.is_history else application.submitted_at
    known = [at for at in (_interviewed_at(application), applied) if at]
    if opening.is_closed and opening.closed_at and known:
        yield max(opening.closed_at, *known), Cause("job-closed", opening.job)


def _interviewed_at(application: ApplicationRecord) -> datetime | None:
    """When they were last interviewed, or heard that they are not."""
    took_place = [c.at for c in application.completed if not c.is_historical]
    return max([*took_place, *(x.said_at for x in _fell_through(application))], default=None)


def _delivered_at(record: RecipientRecord, application: ApplicationRecord) -> datetime | None:
    """When our decision letter left; one that came back did not arrive."""
    organization, about = record.organization.organization, application.application
    ids = [letter_id(organization, LetterKind.DECISION, about, candidate, 1) for candidate in record.ids]
    left = [(record.sent[i], record.bounces.get(i)) for i in ids if i in record.sent]
    return min((at for at, bounced in left if bounced is None or bounced.at < at), default=None)


def _waits(
    record: RecipientRecord, waiting: dict[tuple[str, str], DerivedLetter], now: datetime
) -> Iterator[OpenPromise]:
    for a in () if record.is_restricted else record.applications:
        letter = waiting.get(_key(record, a))
        open_promises = [] if answered_at(record, a) else promises(record, a)
        if not open_promises and letter is None:
            continue
        lack = _lack(record, a, letter)
        due = [p.due_at for p in open_promises]
        yield OpenPromise(
            organization=record.organization.organization,
            application=a.application,
            missing=lack.missing,
            candidate=a.candidate,
            job=a.job,
            owner=lack.owner,
            since=max(p.since for p in open_promises) if open_promises or letter is None else letter.cause_at,
            due_at=min(due, default=None),
            next_at=min((at for p in open_promises if (at := _said_at(record, p)) > now), default=None),
            letter=lack.letter,
        )


def _overdue(
    record: RecipientRecord, a: ApplicationRecord, letter: DerivedLetter | None, now: datetime
) -> Iterator[Saying]:
    answered, promised = answered_at(record, a), {p.step: p for p in promises(record, a)}
    for step in (TO_DECIDE, TO_ANSWER):
        promise, said = promised.get(step), _said(record, a, step)
        if kept_at := answered or (None if promise else _decided_at(a)):
            yield from (_saying(record, a, i, late._replace(answered_at=kept_at)) for i, late in said.items())
        elif promise:
            still = [i for i, late in said.items() if late.answered_at is None]
            if still or now >= _said_at(record, promise):
                lack = _lack(record, a, letter)
                late = BrokenPromise(promise.due_at, lack.missing, lack.owner)
                yield from (_saying(record, a, i, late) for i in still or [_overdue_id(a, KEPT_BY[step], step)])


def _said(record: RecipientRecord, a: ApplicationRecord, step: int) -> dict[str, BrokenPromise]:
    """What was said of a broken promise, by id: once it was named by what was missing first."""
    ids = (_overdue_id(a, missing, step) for missing in Missing)
    return {i: record.overdue[i] for i in ids if i in record.overdue}


def _overdue_id(a: ApplicationRecord, missing: Missing, step: int) -> str:
    return overdue_id(a.application, missing, step)


def _said_at(record: RecipientRecord, promise: Promise) -> datetime:
    """When a promise that is broken is said to be: not before what is known has settled."""
    return max(promise.due_at, settles_at(record, promise.cause, promise.due_at))


def _decided_at(application: ApplicationRecord) -> datetime | None:
    return application.standing.decided_at if application.standing else None


def _saying(record: RecipientRecord, a: ApplicationRecord, overdue: str, late: BrokenPromise) -> Saying:
    event = AnswerOverdue(
        overdue=overdue,
        candidate=a.candidate,
        application=a.application,
        owner=late.owner,
        missing=late.missing,
        due_at=late.due_at,
        answered_at=late.answered_at,
    )
    return Saying(record.organization.organization, event, _cause(record, a))


def _cause(record: RecipientRecord, a: ApplicationRecord) -> Cause | None:
    """What the promise was made for first."""
    found = (_to_decide(record, a), _to_answer(record, a))
    return next((p.cause for p in found if p), None)


def _lack(record: RecipientRecord, a: ApplicationRecord, letter: DerivedLetter | None) -> MissingAnswer:
    """A decision; or, once that is there, a colleague's feedback, somebody's approval, or the mail itself."""
    owner = owner_of(record, a.job)
    if letter is None:
        return MissingAnswer(Missing.DELIVERY if a.standing else Missing.DECISION, owner)
    owed_by = [u for slot in record.slots if slot.application == a.application and not slot.is_historical
               for u in slot.owed_by]  # fmt: skip
    if owed_by and a.standing and a.standing.outcome is Outcome.NOT_SELECTED:
        return MissingAnswer(Missing.FEEDBACK, owed_by[0], letter.letter)
    return MissingAnswer(Missing.APPROVAL, owner, letter.letter)


def _note(
    record: RecipientRecord, application: ApplicationRecord, promise: Promise, step: int, at: datetime
) -> DerivedLetter:
    return DerivedLetter(
        organization=record.organization.organization,
        kind=LetterKind.HOLDING_NOTE,
        about=application.application,
        recipient=application.candidate,
        step=step,
        variant=Variant.HOLDING_NOTE,
        application=application.application,
        job=application.job,
        cause=promise.cause,
        cause_at=promise.since,
        send_at=at,
        stale_at=at + STALE,
    )


def _waiting(letters: Iterable[DerivedLetter]) -> dict[tuple[str, str], DerivedLetter]:
    """Decision letters that wait for a person, by application."""
    found = [x for x in letters if x.kind is LetterKind.DECISION and x.state is State.WAITING]
    return {(x.organization, x.about): x for x in found}


def _key(record: RecipientRecord, application: ApplicationRecord) -> tuple[str, str]:
    return record.organization.organization, application.application
