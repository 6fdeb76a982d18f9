"""Rule 1 and rule 5: who is in the talent pool of a family, in which tier, and where they stand."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, assert_never

from dateutil.relativedelta import relativedelta

from services.candidates.domain.records import (
    AssessedApplication,
    CandidateRecord,
    MembershipReview,
    SaidMembership,
    deciding,
    is_hired,
)
from services.candidates.domain.words import why
from shared.contracts import (
    CandidateLeftPool,
    CandidatePooled,
    Cause,
    Event,
    LeaveReason,
    MemberStatus,
    Outcome,
    ReviewAction,
    Saying,
    Tier,
    letter_id,
    membership_id,
)

RULES_VERSION = "pool-1"
LEFT = "left"

RECONFIRM_AFTER = relativedelta(months=6)
EXPIRES_AFTER = relativedelta(months=24)
ANSWER_DAYS = timedelta(days=30)
POOL_INVITATION, REMINDER_STEP = "pool_invitation", 2  # step 1 asks where no letter could, step 2 reminds

STRONG_NO = 0
ABOVE_DEVELOPING = (Tier.SILVER_MEDALIST, Tier.PROMISING)


class PoolPlace(NamedTuple):
    """One person in one family: a status in the pool, or the reason for being out of it."""

    organization: str
    candidate: str
    family: str
    membership: str
    application: str
    cycle: str | None
    tier: Tier | None
    status: MemberStatus | None
    reason: LeaveReason | None
    why: tuple[str, ...]
    evidence: Sequence[str]
    reconfirm_at: datetime | None
    expires_at: datetime | None
    due_at: datetime | None
    cause: Cause
    was_said: bool

    @property
    def standing(self) -> str:
        """The status, or that they left."""
        return self.status or LEFT

    @property
    def rules_version(self) -> str:
        """By which rules they have it."""
        return RULES_VERSION

    @property
    def event(self) -> Event | None:
        """What is said of it. Somebody who never was in the pool does not leave it."""
        if self.status is None or self.tier is None:
            return self._left() if self.was_said else None
        return CandidatePooled.model_construct(
            membership=self.membership,
            candidate=self.candidate,
            family=self.family,
            tier=self.tier,
            status=self.status,
            application=self.application,
            why=self.why,
            evidence=tuple(self.evidence),
            rules_version=RULES_VERSION,
            reconfirm_at=self.reconfirm_at,
            expires_at=self.expires_at,
        )

    def _left(self) -> CandidateLeftPool | None:
        if self.reason is None:
            return None
        return CandidateLeftPool(
            membership=self.membership, candidate=self.candidate, family=self.family, reason=self.reason
        )


def place(records: Iterable[CandidateRecord], now: datetime) -> list[PoolPlace]:
    """Where everyone stands in every family they were decided in."""
    return [p for record in records for p in _places(record, now)]


def sayings(places: Iterable[PoolPlace]) -> list[Saying]:
    """What is said of these places."""
    return [Saying(p.organization, event, p.cause) for p in places if (event := p.event)]


def farewells(records: Iterable[CandidateRecord]) -> list[Saying]:
    """What is said of memberships that were said before and have no place any more."""
    return [_farewell(record, said) for record in records for said in record.said if not _has_place(record, said)]


def tier_of(application: AssessedApplication) -> Tier:
    """How close they came, by verdicts alone: integers only."""
    n, s = len(application.points), sum(application.points)
    if application.outcome is Outcome.OFFER_DECLINED or (n >= 2 and s >= 2 * n and STRONG_NO not in application.points):
        return Tier.SILVER_MEDALIST
    if (n >= 1 and 2 * s >= 3 * n) or application.would_reconsider:
        return Tier.PROMISING
    return Tier.DEVELOPING if n else Tier.UNASSESSED


def _places(record: CandidateRecord, now: datetime) -> list[PoolPlace]:
    if record.restricted:
        return []
    families = dict.fromkeys(a.family for a in record.applications if a.family)
    return [
        _place(record, family, application, now) for family in families if (application := deciding(record, family))
    ]


def _place(record: CandidateRecord, family: str, application: AssessedApplication, now: datetime) -> PoolPlace:
    review = record.reviews.get(family)
    tier = review.tier if review and review.tier else tier_of(application)
    times = _times(record, family, application, now)
    standing = _status(record, application, tier, review, now)
    reason = _leaves(record, application, review) or _lapses(standing, times, now)
    status = None if reason else standing
    return PoolPlace(
        organization=record.organization,
        candidate=record.candidate,
        family=family,
        membership=membership_id(record.candidate, family),
        application=application.application,
        cycle=application.cycle,
        tier=None if reason in _NEVER_A_MEMBER else tier,
        status=status,
        reason=reason,
        why=why(record, application, tier, status, _standing(review, application)) if status else (),
        evidence=application.evidence,
        reconfirm_at=times.reconfirm_at,
        expires_at=times.expires_at,
        due_at=min(
            (at for at in (times.expires_at, times.consent_ends_at, times.unanswered_at) if at and at > now),
            default=None,
        ),
        cause=_cause(record, application, status, reason),
        was_said=any((s.candidate, s.family) == (record.candidate, family) for s in record.said),
    )


_NEVER_A_MEMBER = (LeaveReason.HIRED, LeaveReason.DISQUALIFIED, LeaveReason.RECONSIDER_FALSE)


def _leaves(
    record: CandidateRecord, application: AssessedApplication, review: MembershipReview | None
) -> LeaveReason | None:
    """The reasons that need no clock, in the contract's order."""
    if review and review.action is ReviewAction.REMOVE:
        return LeaveReason.REMOVED
    if is_hired(record, application):
        return LeaveReason.HIRED
    if application.disqualifying:
        return LeaveReason.DISQUALIFIED
    if application.would_reconsider is False:
        return LeaveReason.RECONSIDER_FALSE
    if record.consent and not record.consent.granted:
        return LeaveReason.CONSENT_WITHDRAWN
    return None


class _Times(NamedTuple):
    """When time alone changes something."""

    reconfirm_at: datetime
    expires_at: datetime
    consent_ends_at: datetime | None
    unanswered_at: datetime | None


def _times(record: CandidateRecord, family: str, application: AssessedApplication, now: datetime) -> _Times:
    last_sign = max(record.signs, default=None) or application.decided_at or now
    return _Times(
        last_sign + RECONFIRM_AFTER,
        last_sign + EXPIRES_AFTER,
        record.consent.expires_at if record.consent and record.consent.granted else None,
        _unanswered_at(record, family, application),
    )


def _lapses(status: MemberStatus, times: _Times, now: datetime) -> LeaveReason | None:
    """The reasons that time brings."""
    if now >= times.expires_at or (times.consent_ends_at and now >= times.consent_ends_at):
        return LeaveReason.EXPIRED
    if status is MemberStatus.INVITED and times.unanswered_at and now >= times.unanswered_at:
        return LeaveReason.NO_ANSWER
    return None


def _status(
    record: CandidateRecord,
    application: AssessedApplication,
    tier: Tier,
    review: MembershipReview | None,
    now: datetime,
) -> MemberStatus:
    """The first that holds."""
    if STRONG_NO in application.points and tier in ABOVE_DEVELOPING and not _standing(review, application):
        return MemberStatus.HELD
    if record.has_open_application:
        return MemberStatus.PAUSED
    if record.consent and record.consent.stands(now):
        return MemberStatus.ACTIVE
    stands = _standing(review, application)
    if tier in ABOVE_DEVELOPING or (stands and stands.action is ReviewAction.INVITE):
        return MemberStatus.INVITED
    return MemberStatus.NOT_INVITED


def _standing(review: MembershipReview | None, application: AssessedApplication) -> MembershipReview | None:
    return review if review and _stands(review, application) else None


def _stands(review: MembershipReview, application: AssessedApplication) -> bool:
    """Newer evidence ends a confirmation and an invitation; a removal and a chosen tier stay."""
    match review.action:
        case ReviewAction.REMOVE | ReviewAction.RETIER:
            return True
        case ReviewAction.CONFIRM | ReviewAction.INVITE:
            return application.judged_at is None or review.reviewed_at >= application.judged_at
        case _:
            assert_never(review.action)


def _unanswered_at(record: CandidateRecord, family: str, application: AssessedApplication) -> datetime | None:
    """30 days after the reminder of this round, if nothing was heard since the decision."""
    if not record.invitations:
        return None
    reminder = letter_id(record.organization, POOL_INVITATION, family, record.candidate, REMINDER_STEP)
    reminded_at = record.invitations.get(reminder)
    decided_at = application.decided_at
    if reminded_at is None or decided_at is None or reminded_at < decided_at:
        return None
    return None if any(sign > decided_at for sign in record.signs) else reminded_at + ANSWER_DAYS


def _cause(
    record: CandidateRecord, application: AssessedApplication, status: MemberStatus | None, reason: LeaveReason | None
) -> Cause:
    consented = record.consent and (status is MemberStatus.ACTIVE or reason is LeaveReason.CONSENT_WITHDRAWN)
    if consented and record.consent:
        return Cause("consent-changed", f"{record.consent.candidate}/talent_pool")
    return Cause("application-decided", application.application)


def _has_place(record: CandidateRecord, said: SaidMembership) -> bool:
    here = said.candidate == record.candidate and not record.restricted
    return here and deciding(record, said.family) is not None


def _farewell(record: CandidateRecord, said: SaidMembership) -> Saying:
    left = CandidateLeftPool(
        membership=membership_id(said.candidate, said.family),
        candidate=said.candidate,
        family=said.family,
        reason=_why_gone(record, said),
    )
    return Saying(record.organization, left, Cause("application-decided", said.application))


def _why_gone(record: CandidateRecord, said: SaidMembership) -> LeaveReason:
    if record.restricted:
        return LeaveReason.ERASED
    if said.candidate != record.candidate:
        return LeaveReason.MERGED
    decided_elsewhere = any(a.application == said.application and a.decided_at for a in record.applications)
    return LeaveReason.MOVED if decided_elsewhere else LeaveReason.UNDECIDED
