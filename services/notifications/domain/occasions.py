"""Rules 3 and 5: which letters the facts of one person ask for, whether or not they may leave."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from services.notifications.domain.applications import ApplicationDecision, ApplicationRecord
from services.notifications.domain.full_letters import is_full
from services.notifications.domain.letters import OUT, DerivedLetter, Variant, blocked, kept_of, told_at
from services.notifications.domain.policy import LetterKind, LetterRefusal, Withheld
from services.notifications.domain.records import PendingErasure, RecipientRecord
from services.notifications.domain.relations import AcceptedMatch, PoolMembership
from shared.contracts import TIME_TO_OBJECT, Cause, FeedbackPolicy, NoticeBy, Outcome

HOLD = timedelta(hours=24)
STALE = timedelta(days=14)
REMINDER = timedelta(days=14)
REMINDER_AFTER_NURTURE = timedelta(days=30)  # the first question counted as nurture: 1 per 30 days


def asked_for(record: RecipientRecord) -> Iterator[DerivedLetter]:
    """Every letter one person's facts ask for; what the facts themselves speak against is suppressed already."""
    for application in record.applications:
        if after := _what_happens_next(record, application):
            yield after
        if decision := _decision(record, application):
            yield decision
    if record.erasure:
        yield _data_rights(record, record.erasure)
    for membership in record.memberships:
        yield from _pool_invitations(record, membership)
    for proposal in _newest_by_job(record.proposals):
        if not proposal.is_historical:
            yield _job_invitation(record, proposal)


def _data_rights(record: RecipientRecord, asked: PendingErasure) -> DerivedLetter:
    """Whoever asks us to be forgotten hears when they will be, at once and for the last time."""
    return DerivedLetter(
        organization=record.organization.organization,
        kind=LetterKind.DATA_RIGHTS,
        about="-",
        recipient=asked.candidate,
        step=1,
        variant=Variant.DATA_RIGHTS,
        application=None,
        job=None,
        cause=Cause("erasure-requested", asked.candidate),
        cause_at=asked.at,
        send_at=asked.at,
        stale_at=asked.at + STALE,
    )


def deleted_at(record: RecipientRecord, asked: PendingErasure) -> datetime:
    """Rule 11, as candidates carries it out: a day after they asked, or when a legal hold after the decision ends."""
    decided = [a.decision.decided_at for a in record.applications if a.decision and a.decision.stands]
    hold = record.organization.legal_hold_months
    ends: list[datetime] = [max(decided) + relativedelta(months=hold)] if decided and hold else []
    return max([asked.at + TIME_TO_OBJECT, *ends])


def _what_happens_next(record: RecipientRecord, application: ApplicationRecord) -> DerivedLetter | None:
    """Once for each application, after its first interview that is said to have taken place."""
    told = (c for c in application.completed if c.is_told)
    first = min(told, key=lambda c: (c.at, c.interview), default=None)
    if first is None or first.is_historical:
        return None
    letter = _drafted(
        record, application, LetterKind.WHAT_HAPPENS_NEXT, Variant.WHAT_HAPPENS_NEXT, first.cause, first.at
    )
    return blocked(letter, LetterRefusal(Withheld.DECIDED)) if application.standing else letter


def _decision(record: RecipientRecord, application: ApplicationRecord) -> DerivedLetter | None:
    """Thanks for whoever withdrew or declined; a full letter, or else a short one, for whoever was not selected."""
    decision = application.decision
    if decision is None or not _is_ours_to_say(record, application, decision):
        return None
    variant = _variant(record, application, decision)
    cause = Cause("application-decided", application.application)
    letter = _drafted(record, application, LetterKind.DECISION, variant, cause, decision.decided_at)
    letter = letter._replace(
        send_at=max(decision.not_before or decision.decided_at, decision.decided_at + HOLD),
        stale_at=max(decision.not_before or decision.decided_at, decision.decided_at) + STALE,
        asks_pool=_invited(record, application.application),
    )
    if not decision.stands:
        return blocked(letter, LetterRefusal(Withheld.DECISION_REVERSED))
    opening = record.opening(application.job)
    if variant is not Variant.THANKS and opening.reopened_at and opening.reopened_at > decision.decided_at:
        return letter._replace(reason=Withheld.REOPENED)
    return letter


def _variant(record: RecipientRecord, application: ApplicationRecord, decision: ApplicationDecision) -> Variant:
    if decision.outcome is not Outcome.NOT_SELECTED:
        return Variant.THANKS
    return Variant.FULL if is_full(record, application) else Variant.SHORT


def _is_ours_to_say(record: RecipientRecord, application: ApplicationRecord, decision: ApplicationDecision) -> bool:
    """Not history, not told by the platform, not forbidden for the job; a hire is told by people."""
    return not (
        decision.is_historical
        or decision.outcome is Outcome.HIRED
        or decision.notice_by is NoticeBy.PLATFORM
        or decision.notice_sent_at is not None
        or record.opening(application.job).feedback_policy is FeedbackPolicy.NONE
    )


def _invited(record: RecipientRecord, application: str) -> bool:
    return any(m.application == application and m.is_invited for m in record.memberships)


def _pool_invitations(record: RecipientRecord, membership: PoolMembership) -> Iterator[DerivedLetter]:
    """Step 1 only when no letter could ask; step 2 reminds, two weeks after it was asked."""
    application = record.application(membership.application)
    if not membership.is_invited or membership.is_historical or application is None or application.decision is None:
        return
    if application.decision.is_historical:
        return
    about = membership.family
    in_letter = _asked_in_letter(record, application)
    alone = told_at(record, LetterKind.POOL_INVITATION, about, 1)
    if in_letter is None and not _letter_may_ask(record, application):
        decided = max(at for at in (application.decision.decided_at, membership.reviewed_at) if at)
        yield _to_member(record, membership, application, 1, decided)._replace(send_at=decided + HOLD)
    if asked := in_letter or alone:
        due = asked + (REMINDER if in_letter else REMINDER_AFTER_NURTURE)
        yield _to_member(record, membership, application, 2, due)


def _asked_in_letter(record: RecipientRecord, application: ApplicationRecord) -> datetime | None:
    """When the decision letter asked for the pool, if it did. Of a letter no longer kept we believe it."""
    at = told_at(record, LetterKind.DECISION, application.application, 1)
    kept = kept_of(record, LetterKind.DECISION, application.application, 1)
    is_known = kept is not None and (kept.state in OUT or kept.silenced_at is not None)
    return at if kept is None or not is_known or kept.asked_pool else None


def _letter_may_ask(record: RecipientRecord, application: ApplicationRecord) -> bool:
    """A decision letter is still to come, or the organisation keeps silent about the decision."""
    if told_at(record, LetterKind.DECISION, application.application, 1) is not None:
        return False
    return application.decision is not None and _is_ours_to_say(record, application, application.decision)


def _to_member(
    record: RecipientRecord, membership: PoolMembership, application: ApplicationRecord, step: int, at: datetime
) -> DerivedLetter:
    variant = Variant.POOL_INVITATION if step == 1 else Variant.POOL_REMINDER
    return DerivedLetter(
        organization=record.organization.organization,
        kind=LetterKind.POOL_INVITATION,
        about=membership.family,
        recipient=membership.candidate,
        step=step,
        variant=variant,
        application=application.application,
        job=application.job,
        cause=Cause("candidate-pooled", membership.membership),
        cause_at=at,
        send_at=at,
        stale_at=at + STALE,
        asks_pool=True,
    )


def _newest_by_job(proposals: Iterable[AcceptedMatch]) -> Collection[AcceptedMatch]:
    """Merged people may have been accepted twice for one job: one invitation."""
    return {p.job: p for p in sorted(proposals, key=lambda p: (p.accepted_at, p.match))}.values()


def _job_invitation(record: RecipientRecord, proposal: AcceptedMatch) -> DerivedLetter:
    """Because a person accepted the match."""
    letter = DerivedLetter(
        organization=record.organization.organization,
        kind=LetterKind.JOB_INVITATION,
        about=proposal.job,
        recipient=proposal.candidate,
        step=1,
        variant=Variant.JOB_INVITATION,
        application=None,
        job=proposal.job,
        cause=Cause("match-reviewed", proposal.match),
        cause_at=proposal.accepted_at,
        send_at=max(proposal.accepted_at, proposal.not_before or proposal.accepted_at),
        stale_at=proposal.accepted_at + STALE,
        match=proposal.match,
    )
    if proposal.is_withdrawn:
        return blocked(letter, LetterRefusal(Withheld.MATCH_WITHDRAWN))
    if any(a.job == proposal.job and a.submitted_at for a in record.applications):
        return blocked(letter, LetterRefusal(Withheld.APPLIED))
    if record.opening(proposal.job).is_closed:
        return blocked(letter, LetterRefusal(Withheld.JOB_CLOSED))
    return letter


def _drafted(
    record: RecipientRecord,
    application: ApplicationRecord,
    kind: LetterKind,
    variant: Variant,
    cause: Cause,
    at: datetime,
) -> DerivedLetter:
    return DerivedLetter(
        organization=record.organization.organization,
        kind=kind,
        about=application.application,
        recipient=application.candidate,
        step=1,
        variant=variant,
        application=application.application,
        job=application.job,
        cause=cause,
        cause_at=at,
        send_at=at,
        stale_at=at + STALE,
    )
