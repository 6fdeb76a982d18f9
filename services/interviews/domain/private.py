"""What interviewers write for themselves: facts that never leave this service, kept and erased like all others.

Their topics exist on no Kafka; they begin with `private-`, outside of the ranges of names that views read.
"""

from typing import Annotated

from pydantic import Field

from shared.contracts import (
    INTERVIEWS,
    Description,
    Event,
    FeedbackKind,
    Id,
    Instant,
    Misconception,
    Overall,
    Rating,
    Shareable,
)


class FeedbackDrafted(Event, topic="private-feedback-draft", owner=INTERVIEWS, listens={INTERVIEWS}, fact="feedback"):
    """A feedback on its way: whatever its interviewer has written so far. Nobody else sees it."""

    feedback: Id
    application: Id
    candidate: Id
    interviewer: Id
    drafted_at: Instant
    interview: Id | None = None
    kind: FeedbackKind = FeedbackKind.INTERVIEW
    overall: Overall | None = None
    ratings: Annotated[tuple[Rating, ...], Field(max_length=50)] = ()
    shareable: Shareable | None = None
    misconceptions: Annotated[tuple[Misconception, ...], Field(max_length=3)] = ()


class InterviewNoted(Event, topic="private-interview-note", owner=INTERVIEWS, listens={INTERVIEWS}, fact="interview"):
    """What one interviewer notes during one interview, for their own eyes."""

    interview: Id
    candidate: Id
    author: Id
    noted_at: Instant
    text: Description

    @property
    def fact_id(self) -> str:
        """One note for each interviewer of an interview."""
        return f"{self.interview}/{self.author}"
