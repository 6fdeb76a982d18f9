"""Interviews, and what interviewers owe and say of them."""

from datetime import datetime

from services.console.calls.route import Listed, Saved, Told, Whole, reading, writing
from shared.contracts import Anchor, Misconception, Overall, Rating, Shareable


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


class AskedCompetency(Told):
    """A competency that an interviewer is asked about."""

    competency: str
    name: str
    looks_for: str | None = None
    anchors: tuple[Anchor, ...] = ()


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
    misconceptions: tuple[Misconception, ...] = ()


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
    misconceptions: tuple[Misconception, ...] = ()


class Submission(Scorecard):
    """Feedback, to be sent."""

    interviewer: str


class Draft(Scorecard):
    """Feedback that is not sent yet."""

    drafted_at: datetime


INTERVIEWS = reading("interviews", "/interviews", Listed[Interview], "job", "candidate", "from", "limit", "cursor")
FEEDBACK_OWED = reading("interviews", "/feedback-owed", Listed[Owing], "interviewer", "job", "limit", "cursor")
FEEDBACK = reading(
    "interviews", "/feedback", Listed[Feedback], "job", "candidate", "application", "state", "limit", "cursor"
)
ONE_FEEDBACK = reading("interviews", "/feedback/{feedback}", KnownFeedback)
ASKED = reading("interviews", "/interviews/{interview}", AskedInterview)
OWN_FEEDBACK = reading("interviews", "/feedback/{feedback}", OwnFeedback)
GIVE_FEEDBACK = writing("interviews", "/feedback/{feedback}", Saved)
OWN_DRAFT = reading("interviews", "/feedback/{feedback}/draft", GivenFeedback)
KEEP_DRAFT = writing("interviews", "/feedback/{feedback}/draft", Saved)
