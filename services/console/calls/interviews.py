"""What the console asks of interviews."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.console.calls.route import Listed, Told, Whole, reading, writing
from shared.contracts import OrganizationConfigured, Overall, Rating, Shareable


class Work(Told):
    """How much there is to do."""

    feedback_owed_by_me: int
    feedback_owed: int


class User(Told):
    """Somebody of the organisation."""

    user: str
    name: str
    timezone: str | None = None


class Job(Told):
    """A job as lists show it."""

    job: str
    title: str | None = None
    state: str
    opened_at: datetime | None = None
    family: str | None = None
    cycle: str | None = None
    applications: int
    undecided: int


class Wanted(Told):
    """A competency that a job asks for."""

    competency: str
    name: str
    level: int
    must_have: bool = False
    looks_for: str | None = None


class Description(Told):
    """What was said of a job when it was opened."""

    title: str
    competencies: tuple[Wanted, ...] = ()

    def by_id(self) -> dict[str, Wanted]:
        """What it asks for."""
        return {one.competency: one for one in self.competencies}


class DescribedJob(Told):
    """A job with its description."""

    job: str
    opened: Description | None = None


class Owing(Told):
    """Feedback that somebody owes."""

    interviewer: str
    interview: str
    candidate: str
    application: str
    job: str | None = None
    title: str | None = None
    since: datetime
    due_at: datetime
    is_overdue: bool


class Undecided(Told):
    """Somebody who waits for a decision."""

    application: str
    candidate: str
    submitted_at: datetime | None = None


class WhoWaits(Listed[Undecided]):
    """Everyone who waits for a decision about one job."""

    count: int


class Decided(Told):
    """Whom a decision was about."""

    decided: int
    applications: tuple[str, ...]


class Reason(BaseModel):
    """Why, in the organisation's own code."""

    model_config = ConfigDict(serialize_by_alias=True)

    code: str
    class_: str = Field(default="we_declined", serialization_alias="class")


class Decisions(BaseModel):
    """The same decision for everyone who is undecided, if they are so many."""

    decided_at: datetime
    decided_by: str
    expected: int
    outcome: str = "not_selected"
    reason: Reason | None = None
    would_reconsider: bool | None = None


class Reversal(BaseModel):
    """A decision no longer stands."""

    reversed_at: datetime


class Competency(Told):
    """What a job asks for: `level` 1 to 5."""

    competency: str
    name: str
    level: int
    must_have: bool = False
    weight: int = 1


class JobSaid(Told):
    """What was said of a job when it was opened."""

    headcount: int = 1
    department: str | None = None
    competencies: tuple[Competency, ...] = ()


class JobEnded(Told):
    """What was said when it was closed."""

    closed_at: datetime
    outcome: str | None = None
    told_reason: str | None = None


class KnownJob(Told):
    """A job with what was said of it."""

    job: str
    title: str | None = None
    state: str
    opened_at: datetime | None = None
    family: str | None = None
    cycle: str | None = None
    opened: JobSaid | None = None
    closing: JobEnded | None = None


class JobInFull(Told):
    """A job's opening, word for word."""

    opened: dict[str, Any] | None = None


class SaidIn(Told):
    """A sentence in one language."""

    language: str
    text: str


class ClosingReason(Told):
    """Why an opening ended, as candidates read it."""

    reason: str
    texts: tuple[SaidIn, ...]

    def said_in(self, language: str) -> str:
        """In this language, or else the first it was written in."""
        return next((one.text for one in self.texts if one.language == language), self.texts[0].text)


class Wishes(Told):
    """How the organisation wants things done."""

    name: str
    closing_reasons: tuple[ClosingReason, ...] = ()


class Application(Told):
    """Where an application stands."""

    application: str
    candidate: str
    job: str | None = None
    state: str
    outcome: str | None = None
    submitted_at: datetime | None = None


class DecisionReason(Told):
    """Why, in the platform's own code."""

    code: str


class Decision(Told):
    """How an application ended, by whom."""

    decided_at: datetime
    outcome: str
    decided_by: str | None = None
    reason: DecisionReason | None = None
    would_reconsider: bool | None = None


class KnownApplication(Application):
    """An application with its decision."""

    decision: Decision | None = None


class Interview(Told):
    """What became of an interview."""

    interview: str
    candidate: str
    application: str
    job: str | None = None
    state: str
    basis: str | None = None
    starts_at: datetime | None = None
    ended_at: datetime | None = None
    interviewers: tuple[str, ...]
    owed_by: tuple[str, ...]


class Feedback(Told):
    """Whose feedback, and whether it stands."""

    feedback: str
    candidate: str
    application: str
    interview: str | None = None
    job: str | None = None
    interviewer: str
    kind: str
    state: str
    submitted_at: datetime


class Verdict(Told):
    """What an interviewer said on the whole."""

    interviewer: str
    submitted_at: datetime
    overall: str | None = None


class KnownFeedback(Told):
    """A feedback as the service shows it to whoever may see it."""

    state: str
    submitted: Verdict


class Saved(Told):
    """What saving changed."""

    recorded: str


class AskedCompetency(Told):
    """A competency that an interviewer is asked about."""

    competency: str
    name: str
    looks_for: str | None = None


class AskedInterview(Told):
    """An interview, and what its interviewers are asked. `feedback`: the id of the caller's own."""

    interview: str
    application: str
    candidate: str
    job: str | None = None
    title: str | None = None
    starts_at: datetime | None = None
    language: str
    asks: tuple[AskedCompetency, ...]
    feedback: str | None = None


class GivenFeedback(Told):
    """What somebody said about an interview, or began to."""

    overall: Overall | None = None
    ratings: tuple[Rating, ...] = ()
    shareable: Shareable | None = None


class OwnFeedback(Told):
    """Feedback that was given."""

    state: str
    submitted: GivenFeedback


class Scorecard(Whole):
    """What somebody says about an interview: a level that is null could not be assessed."""

    application: str
    candidate: str
    interview: str
    overall: Overall | None = None
    ratings: tuple[Rating, ...] = ()
    shareable: Shareable | None = None


class Submission(Scorecard):
    """Feedback, to be sent."""

    interviewer: str
    submitted_at: datetime


class Draft(Scorecard):
    """Feedback that is not sent yet."""

    drafted_at: datetime


WORK = reading("interviews", "/work", Work)
USERS = reading("interviews", "/users", Listed[User], "ids", "limit", "cursor")
JOBS = reading("interviews", "/jobs", Listed[Job], "ids", "limit", "cursor", "state", "family", "cycle", "text", "mine")
DESCRIPTION = reading("interviews", "/jobs/{job}", DescribedJob)
FEEDBACK_OWED = reading("interviews", "/feedback-owed", Listed[Owing], "interviewer", "job", "limit", "cursor")
UNDECIDED = reading("interviews", "/jobs/{job}/decisions", WhoWaits, "limit", "cursor")
DECIDE_ALL = writing("interviews", "/jobs/{job}/decisions", Decided)
JOB = reading("interviews", "/jobs/{job}", KnownJob)
JOB_IN_FULL = reading("interviews", "/jobs/{job}", JobInFull)
OPEN_JOB = writing("interviews", "/jobs/{job}", Saved)
CLOSE_JOB = writing("interviews", "/jobs/{job}/closing", Saved)
ORGANIZATION = reading("interviews", "/organization", Wishes)
APPLICATIONS = reading("interviews", "/applications", Listed[Application], "job", "candidate", "limit", "cursor")
APPLICATION = reading("interviews", "/applications/{application}", KnownApplication)
DECIDE = writing("interviews", "/applications/{application}/decision", Saved)
REVERSE = writing("interviews", "/applications/{application}/decision/reversal", Saved)
INTERVIEWS = reading("interviews", "/interviews", Listed[Interview], "job", "candidate", "from", "limit", "cursor")
FEEDBACK = reading(
    "interviews", "/feedback", Listed[Feedback], "job", "candidate", "application", "state", "limit", "cursor"
)
ONE_FEEDBACK = reading("interviews", "/feedback/{feedback}", KnownFeedback)
SETTINGS = reading("interviews", "/organization", OrganizationConfigured)
CONFIGURE = writing("interviews", "/organization", Saved)
ASKED = reading("interviews", "/interviews/{interview}", AskedInterview)
OWN_FEEDBACK = reading("interviews", "/feedback/{feedback}", OwnFeedback)
GIVE_FEEDBACK = writing("interviews", "/feedback/{feedback}", Saved)
OWN_DRAFT = reading("interviews", "/feedback/{feedback}/draft", GivenFeedback)
KEEP_DRAFT = writing("interviews", "/feedback/{feedback}/draft", Saved)
