"""Rules 3, 4, 5 and 8: which letters the facts ask for, when each may leave, and why one does not."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.notifications.domain.hours import next_open
from services.notifications.domain.policy import Kind, Refusal, refusal, stream_of
from services.notifications.domain.record import (
    Application,
    Decision,
    Kept,
    Membership,
    Opening,
    Proposal,
    Record,
)
from shared.contracts import (
    Cause,
    FeedbackPolicy,
    NoticeBy,
    Outcome,
    OutreachMode,
    OutreachSuppressed,
    Saying,
    Stream,
    letter_id,
)

HOLD = timedelta(hours=24)
STALE = timedelta(days=14)
REMINDER = timedelta(days=14)
REMINDER_AFTER_NURTURE = timedelta(days=30)  # the first question counted as nurture: 1 per 30 days


class State(StrEnum):
    """How far a letter is."""

    PLANNED = "planned"
    WAITING = "waiting"  # for a person's approval
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    FAILED = "failed"


class Variant(StrEnum):
    """Which words a letter uses."""

    WHAT_HAPPENS_NEXT = "what_happens_next"
    SHORT = "decision_short"
    THANKS = "decision_thanks"
    POOL_INVITATION = "pool_invitation"
    POOL_REMINDER = "pool_reminder"
    JOB_INVITATION = "job_invitation"


OUT = frozenset((State.SENDING, State.SENT))
SILENT = (OutreachMode.OFF, OutreachMode.SHADOW)


class Letter(NamedTuple):
    """One letter as the facts ask for it now. `due_at`: when time alone may change it."""

    organization: str
    kind: Kind
    about: str
    recipient: str
    step: int
    variant: Variant
    application: str | None
    job: str | None
    cause: Cause
    cause_at: datetime
    send_at: datetime
    stale_at: datetime
    asks_pool: bool = False
    match: str | None = None
    state: State = State.PLANNED
    reason: str | None = None
    until: datetime | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None

    @property
    def letter(self) -> str:
        """Its id: of what it is about, so two causes are one letter."""
        return letter_id(self.organization, self.kind, self.about, self.recipient, self.step)

    @property
    def stream(self) -> Stream:
        """Which part of the contact policy it falls under."""
        return stream_of(self.kind)


def plan(records: Iterable[Record], now: datetime) -> list[Letter]:
    """Every letter the facts ask for, with its state now. Those on their way are left as they are."""
    return [letter for record in records for letter in _plan(record, now)]


def sayings(letters: Iterable[Letter]) -> list[Saying]:
    """What is said of letters that do not leave: why, and until when."""
    return [
        Saying(letter.organization, _suppressed(letter), letter.cause)
        for letter in letters
        if letter.state is State.SUPPRESSED
    ]


def kept_of(record: Record, kind: Kind, about: str, step: int) -> Kept | None:
    """What is kept of a letter under any of the person's ids; one that left the house first."""
    found = [k for k in record.kept if (k.kind, k.about, k.step) == (kind, about, step)]
    return min(found, key=lambda k: (k.state not in OUT, k.recipient), default=None)


def sent_at(record: Record, kind: Kind, about: str, step: int) -> datetime | None:
    """When a letter was sent, by our own facts, under any of the person's ids."""
    organization = record.organization.organization
    ids = (letter_id(organization, kind, about, candidate, step) for candidate in record.ids)
    return min((record.sent[i] for i in ids if i in record.sent), default=None)


def _suppressed(letter: Letter) -> OutreachSuppressed:
    return OutreachSuppressed(
        outreach=letter.letter,
        candidate=letter.recipient,
        stream=letter.stream,
        kind=letter.kind,
        application=letter.application,
        job=letter.job,
        reason=letter.reason or "unknown",
        until=letter.until,
    )


def _plan(record: Record, now: datetime) -> Iterator[Letter]:
    for letter in _asked_for(record):
        at, kept = sent_at(record, letter.kind, letter.about, letter.step), _kept(record, letter)
        if at is not None:
            if kept is None or kept.recipient == letter.recipient:
                yield letter._replace(state=State.SENT, reason=None, until=None, due_at=None, sent_at=at)
        elif kept is None or kept.state not in OUT:
            yield _settled(record, letter, kept, now)


def _kept(record: Record, letter: Letter) -> Kept | None:
    return kept_of(record, letter.kind, letter.about, letter.step)


def _asked_for(record: Record) -> Iterator[Letter]:
    for application in record.applications:
        if after := _what_happens_next(record, application):
            yield after
        if decision := _decision(record, application):
            yield decision
    for membership in record.memberships:
        yield from _pool_invitations(record, membership)
    for proposal in record.proposals:
        if not proposal.is_historical:
            yield _job_invitation(record, proposal)


def _what_happens_next(record: Record, application: Application) -> Letter | None:
    """Once for each application, after its first interview that took place."""
    first = min(application.completed, key=lambda c: (c.at, c.interview), default=None)
    if first is None or first.is_historical:
        return None
    letter = _drafted(record, application, Kind.WHAT_HAPPENS_NEXT, Variant.WHAT_HAPPENS_NEXT, first.cause, first.at)
    return _blocked(letter, Refusal("decided")) if application.standing else letter


def _decision(record: Record, application: Application) -> Letter | None:
    """Thanks for whoever withdrew or declined, a short letter for whoever was not selected."""
    decision = application.decision
    if decision is None or not _is_ours_to_say(record, application, decision):
        return None
    variant = Variant.SHORT if decision.outcome is Outcome.NOT_SELECTED else Variant.THANKS
    cause = Cause("application-decided", application.application)
    letter = _drafted(record, application, Kind.DECISION, variant, cause, decision.decided_at)
    letter = letter._replace(
        send_at=max(decision.not_before or decision.decided_at, decision.decided_at + HOLD),
        stale_at=max(decision.not_before or decision.decided_at, decision.decided_at) + STALE,
        asks_pool=_invited(record, application.application),
    )
    if not decision.stands:
        return _blocked(letter, Refusal("decision_reversed"))
    opening = _opening(record, application.job)
    if variant is Variant.SHORT and opening.reopened_at and opening.reopened_at > decision.decided_at:
        return letter._replace(reason="reopened")
    return letter


def _is_ours_to_say(record: Record, application: Application, decision: Decision) -> bool:
    """Not history, not told by the platform, not forbidden for the job; a hire is told by people."""
    return not (
        decision.is_historical
        or decision.outcome is Outcome.HIRED
        or decision.notice_by is NoticeBy.PLATFORM
        or decision.notice_sent_at is not None
        or _opening(record, application.job).feedback_policy is FeedbackPolicy.NONE
    )


def _invited(record: Record, application: str) -> bool:
    return any(m.application == application and m.is_invited for m in record.memberships)


def _pool_invitations(record: Record, membership: Membership) -> Iterator[Letter]:
    """Step 1 only when no letter could ask; step 2 reminds, two weeks after it was asked."""
    application = next((a for a in record.applications if a.application == membership.application), None)
    if not membership.is_invited or membership.is_historical or application is None or application.decision is None:
        return
    if application.decision.is_historical:
        return
    about = membership.family
    in_letter = _asked_in_letter(record, application)
    alone = sent_at(record, Kind.POOL_INVITATION, about, 1)
    if in_letter is None and not _letter_may_ask(record, application):
        decided = max(at for at in (application.decision.decided_at, membership.reviewed_at) if at)
        yield _to_member(record, membership, application, 1, decided)._replace(send_at=decided + HOLD)
    if asked := in_letter or alone:
        due = asked + (REMINDER if in_letter else REMINDER_AFTER_NURTURE)
        yield _to_member(record, membership, application, 2, due)


def _asked_in_letter(record: Record, application: Application) -> datetime | None:
    """When the decision letter asked for the pool, if it did. Of a letter no longer kept we believe it."""
    at = sent_at(record, Kind.DECISION, application.application, 1)
    kept = kept_of(record, Kind.DECISION, application.application, 1)
    return at if kept is None or kept.state not in OUT or kept.asked_pool else None


def _letter_may_ask(record: Record, application: Application) -> bool:
    """A decision letter is still to come, or the organisation keeps silent about the decision."""
    if sent_at(record, Kind.DECISION, application.application, 1) is not None:
        return False
    return application.decision is not None and _is_ours_to_say(record, application, application.decision)


def _to_member(record: Record, membership: Membership, application: Application, step: int, at: datetime) -> Letter:
    variant = Variant.POOL_INVITATION if step == 1 else Variant.POOL_REMINDER
    return Letter(
        organization=record.organization.organization,
        kind=Kind.POOL_INVITATION,
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


def _job_invitation(record: Record, proposal: Proposal) -> Letter:
    """Because a person accepted the match."""
    letter = Letter(
        organization=record.organization.organization,
        kind=Kind.JOB_INVITATION,
        about=proposal.job,
        recipient=proposal.candidate,
        step=1,
        variant=Variant.JOB_INVITATION,
        application=None,
        job=proposal.job,
        cause=Cause("match-reviewed", proposal.match),
        cause_at=proposal.accepted_at,
        send_at=proposal.accepted_at,
        stale_at=proposal.accepted_at + STALE,
        match=proposal.match,
    )
    if proposal.is_withdrawn:
        return _blocked(letter, Refusal("match_withdrawn"))
    if any(a.job == proposal.job and a.submitted_at for a in record.applications):
        return _blocked(letter, Refusal("applied"))
    if _opening(record, proposal.job).is_closed:
        return _blocked(letter, Refusal("job_closed"))
    return letter


def _drafted(
    record: Record, application: Application, kind: Kind, variant: Variant, cause: Cause, at: datetime
) -> Letter:
    return Letter(
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


def _opening(record: Record, job: str | None) -> Opening:
    return record.openings.get(job or "") or Opening(job or "")


def _blocked(letter: Letter, because: Refusal) -> Letter:
    """The facts speak against it; it is planned again when they no longer do."""
    return letter._replace(state=State.SUPPRESSED, reason=because.reason, until=because.until, due_at=None)


def _settled(record: Record, letter: Letter, kept: Kept | None, now: datetime) -> Letter:
    """Its state now: blocked by facts, silenced by the mode, too old, waiting for somebody, or ready."""
    if letter.state is State.SUPPRESSED:
        return letter
    if kept and _is_final(record, kept, letter):
        return letter._replace(state=State(kept.state), reason=kept.reason)
    if now >= letter.stale_at:
        return _stale(record, letter)
    reason = Refusal(letter.reason) if letter.reason else _refused(record, letter, kept, now)
    if reason:
        due_at = min(at for at in (reason.until, letter.stale_at) if at)
        return _blocked(letter, reason)._replace(due_at=due_at)
    return _timed(record, letter, kept, now)


def _is_final(record: Record, kept: Kept, letter: Letter) -> bool:
    """For this very cause: refused by a person or the mail server, or silenced at its hour.

    Silence is not for good where the settings as they are now were already said at that hour, and arrived late.
    """
    if kept.cause_at != letter.cause_at:
        return False
    if kept.state == State.SUPPRESSED and kept.reason in SILENT:
        since, hour = record.organization.since, next_open(letter.send_at, record.zone(letter.job))
        return since is None or since >= hour
    return kept.state == State.FAILED or (kept.state == State.SUPPRESSED and kept.reason == "refused")


def _stale(record: Record, letter: Letter) -> Letter:
    """Too late to say. Where the organisation keeps silent anyway, nobody has to look."""
    return _blocked(letter, _silence(record) or Refusal("stale"))


def _silence(record: Record) -> Refusal | None:
    """Rule 8: an organisation that wants no mail, or not yet."""
    mode = record.organization.mode
    return Refusal(mode) if mode in SILENT else None


def _refused(record: Record, letter: Letter, kept: Kept | None, now: datetime) -> Refusal | None:
    if because := refusal(letter.kind, record.standing(letter.job), now):
        return because
    if kept and kept.held_reason and kept.held_until and now < kept.held_until:
        return Refusal(kept.held_reason, kept.held_until)
    return None


def _timed(record: Record, letter: Letter, kept: Kept | None, now: datetime) -> Letter:
    opens_at = next_open(max(letter.send_at, now), record.zone(letter.job))
    verdict = kept.verdict if kept and kept.verdict_on == letter.cause_at else None
    mode = record.organization.mode
    if verdict == "refuse":
        return _blocked(letter, Refusal("refused"))
    if mode is OutreachMode.APPROVE and letter.kind is Kind.DECISION and verdict != "approve":
        return letter._replace(state=State.WAITING, due_at=letter.stale_at)
    if opens_at > now:
        return letter._replace(due_at=opens_at)
    if silence := _silence(record):
        return _blocked(letter, silence)
    return letter._replace(state=State.READY, due_at=opens_at)
