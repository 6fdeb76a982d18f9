"""What a person must look at, because no letter can settle it."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.notifications.domain.applications import ApplicationRecord
from services.notifications.domain.full_letters import release_of
from services.notifications.domain.letters import DerivedLetter, State, kept_of, sent_at
from services.notifications.domain.mentoring import stalled
from services.notifications.domain.policy import LetterKind, Withheld
from services.notifications.domain.records import CandidateResponse, RecipientRecord, owner_of
from services.notifications.domain.referrals import open_referrals
from services.notifications.domain.requests import DAYS_TO_ANSWER, application_asked
from shared.contracts import Stream

DAYS_TO_DO = 1
DAYS_FOR_REFERRALS = 5
AT_LEISURE = (
    LetterKind.PREPARATION,
    LetterKind.CANCELLATION,
    LetterKind.SURVEY,
    LetterKind.RECONFIRMATION,
    LetterKind.KEEP_IN_TOUCH,
    LetterKind.PAGE_LINK,
    LetterKind.CAMPAIGN,
    LetterKind.MENTOR,
    LetterKind.MENTOR_INVITATION,  # a mentorship that stalls is a task of its own
    LetterKind.MENTORING,
    LetterKind.REFERRAL,
)  # nobody misses them
END_OF_DAY = time(18)
# So many people's servers do not refuse us for what one of them did
REFUSED_ADDRESSES = 5
REFUSED_WITHIN = timedelta(days=1)


class TaskKind(StrEnum):
    """What is to be looked at."""

    DECISION_CHANGED = "decision_changed"
    FEEDBACK_CHANGED = "feedback_changed"
    REFUSED_LETTER = "refused_letter"
    STALE_LETTER = "stale_letter"
    FAILED_LETTER = "failed_letter"
    BOUNCED_LETTER = "bounced_letter"
    INTERESTED = "interested"
    REPLY = "reply"
    UNREAD_MAIL = "unread_mail"
    COMPLAINT = "complaint"
    SENDING_REFUSED = "sending_refused"
    FEEDBACK_REQUESTED = "feedback_requested"
    REVIEW_REQUESTED = "review_requested"
    DISPUTED = "disputed"
    STUCK_MAIL = "stuck_mail"
    MENTORSHIP_STALLED = "mentorship_stalled"
    REFERRAL = "referral"


class DerivedTask(NamedTuple):
    """Something for a person: `since` is when it came up; the same thing again, later, opens it again."""

    organization: str
    kind: TaskKind
    about: str
    candidate: str  # empty where it is about nobody in particular
    owner: str | None
    since: datetime
    due_at: datetime
    job: str | None = None


def tasks(records: Iterable[RecipientRecord], letters: Iterable[DerivedLetter]) -> list[DerivedTask]:
    """Everything these people's facts ask a person to look at."""
    planned: dict[tuple[str, str], list[DerivedLetter]] = {}
    for letter in letters:
        planned.setdefault((letter.organization, letter.candidate), []).append(letter)
    return [
        task
        for record in records
        for task in _tasks(record, [x for i in record.ids for x in planned.get((record.organization[0], i), ())])
    ]


def _tasks(record: RecipientRecord, letters: Collection[DerivedLetter]) -> Iterator[DerivedTask]:
    for application in record.applications:
        yield from _after_sending(record, application)
    for letter in letters:
        yield from _unsent(record, letter)
    yield from _about_relations(record, letters)
    for answer in record.interested:
        if answer.match:
            yield _asked(record, TaskKind.INTERESTED, answer)
    for answer in record.replies:
        yield _asked(record, TaskKind.REPLY, answer)
    for answer in record.unread:
        yield _asked(record, TaskKind.UNREAD_MAIL, answer)
    for answer in record.complaints:
        yield _asked(record, TaskKind.COMPLAINT, answer)
    for wish in record.wishes:
        if days := DAYS_TO_ANSWER.get(wish.kind):
            asked = application_asked(record, wish)
            job = asked.job if asked else None
            yield _task(record, TaskKind(wish.kind), wish.response, record.candidate, job, wish.since, days)


def _about_relations(record: RecipientRecord, letters: Collection[DerivedLetter]) -> Iterator[DerivedTask]:
    """Who recommends somebody is owed a look; a mentorship that nobody brings further needs somebody who does."""
    for mentorship, since in stalled(record, letters):
        yield _task(record, TaskKind.MENTORSHIP_STALLED, mentorship.relation, mentorship.candidate, None, since)
    for one in open_referrals(record, letters):
        yield _task(record, TaskKind.REFERRAL, one.referral, one.candidate, one.job, one.at, DAYS_FOR_REFERRALS)


def sending_refused(record: RecipientRecord, now: datetime) -> DerivedTask:
    """Servers of many people take nothing from this organisation: its sending is to be looked at, not the people."""
    task = _task(record, TaskKind.SENDING_REFUSED, "mail", "", None, now)
    return task._replace(owner=record.organization.reply_person)


def stuck_mail(organization: str, mail: str, candidate: str, owner: str | None, since: datetime) -> DerivedTask:
    """A mail that came in and that nobody has got: the post asks for it, and closes it once somebody has."""
    return DerivedTask(
        organization, TaskKind.STUCK_MAIL, mail, candidate, owner, since, since + timedelta(days=DAYS_TO_DO)
    )


def _after_sending(record: RecipientRecord, application: ApplicationRecord) -> Iterator[DerivedTask]:
    """A letter that was sent is not followed by another one: a person decides what to say."""
    at = sent_at(record, LetterKind.DECISION, application.application, 1)
    release = release_of(record, application)
    if at is None and release is None:
        return
    about, job = application.application, application.job
    if at and (changed_at := _changed_at(record, application, at)):
        yield _task(record, TaskKind.DECISION_CHANGED, about, application.candidate, job, changed_at)
    told_at = release.at if release else at
    if application.feedback_at and told_at and application.feedback_at > told_at:
        yield _task(record, TaskKind.FEEDBACK_CHANGED, about, application.candidate, job, application.feedback_at)


def _changed_at(record: RecipientRecord, application: ApplicationRecord, at: datetime) -> datetime | None:
    """When the decision was reversed or made anew, after it was told."""
    decision = application.decision
    if decision is None or decision.is_historical:
        return None
    if not decision.stands:
        return decision.reversed_at
    kept = kept_of(record, LetterKind.DECISION, application.application, 1)
    told = kept.cause_at if kept and kept.cause_at else at
    return decision.decided_at if decision.decided_at > told else None


def _unsent(record: RecipientRecord, letter: DerivedLetter) -> Iterator[DerivedTask]:
    owner_of = letter.job
    if letter.state is State.FAILED:
        kept = kept_of(record, letter.kind, letter.about, letter.step)
        since = (kept and kept.failed_at) or letter.cause_at
        yield _task(record, TaskKind.FAILED_LETTER, letter.letter, letter.candidate, owner_of, since)
    if letter.state is State.SUPPRESSED and letter.reason == Withheld.REFUSED:
        kept = kept_of(record, letter.kind, letter.about, letter.step)
        since = (kept and kept.verdict_at) or letter.cause_at
        yield _task(record, TaskKind.REFUSED_LETTER, letter.letter, letter.candidate, owner_of, since)
    bounced = record.bounces.get(letter.letter)
    if bounced and letter.stream is Stream.DUTY and (bounced.is_colleagues or record.reads(bounced)):
        yield _task(record, TaskKind.BOUNCED_LETTER, letter.letter, letter.candidate, owner_of, bounced.at)
    if letter.state is State.SUPPRESSED and letter.reason == Withheld.STALE and letter.kind not in AT_LEISURE:
        yield _task(record, TaskKind.STALE_LETTER, letter.letter, letter.candidate, owner_of, letter.stale_at)


def _asked(record: RecipientRecord, kind: TaskKind, answer: CandidateResponse) -> DerivedTask:
    job = next((p.job for p in record.proposals if p.match == answer.match), None)
    return _task(record, kind, answer.response, record.candidate, job, answer.at)


def _task(
    record: RecipientRecord,
    kind: TaskKind,
    about: str,
    candidate: str,
    job: str | None,
    since: datetime,
    days: int = DAYS_TO_DO,
) -> DerivedTask:
    settings = record.organization
    due_at = settings.calendar().add(since, days, END_OF_DAY)
    return DerivedTask(settings.organization, kind, about, candidate, owner_of(record, job), since, due_at, job)
