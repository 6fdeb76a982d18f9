"""What the console asks of interviews."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from services.console.calls.route import Listed, Told, reading, writing


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


class Competency(Told):
    """What a job asks for."""

    competency: str
    name: str


class Opening(Told):
    """What was said of a job when it was opened."""

    competencies: tuple[Competency, ...] = ()


class KnownJob(Told):
    """A job with all that was said of it."""

    job: str
    title: str | None = None
    state: str
    opened: Opening | None = None


class ListedFeedback(Told):
    """Whose feedback, and when it was given."""

    feedback: str
    interviewer: str
    kind: str
    submitted_at: datetime


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


class Recorded(Told):
    """Whether something is new, or another version."""

    recorded: str


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


WORK = reading("interviews", "/work", Work)
USERS = reading("interviews", "/users", Listed[User], "ids", "limit", "cursor")
JOBS = reading("interviews", "/jobs", Listed[Job], "ids", "limit", "cursor", "state", "family", "cycle", "text", "mine")
DESCRIPTION = reading("interviews", "/jobs/{job}", DescribedJob)
FEEDBACK_OWED = reading("interviews", "/feedback-owed", Listed[Owing], "interviewer", "job", "limit", "cursor")
JOB = reading("interviews", "/jobs/{job}", KnownJob)
FEEDBACK = reading("interviews", "/feedback", Listed[ListedFeedback], "application", "limit", "cursor")
UNDECIDED = reading("interviews", "/jobs/{job}/decisions", WhoWaits, "limit", "cursor")
DECIDE_ALL = writing("interviews", "/jobs/{job}/decisions", Decided)
REVERSE = writing("interviews", "/applications/{application}/decision/reversal", Recorded)
