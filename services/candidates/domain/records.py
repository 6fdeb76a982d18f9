"""What is known about one person, whatever rule asks: applications, consent, signs, and what a person decided."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.candidates.domain.consent import Consent
from services.candidates.domain.interviews import InterviewSaid
from shared.contracts import Outcome, ReviewAction, Tier, reading


class AssessedApplication(NamedTuple):
    """One candidacy with its standing decision, if any, and the verdicts that count for it (rule 1).

    `points`: strong_no 0, no 1, yes 2, strong_yes 3; one per verdict, `evidence` names their feedback.
    `family` is None while its job is unknown. `touched_at`: when feedback was last submitted or withdrawn.
    """

    application: str
    job: str | None = None
    family: str | None = None
    cycle: str | None = None
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    outcome: Outcome | None = None
    disqualifying: bool = False
    would_reconsider: bool | None = None
    reconsider_after: datetime | None = None
    points: Sequence[int] = ()
    evidence: Sequence[str] = ()
    touched_at: datetime | None = None

    @property
    def undecided(self) -> bool:
        """True while no decision stands."""
        return self.decided_at is None

    @property
    def judged_at(self) -> datetime | None:
        """When there was evidence last: a decision, feedback given or withdrawn."""
        return max((at for at in (self.touched_at, self.decided_at) if at), default=None)


class MembershipReview(NamedTuple):
    """What a person decided about a membership."""

    action: ReviewAction
    tier: Tier | None
    reviewed_at: datetime


class SaidMembership(NamedTuple):
    """A membership that was said before, under one id of the person."""

    candidate: str
    family: str
    application: str


class CandidateRecord(NamedTuple):
    """One person, all their ids together. `invitations`: pool invitations by letter, when each was sent."""

    organization: str
    candidate: str
    applications: Sequence[AssessedApplication] = ()
    consent: Consent | None = None
    signs: Sequence[datetime] = ()
    invitations: Mapping[str, datetime] = {}
    reviews: Mapping[str, MembershipReview] = {}
    said: Sequence[SaidMembership] = ()
    not_now_until: datetime | None = None
    contactable: bool = True
    restricted: bool = False
    interviews: Sequence[InterviewSaid] = ()

    @property
    def has_open_application(self) -> bool:
        """True while any application is undecided."""
        return any(a.undecided for a in self.applications)


def of_people(records: Iterable[CandidateRecord], pairs: Iterable[tuple[str, str]]) -> list[CandidateRecord]:
    """Those of the records that are of these people, (organisation, the id that stands for them)."""
    named = set(pairs)
    return [record for record in records if (record.organization, record.candidate) in named]


def deciding(record: CandidateRecord, family: str) -> AssessedApplication | None:
    """The application in the family with the newest standing decision."""
    decided = [a for a in record.applications if a.family == family and a.decided_at]
    return max(decided, key=lambda a: (a.decided_at, a.application), default=None)


def is_hired(record: CandidateRecord, application: AssessedApplication | None = None) -> bool:
    """Hired by `application`, or by any that was not followed by a new application of theirs."""
    if application and application.outcome is Outcome.HIRED:
        return True
    return reading.is_hired(
        [a.decided_at for a in record.applications if a.decided_at and a.outcome is Outcome.HIRED],
        [a.submitted_at for a in record.applications if a.submitted_at],
    )
