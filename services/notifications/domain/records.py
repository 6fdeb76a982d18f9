"""What is known about one person when letters are decided: plain values, put together from facts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.notifications.domain.applications import ApplicationRecord, FeedbackItem
from services.notifications.domain.interviews import Colleague, StandingInterview
from services.notifications.domain.mailbox import mailbox
from services.notifications.domain.organizations import Campaign, Opening, OrganizationSettings
from services.notifications.domain.policy import ContactStanding
from services.notifications.domain.relations import (
    AcceptedMatch,
    HeardMentorship,
    PoolMembership,
    ProposedMatch,
    Referral,
)
from shared.contracts import Cause, Missing, NewsPublished, Outcome, Purpose, ResponseKind, reading

# How an answer came (`via`), where no person gave it to us
MACHINE, COMPLAINT = "machine", "complaint"


class ContactProfile(NamedTuple):
    """Who somebody is, by the newest profile under any of their ids."""

    since: datetime
    name: str
    preferred_name: str | None = None
    email: str | None = None
    language: str | None = None
    timezone: str | None = None
    is_contactable: bool = True
    country: str | None = None


class CandidateResponse(NamedTuple):
    """A wish or an answer: when, and until when."""

    response: str
    at: datetime
    until: datetime | None = None
    match: str | None = None


class DraftEdit(NamedTuple):
    """What a person made of a draft, and of which one."""

    basis: str
    strengths: tuple[FeedbackItem, ...]
    development: tuple[FeedbackItem, ...]
    by: str
    at: datetime


class WrittenAnswer(NamedTuple):
    """What a person wrote to somebody who asked, in which language."""

    text: str
    language: str
    by: str
    at: datetime


class LetterRelease(NamedTuple):
    """What was said of a full letter when it was released."""

    letter: str
    at: datetime
    strengths: tuple[FeedbackItem, ...] = ()
    development: tuple[FeedbackItem, ...] = ()
    is_historical: bool = False
    approved_by: str | None = None
    edited_by: str | None = None
    edited_at: datetime | None = None


class CandidateWish(NamedTuple):
    """What they said of the answer to an application; `letter` names that answer, sent by us or not.

    `reopened_at`: when a person took up again what had ended without a letter.
    """

    response: str
    kind: ResponseKind
    at: datetime
    letter: str | None = None
    rating: int | None = None
    candidate: str = ""
    text: str | None = None
    reopened_at: datetime | None = None

    @property
    def since(self) -> datetime:
        """From when on an answer is owed."""
        return max(self.at, self.reopened_at or self.at)


class EndedRequest(NamedTuple):
    """How what they asked a person for came to its end: by a letter that left, or for a reason."""

    at: datetime
    by: str
    letter: str | None = None


class StoredLetter(NamedTuple):
    """What is kept of one letter: how far it went, what a person decided, and what held it at sending time."""

    kind: str
    about: str
    recipient: str
    step: int
    state: str
    reason: str | None = None
    cause_at: datetime | None = None
    sent_at: datetime | None = None
    failed_at: datetime | None = None
    asked_pool: bool = False
    held_reason: str | None = None
    held_until: datetime | None = None
    verdict: str | None = None
    verdict_on: datetime | None = None
    verdict_at: datetime | None = None
    verdict_by: str | None = None
    verdict_variant: str | None = None
    letter: str = ""
    address: str | None = None  # where it went
    silenced_at: datetime | None = None  # would have left then, if the organisation did not keep silent
    not_before: datetime | None = None  # approved, and to be taken back until it leaves, then or later
    verdict_basis: str | None = None  # the draft that was approved so
    edit: DraftEdit | None = None
    answer: WrittenAnswer | None = None
    told: Mapping[str, str] | None = None  # how it told each interview


class BouncedLetter(NamedTuple):
    """A letter that came back for good: when, and where it had gone to, as long as the letter is kept."""

    at: datetime
    address: str | None = None
    is_colleagues: bool = False


class BrokenPromise(NamedTuple):
    """What was said of a promise that was broken."""

    due_at: datetime
    missing: Missing
    owner: str | None = None
    answered_at: datetime | None = None


class PendingErasure(NamedTuple):
    """Somebody asked to be forgotten."""

    candidate: str
    at: datetime


class LinkRequest(NamedTuple):
    """They asked for a new link to their page."""

    request: str
    candidate: str
    at: datetime


class StandingConsent(NamedTuple):
    """A consent that was not taken back."""

    given_at: datetime
    expires_at: datetime | None = None
    fact: str = ""
    is_historical: bool = False


class RecipientRecord(NamedTuple):
    """One person with everything that the rules of letters ask for."""

    organization: OrganizationSettings
    candidate: str
    ids: Sequence[str]
    profile: ContactProfile | None = None
    addresses: Collection[str] = ()  # of all their ids
    applications: Sequence[ApplicationRecord] = ()
    memberships: Sequence[PoolMembership] = ()
    proposals: Sequence[AcceptedMatch] = ()
    proposed: Sequence[ProposedMatch] = ()
    mentorships: Sequence[HeardMentorship] = ()
    referrals: Sequence[Referral] = ()
    openings: Mapping[str, Opening] = {}
    consents: Mapping[Purpose, StandingConsent] = {}
    sent: Mapping[str, datetime] = {}
    bounces: Mapping[str, BouncedLetter] = {}  # by letter
    overdue: Mapping[str, BrokenPromise] = {}
    released: Mapping[str, LetterRelease] = {}  # by application
    slots: Sequence[StandingInterview] = ()
    colleagues: Mapping[str, Colleague] = {}
    kept: Collection[StoredLetter] = ()
    campaigns: Sequence[Campaign] = ()  # about what their letters name
    news: Sequence[NewsPublished] = ()  # of the organisation, for whoever asked to be kept in touch; and
    offered: Sequence[Opening] = ()  # the open jobs of their fields of work
    unsubscribed_at: datetime | None = None
    not_now_until: datetime | None = None
    away_until: datetime | None = None
    replies: Sequence[CandidateResponse] = ()
    unread: Sequence[CandidateResponse] = ()  # what machines answered, and only a person can tell what it means
    complaints: Sequence[CandidateResponse] = ()
    interested: Sequence[CandidateResponse] = ()
    not_now: Sequence[CandidateResponse] = ()
    wishes: Sequence[CandidateWish] = ()
    closed: Mapping[str, datetime] = {}  # what they said that a person has dealt with, as of when
    ended: Mapping[str, EndedRequest] = {}  # by response
    is_restricted: bool = False
    erasure: PendingErasure | None = None
    link_requests: Sequence[LinkRequest] = ()
    known: Mapping[Cause, datetime] = {}  # what others told us about them, their jobs and the organisation, and when

    def application(self, name: str | None) -> ApplicationRecord | None:
        """The application of this id, if it is theirs."""
        return next((a for a in self.applications if a.application == name), None)

    def opening(self, job: str | None) -> Opening:
        """A job as far as it is known."""
        return self.openings.get(job or "") or Opening(job or "")

    def languages(self, job: str | None) -> tuple[str | None, ...]:
        """In which they would be written to about a job, the most preferred first: theirs, the job's, ours."""
        return self.profile and self.profile.language, self.opening(job).language, self.organization.language

    def zone(self, job: str | None) -> str:
        """The candidate's time zone, else the job's, else the organisation's."""
        theirs = self.profile and self.profile.timezone
        return theirs or self.opening(job).timezone or self.organization.timezone

    def standing(self, job: str | None) -> ContactStanding:
        """What speaks for or against writing to them about this job."""
        profile = self.profile
        return ContactStanding(
            zone=self.zone(job),
            has_address=bool(profile and profile.email),
            address_bounced=any(self.reads(b) for b in self.bounces.values() if not b.is_colleagues),
            is_restricted=self.is_restricted,
            is_contactable=not profile or profile.is_contactable,
            is_hired=self._is_hired(),
            has_open_application=any(a.is_open for a in self.applications),
            consents=self._standing_consents(),
            has_unsubscribed=self._has_unsubscribed(),
            has_open_reply=any(r.response not in self.closed for r in self.replies),
            not_now_until=self.not_now_until,
            away_until=self.away_until,
            country=self._country(),
            subdivision=self.organization.subdivision if self._country() == self.organization.country else None,
        )

    def reads(self, bounced: BouncedLetter) -> bool:
        """True when they still give the mailbox that a letter came back from; a profile said again changes nothing.

        Of a letter no longer kept nobody knows where it went: a profile as new as that speaks for a new address.
        """
        profile = self.profile
        if profile is None or not profile.email:
            return False
        if bounced.address is None:
            return profile.since <= bounced.at
        return mailbox(bounced.address) == mailbox(profile.email)

    def _is_hired(self) -> bool:
        standing = [a.standing for a in self.applications if a.standing]
        return reading.is_hired(
            [decision.decided_at for decision in standing if decision.outcome is Outcome.HIRED],
            [a.submitted_at for a in self.applications if a.submitted_at],
        )

    def _country(self) -> str | None:
        return (self.profile and self.profile.country) or self.organization.country

    def _standing_consents(self) -> dict[Purpose, datetime | None]:
        """Unsubscribing ended what was consented to before."""
        since = self.unsubscribed_at
        return {p: c.expires_at for p, c in self.consents.items() if since is None or c.given_at > since}

    def _has_unsubscribed(self) -> bool:
        """Until they consent to something again."""
        if self.unsubscribed_at is None:
            return False
        return not self._standing_consents()


def owner_of(record: RecipientRecord, job: str | None) -> str | None:
    """The job's recruiter, else whoever answers for the organisation."""
    return record.opening(job).owner or record.organization.reply_person


def by_id(records: Iterable[RecipientRecord]) -> dict[tuple[str, str], RecipientRecord]:
    """Records by organisation and each of the person's ids."""
    return {(record.organization.organization, candidate): record for record in records for candidate in record.ids}
