"""The digest: on business mornings, what waits for one colleague. Nothing waits, nothing is sent (rule 6)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.notifications.domain.records import RecipientRecord, owner_of
from shared.business_days import END_OF_DAY, Calendar
from shared.contracts import TeamRole

MORNING, EVENING = time(8), time(20)
ROWS = 5
_READERS = (TeamRole.RECRUITER, TeamRole.COORDINATOR)


class ReviewKind(StrEnum):
    """What a person is to decide about somebody who is known."""

    MEMBERSHIP = "membership"  # held
    MATCH = "match"  # proposed


class DueReview(NamedTuple):
    """One place in the pool, or one proposal, that waits for a person's word."""

    organization: str
    kind: ReviewKind
    about: str
    candidate: str
    job: str | None


class DigestReader(NamedTuple):
    """A colleague as far as a digest asks for them."""

    user: str
    name: str
    email: str
    timezone: str | None
    is_active: bool
    wants_digest: bool


class JobTeam(NamedTuple):
    """A job, and what everybody of its team who is still there does for it."""

    job: str
    title: str
    roles: Mapping[str, str]


class JobCount(NamedTuple):
    """How many of a job wait."""

    job: str
    title: str
    number: int


class WaitingPerson(NamedTuple):
    """Somebody who waits for an answer."""

    candidate: str
    job: str | None
    missing: str
    since: datetime
    due_at: datetime | None


class OpenTask(NamedTuple):
    """Something to look at; `candidate` is empty where it is about nobody in particular."""

    kind: str
    candidate: str
    job: str | None
    due_at: datetime


class Digest(NamedTuple):
    """What waits for one colleague; of people and tasks the first few, and how many there are."""

    letters: Sequence[JobCount] = ()
    waiting: Sequence[WaitingPerson] = ()
    waiting_in_all: int = 0
    due_today: int = 0
    tasks: Sequence[OpenTask] = ()
    tasks_in_all: int = 0
    matches: Sequence[JobCount] = ()
    held: int = 0

    @property
    def is_due(self) -> bool:
        """Whoever waits for an answer is nobody's work before the day it was promised for."""
        return bool(self.letters or self.due_today or self.tasks or self.matches or self.held)


def reviews(records: Iterable[RecipientRecord]) -> list[DueReview]:
    """What is to be decided about these people. Of whoever asked to be forgotten, nothing."""
    return [review for record in records if not record.is_restricted for review in _reviews(record)]


def _reviews(record: RecipientRecord) -> Iterator[DueReview]:
    organization = record.organization.organization
    for m in record.memberships:
        if m.is_held:
            yield DueReview(organization, ReviewKind.MEMBERSHIP, m.membership, m.candidate, m.job)
    for p in record.proposed:
        yield DueReview(organization, ReviewKind.MATCH, p.match, p.candidate, p.job)


def readers(records: Iterable[RecipientRecord]) -> set[tuple[str, str]]:
    """(organisation, user) of everyone who may have to hear of these people."""
    found = {
        (record.organization.organization, user)
        for record in records
        for opening in record.openings.values()
        for user in (owner_of(record, opening.job), *opening.roles)
        if user
    }
    asked = ((r.organization.organization, r.organization.reply_person) for r in records)
    return found | {(organization, user) for organization, user in asked if user}


def answers_for(team: JobTeam, user: str, *, is_reply_person: bool) -> bool:
    """Recruiters and coordinators of a job; without any its hiring managers; without these who answers for all."""
    roles = set(team.roles.values())
    if roles.intersection(_READERS):
        return team.roles.get(user) in _READERS
    return team.roles.get(user) == TeamRole.HIRING_MANAGER if roles else is_reply_person


def decides(team: JobTeam, user: str) -> bool:
    """Letters, proposals and held places are no coordinator's to decide."""
    return team.roles.get(user) != TeamRole.COORDINATOR


def is_time(due_at: datetime, now: datetime, calendar: Calendar) -> bool:
    """A business morning has come that was waited for, and its evening has not."""
    local = calendar.local(now)
    if not calendar.is_business_day(local.date()) or not MORNING <= local.time() < EVENING:
        return False
    return due_at <= _morning(local.date(), calendar)


def next_morning(now: datetime, calendar: Calendar) -> datetime:
    """08:00 of the first business day there whose morning is still to come."""
    local = calendar.local(now)
    is_to_come = calendar.is_business_day(local.date()) and local.time() < MORNING
    return _morning(local.date() if is_to_come else calendar.next_business_day(local.date()), calendar)


def end_of_day(now: datetime, calendar: Calendar) -> datetime:
    """Until when something is due today."""
    return datetime.combine(calendar.local(now).date(), END_OF_DAY, ZoneInfo(calendar.timezone)).astimezone(UTC)


def _morning(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, MORNING, ZoneInfo(calendar.timezone)).astimezone(UTC)
