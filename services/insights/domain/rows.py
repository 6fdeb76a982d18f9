"""The rows of people that are kept: each is derived whole from the facts of one person, and never counted up."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from shared.contracts import MemberStatus, Outcome, ReasonClass, SurveyPool, Tier
from shared.contracts.reading import BatchPlace, InterviewState, place_of_batch

UNNAMED_STEP = -1  # of interviews whose platform names no steps


class LetterLength(StrEnum):
    """What somebody heard from us about a decision."""

    FULL = "full"
    SHORT = "short"
    THANKS = "thanks"
    NONE = "none"


class Side(StrEnum):
    """Who called an interview off, or did not come."""

    US = "us"
    THEM = "them"


class GrowthKind(StrEnum):
    """Whether somebody was told what they could build up."""

    TOLD = "told"
    UNTOLD = "untold"


class Candidacy(NamedTuple):
    """One application. `steps` are the positions of its completed interviews; `agreed` is None below two verdicts."""

    organization: str
    application: str
    candidate: str
    job: str | None
    family: str | None
    cycle: str | None
    submitted_at: datetime | None
    first_at: datetime | None
    last_at: datetime | None
    steps: tuple[int, ...]
    decided_at: datetime | None
    outcome: Outcome | None
    reason_code: str | None
    reason_class: ReasonClass | None
    answered_at: datetime | None
    due_at: datetime | None
    late: bool
    verdicts: int
    agreed: bool | None
    tier: Tier | None
    status: MemberStatus | None
    rediscovered: bool
    letter: LetterLength


class Sitting(NamedTuple):
    """One interview. `asks`: the competencies it is to look at; `is_counted`: whether its return was ever said."""

    organization: str
    interview: str
    candidate: str
    application: str
    job: str | None
    stage: str | None
    position: int
    state: InterviewState
    by: Side | None
    began_at: datetime | None
    ended_at: datetime | None
    asks: tuple[str, ...]
    is_counted: bool
    returned: str | None
    without_loop: str | None
    counted_from: datetime | None


class Tally(NamedTuple):
    """One counted interview of somebody who was erased; `tally` is the keyed hash of the interview."""

    organization: str
    tally: str
    job: str
    counted_from: datetime
    returned: str | None
    without_loop: str | None
    rediscovered: bool


class Scorecard(NamedTuple):
    """What one interviewer owes, or gave, for one interview that took place. `due_at`: one business day on.

    `misconceptions`: what the candidate had understood otherwise; `put_right`: those that a note told them since.
    """

    organization: str
    interview: str
    interviewer: str
    candidate: str
    job: str | None
    owed_at: datetime | None
    due_at: datetime | None
    given_at: datetime | None
    withdrawn: bool
    has_strengths: bool
    has_development: bool
    misconceptions: tuple[str, ...] = ()
    put_right: tuple[str, ...] = ()


class Assessment(NamedTuple):
    """One competency in one feedback: asked for, rated, or both. `given` without a level: it could not be assessed."""

    organization: str
    feedback: str
    competency: str
    candidate: str
    application: str
    job: str | None
    interviewer: str
    interview: str | None
    asked: bool
    given: bool
    level: float | None
    job_level: int | None
    at: datetime


class Growth(NamedTuple):
    """One competency of one person before and after somebody told them, or nobody did.

    `letter` is the letter that told them; of the untold it is the application that was below the level.
    `taken_up`: a campaign about it reached them since.
    """

    organization: str
    person: str
    competency: str
    letter: str
    application: str
    job: str | None
    family: str | None
    kind: GrowthKind
    before: float | None
    after: float | None
    after_at: datetime | None
    taken_up: bool = False


class Reuse(NamedTuple):
    """One earlier candidate for one job; `earlier`: the job that they are known from."""

    organization: str
    match: str
    candidate: str
    job: str
    earlier: str | None
    proposed: bool
    accepted: bool
    interested: bool
    applied: bool
    hired: bool
    accepted_at: datetime | None = None


class AnswerBatch(NamedTuple):
    """One survey's answers and the batch they are shown with."""

    organization: str
    answer: str
    job: str
    cycle: str | None
    batch: int
    answers: tuple[int, ...]
    recommend: int
    offer: int | None = None
    pool: SurveyPool = SurveyPool.JOB

    @property
    def place(self) -> BatchPlace:
        """Among whose answers its batch was filled."""
        return place_of_batch(self.pool, self.job, self.cycle)


class Calibration(NamedTuple):
    """How much higher one interviewer rates than others do, of the same people in the same things; theirs alone."""

    organization: str
    interviewer: str
    people: int
    others: int
    mean: float
    sd: float
    low: float
    high: float


class RoundRows(NamedTuple):
    """The rows that name one job; of reuses also those of people who are known from it."""

    candidacies: Sequence[Candidacy]
    sittings: Sequence[Sitting]
    scorecards: Sequence[Scorecard]
    assessments: Sequence[Assessment]
    growths: Sequence[Growth]
    reuses: Sequence[Reuse]
    tallies: Sequence[Tally] = ()

    @property
    def counting_from(self) -> list[datetime]:
        """From when on each of its interviews counts."""
        return [*(s.counted_from for s in self.sittings if s.counted_from), *(t.counted_from for t in self.tallies)]


class PersonRows(NamedTuple):
    """Everything that is derived of one person."""

    candidacies: tuple[Candidacy, ...] = ()
    sittings: tuple[Sitting, ...] = ()
    scorecards: tuple[Scorecard, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    growths: tuple[Growth, ...] = ()
    reuses: tuple[Reuse, ...] = ()

    @property
    def jobs(self) -> frozenset[str]:
        """The jobs that are summed up anew when these rows change."""
        named = {c.job for c in self.candidacies} | {s.job for s in self.sittings} | {g.job for g in self.growths}
        return frozenset(job for job in named | {j for r in self.reuses for j in (r.job, r.earlier)} if job)
