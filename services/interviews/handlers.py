"""What happens because a fact arrived: what became of every interview it is about."""

from datetime import datetime

from services.interviews import domain, sql
from shared.contracts import (
    ApplicationSubmitted,
    CandidateErased,
    CandidateMerged,
    FeedbackSubmitted,
    InterviewCancelled,
    InterviewCompleted,
    InterviewMissed,
    InterviewScheduled,
)
from shared.kit.db import Connection
from shared.kit.people import People
from shared.kit.router import Router
from shared.kit.say import say

router = Router()


@router.people(
    InterviewScheduled, InterviewCompleted, InterviewCancelled, InterviewMissed, FeedbackSubmitted,
    ApplicationSubmitted, CandidateMerged, CandidateErased,
)  # fmt: skip
async def follow_interviews(conn: Connection, people: People, now: datetime) -> None:
    """The state of every interview of these people."""
    heard = await sql.load_heard(conn, people)
    interviews = domain.judge_all(heard, now)
    await sql.save_interviews(conn, people, interviews)
    await say(conn, domain.assumptions(interviews), now)
