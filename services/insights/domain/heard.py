"""What was heard, as the rows are derived from it: every fact at its newest version, ids instead of names."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from shared.contracts import (
    CancelledBy,
    CompetencyKind,
    FeedbackKind,
    JobOutcome,
    MemberStatus,
    MissedBy,
    Missing,
    Outcome,
    Overall,
    ReasonClass,
    Tier,
)
from shared.contracts.reading import SaidOfInterview, stands


class WantedCompetency(NamedTuple):
    """What a job asks for: `level` 1 to 5."""

    competency: str
    name: str
    level: int
    must_have: bool = False
    weight: int = 1
    kind: CompetencyKind = CompetencyKind.SKILL


class HeardJob(NamedTuple):
    """A job and its closing. `team` are its hiring managers."""

    organization: str
    job: str
    title: str
    family: str
    cycle: str | None
    opened_at: datetime
    closed_at: datetime | None = None
    outcome: JobOutcome | None = None
    competencies: tuple[WantedCompetency, ...] = ()
    team: tuple[str, ...] = ()

    @property
    def is_closed(self) -> bool:
        """A newer opening opens it again."""
        return not stands(self.opened_at, self.closed_at)

    @property
    def asked(self) -> tuple[str, ...]:
        """The competencies of the job."""
        return tuple(c.competency for c in self.competencies)


class HeardApplication(NamedTuple):
    """All that was said of one application. `noticed_at`: when a platform told the candidate."""

    application: str
    job: str | None = None
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    reversed_at: datetime | None = None
    outcome: Outcome | None = None
    reason_code: str | None = None
    reason_class: ReasonClass | None = None
    noticed_at: datetime | None = None
    is_rediscovered: bool = False
    is_historical: bool = False


class HeardInterview(NamedTuple):
    """All that was said of one interview. `owed_by`: whose feedback is asked for."""

    interview: str
    application: str
    job: str | None = None
    stage: str | None = None
    position: int | None = None
    said: SaidOfInterview = SaidOfInterview()
    cancelled_by: CancelledBy | None = None
    missed_by: MissedBy | None = None
    owed_by: tuple[str, ...] = ()
    assesses: tuple[str, ...] = ()


class HeardRating(NamedTuple):
    """One competency as one interviewer saw it: `level` 0 to 1, None where it could not be assessed."""

    competency: str
    level: float | None


class HeardFeedback(NamedTuple):
    """One feedback; `strengths` and `development` count what may be shared."""

    feedback: str
    application: str
    interviewer: str
    submitted_at: datetime
    interview: str | None = None
    kind: FeedbackKind = FeedbackKind.INTERVIEW
    withdrawn_at: datetime | None = None
    overall: Overall | None = None
    ratings: tuple[HeardRating, ...] = ()
    strengths: int = 0
    development: int = 0
    misconceptions: tuple[str, ...] = ()  # what each is about


class HeardRelease(NamedTuple):
    """A released letter, and which competencies it says could be built up."""

    letter: str
    application: str
    released_at: datetime
    development: tuple[str, ...]


class HeardLetter(NamedTuple):
    """A decision letter that left; `bounced_at`: when it came back for good."""

    application: str
    left_at: datetime
    bounced_at: datetime | None = None


class HeardMail(NamedTuple):
    """A mail that told several people the same and did not come back; `candidate`: the id it went to."""

    mail: str
    candidate: str
    kind: str
    left_at: datetime


class HeardDelay(NamedTuple):
    """A promise of an answer that was broken."""

    application: str
    missing: Missing
    due_at: datetime


class HeardPlace(NamedTuple):
    """Where somebody stands in the pool, by the application that brought them there."""

    application: str
    tier: Tier
    status: MemberStatus
    family: str | None = None


class HeardMatch(NamedTuple):
    """One proposal: whether it stands, was accepted by us, and met with interest."""

    match: str
    job: str
    stands: bool = False
    accepted: bool = False
    interested: bool = False
    accepted_at: datetime | None = None


class HeardReturn(NamedTuple):
    """What one interview came to, as its owner says it."""

    interview: str
    counted_from: datetime | None = None
    returned: str | None = None
    without_loop: str | None = None


class HeardPerson(NamedTuple):
    """Everything heard of one person, all their ids together."""

    organization: str
    person: str
    applications: Sequence[HeardApplication] = ()
    interviews: Sequence[HeardInterview] = ()
    feedback: Sequence[HeardFeedback] = ()
    releases: Sequence[HeardRelease] = ()
    letters: Sequence[HeardLetter] = ()
    mails: Sequence[HeardMail] = ()
    delays: Sequence[HeardDelay] = ()
    places: Sequence[HeardPlace] = ()
    matches: Sequence[HeardMatch] = ()
    returns: Sequence[HeardReturn] = ()
