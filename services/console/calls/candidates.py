"""What the console asks of candidates."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from services.console.calls.route import Listed, Saved, Told, reading, writing
from shared.contracts import MatchReviewed, MembershipReviewed


class PersonName(Told):
    """How somebody is called. `person`: the id that stands for all of theirs."""

    candidate: str
    person: str
    name: str


NAMES = reading("candidates", "/candidates", Listed[PersonName], "ids", "limit", "cursor")


class Factor(Told):
    """What one competency adds to a score."""

    competency: str
    name: str
    weight: int
    required: int
    must_have: bool
    level: float | None = None
    interviewers: int = 0
    days: int | None = None
    freshness: float | None = None
    confidence: float | None = None
    contribution: float


class Gap(Told):
    """A competency below the level asked for, or never assessed; `stated`: they say that they can do it."""

    competency: str
    stated: bool = False


class Looked(Told):
    """One person looked at for a job."""

    candidate: str
    match: str
    run: str | None = None
    blockers: tuple[str, ...]
    meets: int
    of: int
    score: float | None = None
    factors: tuple[Factor, ...]
    gaps: tuple[Gap, ...]
    review: str | None = None


class JobMatches(Listed[Looked]):
    """Everyone looked at: those proposed, then those whom something stands against; `reasons`: how many, by what."""

    is_open: bool
    considered: int
    reasons: dict[str, int]


class KnownMatch(Told):
    """One match as it stands."""

    match: str
    candidate: str
    derived_at: datetime
    rules_version: str
    blockers: tuple[str, ...]
    review: MatchReviewed | None = None


class KnownRun(Told):
    """What was looked at and what came of it, whole, and what a person then did."""

    run: str
    match: str
    candidate: str
    job: str
    derived_at: datetime
    rules_version: str
    inputs: dict[str, Any]
    result: dict[str, Any]
    review: MatchReviewed | None = None


class WouldBe(Told):
    """Somebody who would be proposed, beside how they stand now."""

    candidate: str
    meets: int
    of: int
    meets_now: int
    of_now: int


class Imagined(Told):
    """What other levels would change."""

    considered: int
    would_be_proposed: int
    proposed: tuple[WouldBe, ...]


MATCHES = reading("candidates", "/jobs/{job}/matches", JobMatches, "limit", "cursor")
MATCH = reading("candidates", "/matches/{match}", KnownMatch)
RUN = reading("candidates", "/runs/{run}", KnownRun)
REVIEW_MATCH = writing("candidates", "/matches/{match}/review", Saved)
WHAT_IF = writing("candidates", "/jobs/{job}/matches/what-if", Imagined, "POST")


class FoundPerson(PersonName):
    """Somebody who was found."""

    email: str | None = None


class Membership(Told):
    """One person's place in the pool of one family."""

    membership: str
    candidate: str
    family: str
    cycle: str | None = None
    tier: str | None = None
    status: str
    reason: str | None = None
    why: tuple[str, ...]
    expires_at: datetime | None = None
    review: MembershipReviewed | None = None


class FoundMembership(Membership):
    """The same, with the level of the competency that was asked for."""

    level: float | None = None


class Profile(Told):
    """What somebody told of themselves; `ids`: by which they are known."""

    candidate: str
    ids: tuple[str, ...]
    name: str
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    timezone: str | None = None
    country: str | None = None
    contactable: bool


class Consent(Told):
    """The answer that counts for one purpose."""

    purpose: str
    granted: bool
    given_at: datetime
    expires_at: datetime | None = None
    how: str


class Consents(Told):
    """Every purpose somebody answered to."""

    consents: tuple[Consent, ...]


class Erasure(Told):
    """How far an erasure is."""

    state: str
    requested_at: datetime | None = None
    held_until: datetime | None = None


class Mentorship(Told):
    """Who mentors them, how far it is."""

    relation: str
    candidate: str
    user: str
    goals: tuple[str, ...] = ()
    stage: str
    starts_on: date
    ends_on: date
    version: str = ""


class Referral(Told):
    """Who recommended them."""

    referral: str
    candidate: str
    user: str
    job: str | None = None


class Summary(Consents):
    """What is known of one person at once."""

    profile: Profile
    memberships: tuple[Membership, ...]
    mentorships: tuple[Mentorship, ...]
    referrals: tuple[Referral, ...]


SUMMARY = reading("candidates", "/candidates/{candidate}/summary", Summary)
SEARCH = writing("candidates", "/candidates/search", Listed[FoundPerson], "POST")
POOL = reading(
    "candidates", "/pool", Listed[FoundMembership], "family", "tier", "status", "cycle", "competency",
    "level", "limit", "cursor",
)  # fmt: skip
MEMBERSHIP = reading("candidates", "/memberships/{membership}", Membership)
REVIEW_MEMBERSHIP = writing("candidates", "/memberships/{membership}/review", Saved)
PROFILE = reading("candidates", "/candidates/{candidate}", Profile)
ERASURE = reading("candidates", "/candidates/{candidate}/erasure", Erasure)
ERASE = writing("candidates", "/candidates/{candidate}/erasure", Saved)
MENTORSHIPS = reading("candidates", "/mentorships", Listed[Mentorship], "user", "candidate", "stage", "limit", "cursor")


class Suggestions(Told):
    """What letters suggested to somebody: the goals of a mentorship."""

    candidate: str
    suggestions: tuple[str, ...]


class Proposal(BaseModel):
    """A mentor for somebody."""

    candidate: str
    user: str
    goals: list[str]
    starts_on: date


class MentorsAnswer(BaseModel):
    """Whether they will."""

    agreed: bool
    version: str


SUGGESTIONS = reading("candidates", "/candidates/{candidate}/suggestions", Suggestions)
PROPOSE_MENTOR = writing("candidates", "/mentorships/{relation}", Saved)
ANSWER_AS_MENTOR = writing("candidates", "/mentorships/{relation}/answer", Saved)
RENEW_MENTORSHIP = writing("candidates", "/mentorships/{relation}/renewal", Saved)
END_MENTORSHIP = writing("candidates", "/mentorships/{relation}/end", Saved)
