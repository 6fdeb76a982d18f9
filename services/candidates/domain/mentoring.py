"""Rule 12: who mentors whom. A recruiter proposes, the mentor accepts, the candidate agrees to the goals shown."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from shared.contracts import (
    CANDIDATES,
    Condition,
    ConsentChanged,
    Event,
    Flag,
    Id,
    Instant,
    MentorshipAccepted,
    MentorshipEnded,
    MentorshipProposed,
    Saying,
    derived_id,
)

CAPACITY = 2  # mentorships of one mentor at a time
LASTS = relativedelta(months=3)
RENEWALS = 1


class MentorAnswered(Event, topic="private-mentor-answer", owner=CANDIDATES, listens={CANDIDATES}, fact="relation"):
    """What a mentor answers to a proposal: a private fact, until the candidate agrees too."""

    relation: Id
    candidate: Id
    user: Id
    agreed: Flag
    answered_at: Instant


class Stage(StrEnum):
    """Whose turn it is."""

    PROPOSED = "proposed"  # the mentor's
    AGREED = "agreed"  # the candidate's
    ACTIVE = "active"
    ENDED = "ended"


class Ending(StrEnum):
    """Why a mentorship is over."""

    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    HIRED = "hired"
    INACTIVE_USER = "inactive_user"
    ERASED = "erased"
    COMPLETED = "completed"
    UNANSWERED = "unanswered"  # its last day came before both had agreed


# These hold only as long as what they follow from: a user may be active again, a hire may be reversed.
REVOCABLE = frozenset((Ending.WITHDRAWN, Ending.HIRED, Ending.INACTIVE_USER, Ending.ERASED))


def is_final(reason: str | None) -> bool:
    """True for what a person said and for what the last day settled: nothing brings that mentorship back."""
    return reason is not None and reason not in REVOCABLE


class Relation(NamedTuple):
    """One proposal with everything that decides how it stands.

    `asked_at`: when the mentor answered, from when on the candidate is asked; before that when it was proposed.
    `hired_at`: by decisions that stand. `ended`: the final reason that was said.
    """

    organization: str
    relation: str
    candidate: str
    user: str
    goals: Sequence[str]
    starts_on: date
    ends_on: date
    mentor_agreed: bool | None
    asked_at: datetime
    consent: ConsentChanged | None = None
    hired_at: datetime | None = None
    user_active: bool = True
    ended: str | None = None
    is_restricted: bool = False
    renewed_at: datetime | None = None

    @property
    def consented_until(self) -> date | None:
        """The last whole day of their consent to these goals, if it has an end."""
        consent = self.consent
        if consent is None or consent.expires_at is None or consent.given_at < self.asked_at:
            return None
        return consent.expires_at.astimezone(UTC).date() - timedelta(days=1)


class MentorshipStatus(NamedTuple):
    """How a relation stands. `due_on`: the day after which it is over."""

    relation: Relation
    stage: Stage
    reason: str | None = None

    @property
    def due_on(self) -> date | None:
        """The last day of one that is not over: its own, or the last one of the consent to it."""
        if self.stage is Stage.ENDED:
            return None
        return min(self.relation.ends_on, self.relation.consented_until or self.relation.ends_on)


def named(goals: Sequence[str], starts_on: date, ends_on: date) -> str:
    """What somebody is asked to say yes to, in one word: other goals, or other days, have another."""
    return derived_id("mentoring", *goals, starts_on.isoformat(), ends_on.isoformat())


def last_day(starts_on: date, renewals: int = 0) -> date:
    """Three months, once more when renewed."""
    last: date = starts_on + (1 + renewals) * LASTS
    return last


def judge(relations: Iterable[Relation], today: date) -> list[MentorshipStatus]:
    """How every relation stands on a day."""
    return [_judge(relation, today) for relation in relations]


def _judge(relation: Relation, today: date) -> MentorshipStatus:
    if reason := relation.ended or next(_endings(relation, today), None):
        return MentorshipStatus(relation, Stage.ENDED, reason)
    if not relation.mentor_agreed:
        return MentorshipStatus(relation, Stage.PROPOSED)
    return MentorshipStatus(relation, Stage.ACTIVE if _consents(relation) else Stage.AGREED)


def _endings(relation: Relation, today: date) -> Iterator[Ending]:
    consent = relation.consent
    if relation.mentor_agreed is False:
        yield Ending.DECLINED
    if consent and not consent.granted and consent.given_at > relation.asked_at:
        yield Ending.WITHDRAWN
    if relation.consented_until and relation.consented_until < min(today, relation.ends_on):
        yield Ending.WITHDRAWN
    if relation.hired_at and relation.hired_at >= relation.asked_at:
        yield Ending.HIRED
    if relation.is_restricted:
        yield Ending.ERASED
    if not relation.user_active:
        yield Ending.INACTIVE_USER
    if today > relation.ends_on:
        yield Ending.COMPLETED if relation.mentor_agreed and _consents(relation) else Ending.UNANSWERED


def _consents(relation: Relation) -> bool:
    """They agreed to these goals, not to earlier ones, and are of age."""
    consent = relation.consent
    return (
        consent is not None
        and consent.granted
        and consent.given_at >= relation.asked_at
        and Condition.ADULT in consent.conditions
    )


def sayings(mentorships: Iterable[MentorshipStatus]) -> list[Saying]:
    """What is said of those that the mentor agreed to, that both agreed to, and that are over."""
    return [said for m in mentorships for said in _said(m)]


def _said(mentorship: MentorshipStatus) -> Iterator[Saying]:
    r = mentorship.relation
    if mentorship.stage in (Stage.AGREED, Stage.ACTIVE):
        yield Saying(r.organization, _agreed(r))
    if mentorship.stage is Stage.ACTIVE:
        yield Saying(r.organization, MentorshipAccepted(relation=r.relation, candidate=r.candidate, user=r.user))
    if mentorship.stage is Stage.ENDED and mentorship.reason:
        ended = MentorshipEnded(relation=r.relation, candidate=r.candidate, user=r.user, reason=mentorship.reason)
        yield Saying(r.organization, ended)


def _agreed(relation: Relation) -> MentorshipProposed:
    """The proposal as it was made, with the mentor's yes: from then on the candidate is asked."""
    return MentorshipProposed(
        relation=relation.relation,
        candidate=relation.candidate,
        user=relation.user,
        goals=tuple(relation.goals),
        starts_on=relation.starts_on,
        ends_on=relation.ends_on,
        agreed_at=relation.asked_at,
        renewed_at=relation.renewed_at,
    )
