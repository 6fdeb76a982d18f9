"""Rule 4, the contact policy: what may reach one person now, and if not, why and until when."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.notifications.domain.hours import local_date, morning, next_open
from shared.business_days import Calendar
from shared.contracts import Purpose, Stream, reading


class LetterKind(StrEnum):
    """What a letter is for."""

    WHAT_HAPPENS_NEXT = "what_happens_next"
    PREPARATION = "preparation"
    HOLDING_NOTE = "holding_note"
    APOLOGY = "apology"
    CANCELLATION = "cancellation"  # of an interview that stands in their calendar
    DECISION = "decision"
    ANSWER = "answer"  # to what somebody asked a person for
    DATA_RIGHTS = "data_rights"
    PAGE_LINK = "page_link"
    JOB_INVITATION = "job_invitation"
    POOL_INVITATION = "pool_invitation"
    KEEP_IN_TOUCH = "keep_in_touch"
    RECONFIRMATION = "reconfirmation"
    SURVEY = "survey"
    CAMPAIGN = "campaign"
    MENTOR_INVITATION = "mentor_invitation"
    MENTORING = "mentoring"
    # to colleagues
    REMINDER = "reminder"
    MENTOR = "mentor"
    REFERRAL = "referral"


class Withheld(StrEnum):
    """Why a letter does not leave, as `outreach-suppressed` and lists of letters say it."""

    # its reader
    RESTRICTED = "restricted"
    NO_ADDRESS = "no_address"
    BOUNCED = "bounced"
    NOT_CONTACTABLE = "not_contactable"
    HIRED = "hired"
    UNSUBSCRIBED = "unsubscribed"
    NO_CONSENT = "no_consent"
    OPEN_APPLICATION = "open_application"
    NOT_NOW = "not_now"
    REPLIED = "replied"
    OUT_OF_OFFICE = "out_of_office"
    CAP = "cap"
    QUIET = "quiet"
    INACTIVE = "inactive"  # a colleague who left
    # what it is about
    DECIDED = "decided"
    DECISION_REVERSED = "decision_reversed"
    REOPENED = "reopened"
    MATCH_WITHDRAWN = "match_withdrawn"
    APPLIED = "applied"
    JOB_CLOSED = "job_closed"
    STALE = "stale"
    NOTHING_NEW = "nothing_new"  # no news and no open job, for whoever is kept in touch
    # the organisation: a person of it, and its mode
    REFUSED = "refused"
    OFF = "off"
    SHADOW = "shadow"


class LetterCap(NamedTuple):
    """At most `times` letters of a stream within `days` calendar days."""

    times: int
    days: int


STREAMS = {
    LetterKind.JOB_INVITATION: Stream.INVITATION,
    LetterKind.MENTOR_INVITATION: Stream.INVITATION,
    LetterKind.POOL_INVITATION: Stream.NURTURE,
    LetterKind.KEEP_IN_TOUCH: Stream.NURTURE,
    LetterKind.RECONFIRMATION: Stream.NURTURE,
    LetterKind.SURVEY: Stream.NURTURE,
    LetterKind.CAMPAIGN: Stream.NURTURE,
}
CAPS = {
    Stream.DUTY: (),
    Stream.INVITATION: (LetterCap(1, 14), LetterCap(6, 365)),
    Stream.NURTURE: (LetterCap(1, 30), LetterCap(4, 365)),
}
NEEDS = {
    LetterKind.JOB_INVITATION: Purpose.TALENT_POOL,
    LetterKind.KEEP_IN_TOUCH: Purpose.KEEP_IN_TOUCH,
    LetterKind.RECONFIRMATION: Purpose.TALENT_POOL,
    LetterKind.SURVEY: Purpose.SURVEY,
    LetterKind.CAMPAIGN: Purpose.KEEP_IN_TOUCH,
}
TO_COLLEAGUES = frozenset((LetterKind.REMINDER, LetterKind.MENTOR, LetterKind.REFERRAL))
JUST_ASKED = (LetterKind.DATA_RIGHTS, LetterKind.PAGE_LINK)  # whoever asked a moment ago is awake, and waits for it
PREPARATION_BEFORE = timedelta(hours=24)


class ContactStanding(NamedTuple):
    """What is known of one person, by all their ids, that speaks for or against writing to them."""

    zone: str = "Etc/UTC"
    has_address: bool = True
    address_bounced: bool = False
    is_restricted: bool = False
    is_contactable: bool = True
    is_hired: bool = False
    has_open_application: bool = False
    consents: Mapping[Purpose, datetime | None] = {}  # and until when
    has_unsubscribed: bool = False
    has_open_reply: bool = False
    not_now_until: datetime | None = None
    away_until: datetime | None = None
    country: str | None = None  # whose public holidays they have
    subdivision: str | None = None


class Contact(NamedTuple):
    """One letter that reached a mailbox."""

    stream: Stream
    at: datetime


class LetterRefusal(NamedTuple):
    """Why a letter may not leave now, and until when, where that is known."""

    reason: str
    until: datetime | None = None


def stream_of(kind: LetterKind) -> Stream:
    """Which part of the policy a letter falls under."""
    return STREAMS.get(kind, Stream.DUTY)


def is_capped(kind: LetterKind) -> bool:
    """True when it counts how many have come before: never for duty."""
    return bool(CAPS[stream_of(kind)])


def decide(
    kind: LetterKind,
    standing: ContactStanding,
    ledger: Collection[Contact],
    now: datetime,
    *,
    interview_at: datetime | None = None,
) -> LetterRefusal | None:
    """Rule 4 whole, at sending time: None when the letter may leave now. `interview_at`: what it prepares for."""
    return (
        refusal(kind, standing, now)
        or capped(kind, standing.zone, ledger, now)
        or quiet(kind, standing.zone, now, interview_at=interview_at)
    )


def refusal(kind: LetterKind, standing: ContactStanding, now: datetime) -> LetterRefusal | None:
    """What the facts say against it, the weightiest first. Duty is refused only where nothing can arrive or may."""
    if standing.is_restricted and kind is not LetterKind.DATA_RIGHTS:
        return LetterRefusal(Withheld.RESTRICTED)
    if not standing.has_address:
        return LetterRefusal(Withheld.NO_ADDRESS)
    if standing.address_bounced:
        return LetterRefusal(Withheld.BOUNCED)
    if stream_of(kind) is Stream.DUTY:
        return None
    return _unwelcome(kind, standing, now) or _paused(kind, standing, now)


def _unwelcome(kind: LetterKind, standing: ContactStanding, now: datetime) -> LetterRefusal | None:
    """They do not want it, or have no more use for it."""
    if not standing.is_contactable:
        return LetterRefusal(Withheld.NOT_CONTACTABLE)
    if standing.is_hired:
        return LetterRefusal(Withheld.HIRED)
    if standing.has_unsubscribed:
        return LetterRefusal(Withheld.UNSUBSCRIBED)
    if (needed := NEEDS.get(kind)) and not _consented(standing, needed, now):
        return LetterRefusal(Withheld.NO_CONSENT)
    return None


def _consented(standing: ContactStanding, purpose: Purpose, now: datetime) -> bool:
    return purpose in standing.consents and reading.lasts(standing.consents[purpose], now)


def _paused(kind: LetterKind, standing: ContactStanding, now: datetime) -> LetterRefusal | None:
    """Not now: it stays planned."""
    if standing.has_open_application:
        return LetterRefusal(Withheld.OPEN_APPLICATION)
    if standing.not_now_until and now < standing.not_now_until:
        return LetterRefusal(Withheld.NOT_NOW, standing.not_now_until)
    if standing.has_open_reply and stream_of(kind) is Stream.NURTURE:
        return LetterRefusal(Withheld.REPLIED)
    if standing.away_until and now < (back := _back_at_work(standing, standing.away_until)):
        return LetterRefusal(Withheld.OUT_OF_OFFICE, back)
    return None


def _back_at_work(standing: ContactStanding, away_until: datetime) -> datetime:
    """The morning of the next working day after their last day away."""
    calendar = Calendar(standing.country, standing.subdivision, standing.zone)
    return morning(calendar.next_business_day(local_date(away_until, standing.zone)), standing.zone, away_until)


def capped(kind: LetterKind, zone: str, ledger: Collection[Contact], now: datetime) -> LetterRefusal | None:
    """Too often: until the first day on which every cap of the stream has room. Days are dates in their zone."""
    stream = stream_of(kind)
    sent = sorted((local_date(c.at, zone) for c in ledger if c.stream is stream), reverse=True)
    free_on = max((_free_on(sent, cap) for cap in CAPS[stream]), default=date.min)
    if local_date(now, zone) >= free_on:
        return None
    return LetterRefusal(Withheld.CAP, morning(free_on, zone, now))


def _free_on(sent: list[date], cap: LetterCap) -> date:
    """The first day with room: `cap.days` after the letter that fills the cap. `sent` is newest first."""
    return sent[cap.times - 1] + timedelta(days=cap.days) if len(sent) >= cap.times else date.min


def quiet(kind: LetterKind, zone: str, now: datetime, *, interview_at: datetime | None = None) -> LetterRefusal | None:
    """Nights and weekends, except what was just asked for and a preparation within a day of the interview."""
    opens_at = opening_hour(kind, zone, now, interview_at=interview_at)
    return LetterRefusal(Withheld.QUIET, opens_at) if opens_at > now else None


def opening_hour(kind: LetterKind, zone: str, instant: datetime, *, interview_at: datetime | None = None) -> datetime:
    """From this instant on, the first at which a letter of this kind disturbs nobody."""
    if kind in JUST_ASKED:
        return instant
    opens_at = next_open(instant, zone)
    if kind is LetterKind.PREPARATION and interview_at is not None and instant < interview_at:
        return min(opens_at, max(instant, interview_at - PREPARATION_BEFORE))
    return opens_at
