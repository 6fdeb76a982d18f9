"""Rule 3: what candidates ask a person for. It ends by a letter that a person wrote, or for a reason that is kept."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.applications import ApplicationRecord
from services.notifications.domain.full_letters import names_near
from services.notifications.domain.letters import DerivedLetter, State, Variant, blocked, kept_for, kept_of, left_at
from services.notifications.domain.policy import LetterKind, LetterRefusal
from services.notifications.domain.records import (
    CandidateWish,
    EndedRequest,
    RecipientRecord,
    WrittenAnswer,
    by_id,
    owner_of,
)
from services.notifications.domain.settling import settles_at
from shared.contracts import (
    LATEST,
    AnswerOverdue,
    Cause,
    Missing,
    RequestAnswered,
    ResponseKind,
    Saying,
    derived_id,
    letter_id,
    reading,
)
from shared.lint import LintFinding, knows, lint, reads_as

DAYS_TO_ANSWER = {  # feedback that is asked for; the others within the promise of an answer (rule 7)
    ResponseKind.FEEDBACK_REQUESTED: 10,
    ResponseKind.REVIEW_REQUESTED: 5,
    ResponseKind.DISPUTED: 5,
}
REQUESTS = tuple(DAYS_TO_ANSWER)
OVERDUE_AFTER = 10  # business days, whatever they asked for
ENDED = LetterRefusal("ended")  # for a reason, without a letter


class RequestEnd(NamedTuple):
    """A request that came to its end, whose task is done."""

    organization: str
    response: str
    ended: EndedRequest


class AskedWait(NamedTuple):
    """Somebody who waits for what they asked a person for, and for whom; `letter` is the one that is to answer."""

    organization: str
    response: str
    asked: ResponseKind
    missing: Missing
    candidate: str
    application: str | None
    job: str | None
    owner: str | None
    since: datetime
    due_at: datetime
    letter: str | None


def requests_of(record: RecipientRecord) -> list[CandidateWish]:
    """What somebody asked a person for, each as they said it last."""
    return [wish for wish in record.wishes if wish.kind in DAYS_TO_ANSWER]


def find_request(record: RecipientRecord, response: str) -> CandidateWish | None:
    """One of them."""
    return next((wish for wish in requests_of(record) if wish.response == response), None)


def application_asked(record: RecipientRecord, wish: CandidateWish) -> ApplicationRecord | None:
    """The application whose answer they speak of."""
    name = record.organization.organization
    answers = {letter_id(name, LetterKind.DECISION, a.application, a.candidate, 1): a for a in record.applications}
    return answers.get(wish.letter or "")


def is_open(record: RecipientRecord, wish: CandidateWish) -> bool:
    """True until it has ended; what was closed by a click, before answers were letters, is closed."""
    return end_of(record, wish) is None and record.closed.get(wish.response) != wish.since


def end_of(record: RecipientRecord, wish: CandidateWish) -> EndedRequest | None:
    """How it ended; None while nobody has, or where it was asked for or taken up again since."""
    ended = record.ended.get(wish.response)
    return ended if ended and reading.is_ended(ended.at, wish.at, wish.reopened_at) else None


def answers(record: RecipientRecord, now: datetime) -> Iterator[DerivedLetter]:
    """One letter for each time that something is asked for: it waits until a person has written and released it."""
    for wish in requests_of(record):
        yield from _letters(record, wish, now)


def answered(records: Iterable[RecipientRecord], letters: Iterable[DerivedLetter]) -> list[Saying]:
    """Requests whose answer has left."""
    people = by_id(records)
    return [
        saying
        for letter in letters
        if letter.kind is LetterKind.ANSWER and letter.state is State.SENT
        for saying in _answered(people[letter.organization, letter.recipient], letter)
    ]


def ended(records: Iterable[RecipientRecord]) -> list[RequestEnd]:
    """Every request that came to its end."""
    return [
        RequestEnd(record.organization.organization, wish.response, end)
        for record in records
        for wish in requests_of(record)
        if (end := end_of(record, wish))
    ]


def waits(records: Iterable[RecipientRecord], letters: Iterable[DerivedLetter]) -> list[AskedWait]:
    """Everyone who asked a person for something and has no answer yet."""
    answers = {(x.organization, x.about): x for x in letters if x.kind is LetterKind.ANSWER}
    return [
        _wait(record, wish, answers.get((record.organization.organization, wish.response)))
        for record in records
        if not record.is_restricted
        for wish in requests_of(record)
        if is_open(record, wish)
    ]


def overdue_requests(records: Iterable[RecipientRecord], now: datetime) -> list[Saying]:
    """Rule 7: requests that nobody answered in time; and again, once they came to their end."""
    return [
        saying
        for record in records
        if not record.is_restricted
        for wish in requests_of(record)
        for saying in _overdue(record, wish, now)
    ]


def findings(record: RecipientRecord, wish: CandidateWish, answer: WrittenAnswer) -> list[LintFinding]:
    """What the lint finds in an answer. Whoever wrote it may sign it."""
    application = application_asked(record, wish)
    writer = record.colleagues.get(answer.by)
    names = names_near(record, application, writer and writer.name) if application else []
    return lint([answer.text], answer.language, names)


def concerns(record: RecipientRecord, wish: CandidateWish, answer: WrittenAnswer | None) -> list[str]:
    """Why a person must look at it, by code; `not_written` as long as it says nothing."""
    if answer is None:
        return ["not_written"]
    found = {str(f.code) for f in findings(record, wish, answer)}
    if not knows(answer.language):
        found.add("no_word_list")
    if not reads_as(answer.text, answer.language):
        found.add("other_language")
    return sorted(found)


def _letters(record: RecipientRecord, wish: CandidateWish, now: datetime) -> Iterator[DerivedLetter]:
    step, told = 1, None
    while left_at(record, LetterKind.ANSWER, wish.response, step):
        kept = kept_of(record, LetterKind.ANSWER, wish.response, step)
        told = (kept and kept.cause_at) or wish.since
        yield _letter(record, wish, step, now)._replace(cause_at=told)
        step += 1
    if told == wish.since or _was_closed_by_hand(record, wish, step):
        return
    letter = _letter(record, wish, step, now)
    yield blocked(letter, ENDED) if end_of(record, wish) else letter


def _was_closed_by_hand(record: RecipientRecord, wish: CandidateWish, step: int) -> bool:
    """Before answers were letters, somebody answered in another way."""
    is_closed = end_of(record, wish) is None and not is_open(record, wish)
    return is_closed and kept_of(record, LetterKind.ANSWER, wish.response, step) is None


def _letter(record: RecipientRecord, wish: CandidateWish, step: int, now: datetime) -> DerivedLetter:
    """It never is too late: `stale_at` is when the promise is broken, and then never."""
    application, broken_at = application_asked(record, wish), _broken_at(record, wish)
    return DerivedLetter(
        organization=record.organization.organization,
        kind=LetterKind.ANSWER,
        about=wish.response,
        recipient=wish.candidate,
        step=step,
        variant=Variant.ANSWER,
        application=application.application if application else None,
        job=application.job if application else None,
        cause=_cause(wish),
        cause_at=wish.since,
        send_at=wish.since,
        stale_at=broken_at if now < broken_at else LATEST,
    )


def _answered(record: RecipientRecord, letter: DerivedLetter) -> Iterator[Saying]:
    wish, kept = find_request(record, letter.about), kept_for(record, letter)
    if wish is None or wish.since != letter.cause_at or end_of(record, wish):
        return
    if kept and kept.answer and letter.sent_at:
        event = RequestAnswered(
            response=wish.response,
            candidate=letter.recipient,
            answered_at=letter.sent_at,
            by=kept.answer.by,
            letter=letter.letter,
            language=kept.answer.language,
            text=kept.answer.text,
            reopened_at=wish.reopened_at,
        )
        yield Saying(letter.organization, event, letter.cause)


def _overdue(record: RecipientRecord, wish: CandidateWish, now: datetime) -> Iterator[Saying]:
    application = application_asked(record, wish)
    overdue = derived_id("overdue", wish.response, wish.since.isoformat())
    end, is_said = end_of(record, wish), overdue in record.overdue
    is_owed = is_open(record, wish) and (is_said or now >= _broken_at(record, wish))
    if application is None or not (is_owed or (is_said and end)):
        return
    event = AnswerOverdue(
        overdue=overdue,
        candidate=wish.candidate,
        application=application.application,
        owner=owner_of(record, application.job),
        missing=Missing.APPROVAL,
        due_at=_due_at(record, wish),
        answered_at=end.at if end else None,
        response=wish.response,
    )
    yield Saying(record.organization.organization, event, _cause(wish))


def _wait(record: RecipientRecord, wish: CandidateWish, answer: DerivedLetter | None) -> AskedWait:
    application = application_asked(record, wish)
    job = application.job if application else None
    return AskedWait(
        organization=record.organization.organization,
        response=wish.response,
        asked=wish.kind,
        missing=Missing.APPROVAL if answer is None or answer.state is State.WAITING else Missing.DELIVERY,
        candidate=wish.candidate,
        application=application.application if application else None,
        job=job,
        owner=owner_of(record, job),
        since=wish.since,
        due_at=_due_at(record, wish),
        letter=answer.letter if answer else None,
    )


def _due_at(record: RecipientRecord, wish: CandidateWish) -> datetime:
    return record.organization.calendar().add(wish.since, OVERDUE_AFTER)


def _broken_at(record: RecipientRecord, wish: CandidateWish) -> datetime:
    """When it is said that nobody answered: not before what is known has settled."""
    due_at = _due_at(record, wish)
    return max(due_at, settles_at(record, _cause(wish), due_at))


def _cause(wish: CandidateWish) -> Cause:
    return Cause("candidate-responded", wish.response)
