"""What may happen to somebody of the policy's world: each fact makes a record of theirs another."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from services.notifications.domain.applications import (
    ApplicationDecision,
    ApplicationRecord,
    CalledOff,
    Completed,
    FeedbackItem,
)
from services.notifications.domain.interviews import StandingInterview
from services.notifications.domain.organizations import Campaign, Opening
from services.notifications.domain.records import (
    BouncedLetter,
    CandidateResponse,
    LetterRelease,
    PendingErasure,
    RecipientRecord,
    StandingConsent,
)
from services.notifications.domain.relations import AcceptedMatch, HeardMentorship, PoolMembership, Referral
from shared.contracts import Cause, NewsAbout, NewsPublished, Outcome, Purpose

START = datetime(2026, 10, 1, 9, tzinfo=UTC)
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles", "Australia/Lord_Howe")

Happening = Callable[[RecipientRecord, datetime, int], RecipientRecord]


def matched(r: RecipientRecord, now: datetime, _: int) -> RecipientRecord:
    """A person accepted a match."""
    n = len(r.proposals)
    return r._replace(proposals=[*r.proposals, AcceptedMatch(f"m-{r.candidate}-{n}", r.candidate, f"job-{n}", now)])


def decided(r: RecipientRecord, now: datetime, n: int) -> RecipientRecord:
    """An interview, a decision (one in five is not decided yet), and a place in the pool."""
    application = f"{r.candidate}-{len(r.applications)}"
    done = Completed(f"i-{application}", now, Cause("interview-completed", f"i-{application}"))
    decision = ApplicationDecision(now, (Outcome.NOT_SELECTED, Outcome.OFFER_DECLINED)[n % 2]) if n % 5 else None
    membership = PoolMembership(f"m{application}", r.candidate, application, application, is_invited=True)
    opening = Opening("su27", opened_at=START)
    return r._replace(
        applications=[*r.applications, ApplicationRecord(application, r.candidate, "su27", now, decision, [done])],
        memberships=[*r.memberships, membership],
        openings={"su27": opening},
    )


def all_decided(r: RecipientRecord, now: datetime, _: int) -> RecipientRecord:
    """Nobody waits any more."""
    closed = [a._replace(decision=a.decision or ApplicationDecision(now, Outcome.NOT_SELECTED)) for a in r.applications]
    return r._replace(applications=closed)


def hired(r: RecipientRecord, now: datetime, _: int) -> RecipientRecord:
    """The last application ended well."""
    *others, last = r.applications or [ApplicationRecord(f"{r.candidate}-h", r.candidate, "su27", now)]
    return r._replace(applications=[*others, last._replace(decision=ApplicationDecision(now, Outcome.HIRED))])


def reversed_(r: RecipientRecord, now: datetime, n: int) -> RecipientRecord:
    """A decision was taken back."""
    if not any(a.decision for a in r.applications):
        return r
    found = [a for a in r.applications if a.decision]
    chosen = found[n % len(found)]
    back = chosen._replace(decision=chosen.decision._replace(reversed_at=now))
    return r._replace(applications=[back if a is chosen else a for a in r.applications])


def joined(r: RecipientRecord, now: datetime, n: int) -> RecipientRecord:
    """They are in the pool, and are asked again after a while."""
    soon = now + timedelta(days=n)
    found = [m._replace(is_invited=False, is_active=True, reconfirm_at=soon) for m in r.memberships]
    return r._replace(memberships=found)


def scheduled(r: RecipientRecord, now: datetime, n: int) -> RecipientRecord:
    """An interview some days ahead; said again with another number, it moved."""
    interview, starts_at = f"i-{r.candidate}-next", now + timedelta(hours=6 + 5 * n)
    cause = Cause("interview-scheduled", interview)
    slot = StandingInterview(
        interview, f"{r.candidate}-0", r.candidate, "su27", starts_at + timedelta(hours=1), cause,
        owed_by=("ada",), said_at=now, starts_at=starts_at,
    )  # fmt: skip
    others = [s for s in r.slots if s.interview != interview]
    return r._replace(slots=[*others, slot])


def let_down(r: RecipientRecord, now: datetime, n: int) -> RecipientRecord:
    """An interview that we called off; said again, another slot of it."""
    application, interview = f"{r.candidate}-off", f"i-{r.candidate}-off"
    slot = CalledOff(interview, now + timedelta(hours=n), now, Cause("interview-cancelled", interview), n % 2 == 1)
    others = [a for a in r.applications if a.application != application]
    record = ApplicationRecord(application, r.candidate, "su27", now, called_off=[slot])
    return r._replace(applications=[*others, record])


def gave_up(r: RecipientRecord, now: datetime, n: int) -> RecipientRecord:
    """They called one of their interviews off."""
    if not r.slots:
        return r
    slot = r.slots[n % len(r.slots)]
    off = CalledOff(slot.interview, slot.starts_at, now, Cause("interview-cancelled", slot.interview))
    known = next((a for a in r.applications if a.application == slot.application), None)
    application = known or ApplicationRecord(slot.application, r.candidate, slot.job, now)
    return r._replace(
        slots=[s for s in r.slots if s is not slot],
        applications=[
            *(a for a in r.applications if a is not known),
            application._replace(given_up=[*application.given_up, off]),
        ],
    )


def forgotten(r: RecipientRecord, now: datetime, _: int) -> RecipientRecord:
    """They asked to be forgotten."""
    return r._replace(is_restricted=True, erasure=r.erasure or PendingErasure(r.candidate, now))


def consented(r: RecipientRecord, now: datetime, n: int) -> RecipientRecord:
    """To something."""
    return r._replace(consents={**r.consents, list(Purpose)[n % len(Purpose)]: StandingConsent(now)})


def withdrew(r: RecipientRecord, _: datetime, n: int) -> RecipientRecord:
    """Took a consent back."""
    gone = list(Purpose)[n % len(Purpose)]
    return r._replace(consents={p: c for p, c in r.consents.items() if p is not gone})


def campaigned(r: RecipientRecord, now: datetime, _: int) -> RecipientRecord:
    """About what a letter of theirs suggested on the first day."""
    point = FeedbackItem("sql", "It was slow.", "Read a plan.", "f", "ada", "en")
    return r._replace(
        released={"x": LetterRelease("x", START, (), (point,))},
        sent={**r.sent, "x": START},
        campaigns=[*r.campaigns, Campaign(f"campaign-{r.candidate}-{len(r.campaigns)}", "sql", now)],
    )


def mentored(r: RecipientRecord, now: datetime, _: int) -> RecipientRecord:
    """Ada may mentor them; said again, it goes one step on: agreed, begun, renewed, over."""
    relation = f"{r.candidate}-ada"
    proposed = HeardMentorship(relation, r.candidate, "ada", (), (now + timedelta(days=90)).date(), now)
    known = next((m for m in r.mentorships if m.relation == relation), None)
    steps = ("agreed_at", "began_at", "renewed_at", "ended_at")
    step = next((name for name in steps if known and getattr(known, name) is None), None)
    ending = "ended_by_mentor" if step == "ended_at" else None
    standing = known._replace(**{step: now, "ending": ending}) if known and step else known or proposed
    return r._replace(mentorships=[*(m for m in r.mentorships if m is not known), standing])


def referred(r: RecipientRecord, now: datetime, _: int) -> RecipientRecord:
    """Ada recommends them."""
    return r._replace(
        referrals=[*r.referrals, Referral(f"r-{r.candidate}-{len(r.referrals)}", r.candidate, "ada", now)]
    )


def published(r: RecipientRecord, now: datetime, _: int) -> RecipientRecord:
    """The organisation has news for everybody."""
    said = {"news": f"n{len(r.news)}", "title": "A new team", "text": "It begins in May.", "about": NewsAbout.TEAM}
    note = NewsPublished(**said, language="en", by="ines", published_at=now)
    return r._replace(news=[*r.news, note])


def replied(r: RecipientRecord, now: datetime, _: int) -> RecipientRecord:
    """A person has to read it."""
    return r._replace(replies=[*r.replies, CandidateResponse(f"r{len(r.replies)}", now)])


def moved(r: RecipientRecord, _: datetime, n: int) -> RecipientRecord:
    """To another time zone."""
    return r._replace(profile=r.profile._replace(timezone=ZONES[n % len(ZONES)]))


def bounced(r: RecipientRecord, now: datetime, _: int) -> RecipientRecord:
    """The newest letter came back."""
    return r._replace(bounces={**r.bounces, f"b{len(r.bounces)}": BouncedLetter(now, r.profile.email)})


def synchronised(r: RecipientRecord, now: datetime, _: int) -> RecipientRecord:
    """The same profile, said again."""
    return r._replace(profile=r.profile._replace(since=now))


def readdressed(r: RecipientRecord, now: datetime, n: int) -> RecipientRecord:
    """A new address."""
    email = f"{r.candidate}{n}@mail.example"
    return r._replace(profile=r.profile._replace(since=now, email=email), addresses={*r.addresses, email})


def merged(r: RecipientRecord, _: datetime, __: int) -> RecipientRecord:
    """Both ids of Cleo are one person from now on."""
    return r


def unsubscribed(r: RecipientRecord, now: datetime, _: int) -> RecipientRecord:
    """From everything that is no duty."""
    return r._replace(unsubscribed_at=now)


def not_now(r: RecipientRecord, now: datetime, n: int) -> RecipientRecord:
    """For some days."""
    return r._replace(not_now_until=now + timedelta(days=n))


def away(r: RecipientRecord, now: datetime, n: int) -> RecipientRecord:
    """For some days."""
    return r._replace(away_until=now + timedelta(days=n))


def answered(r: RecipientRecord, _: datetime, __: int) -> RecipientRecord:
    """A person closed every reply."""
    return r._replace(closed={a.response: a.at for a in r.replies})


HAPPENINGS = (
    matched, matched, matched, decided, decided, all_decided, joined, scheduled, scheduled, reversed_, hired, merged,
    campaigned, consented, withdrew, replied, answered, moved, bounced, synchronised, readdressed, unsubscribed,
    not_now, away, forgotten, let_down, gave_up, mentored, mentored,
    referred, published,
)  # fmt: skip
