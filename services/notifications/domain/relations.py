"""What ties somebody to the organisation: places in the pool, matches, mentors, recommendations."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple


class PoolMembership(NamedTuple):
    """Where somebody stands in the pool of one family; `reviewed_at`: when a person last decided about it."""

    membership: str
    candidate: str
    family: str
    application: str
    is_invited: bool
    is_historical: bool = False
    reviewed_at: datetime | None = None
    is_active: bool = False
    reconfirm_at: datetime | None = None
    is_held: bool = False  # until a person decided
    job: str | None = None  # that its application was for


class ProposedMatch(NamedTuple):
    """A match that nobody has decided about."""

    match: str
    candidate: str
    job: str


class HeardMentorship(NamedTuple):
    """A proposal to mentor somebody, and what became of it; `ending`: why it is over, while it is."""

    relation: str
    candidate: str
    mentor: str
    goals: Sequence[str]
    ends_on: date
    proposed_at: datetime
    agreed_at: datetime | None = None
    renewed_at: datetime | None = None
    began_at: datetime | None = None  # both had said yes
    ended_at: datetime | None = None
    ending: str | None = None
    is_historical: bool = False


class Referral(NamedTuple):
    """A colleague recommended somebody."""

    referral: str
    candidate: str
    by: str
    at: datetime
    job: str | None = None
    note: str | None = None
    is_historical: bool = False


class AcceptedMatch(NamedTuple):
    """A match that a person accepted."""

    match: str
    candidate: str
    job: str
    accepted_at: datetime
    not_before: datetime | None = None
    is_withdrawn: bool = False
    is_historical: bool = False
