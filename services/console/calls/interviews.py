"""What the console asks of interviews."""

from datetime import datetime

from services.console.calls.route import Listed, Told, reading


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


WORK = reading("interviews", "/work", Work)
USERS = reading("interviews", "/users", Listed[User], "ids", "limit", "cursor")
JOBS = reading("interviews", "/jobs", Listed[Job], "ids", "limit", "cursor", "state", "family", "cycle", "text", "mine")
DESCRIPTION = reading("interviews", "/jobs/{job}", DescribedJob)
FEEDBACK_OWED = reading("interviews", "/feedback-owed", Listed[Owing], "interviewer", "job", "limit", "cursor")
