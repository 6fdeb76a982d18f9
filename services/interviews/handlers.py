"""What happens because a fact arrived: where interviews, applications and jobs stand now."""

from datetime import datetime

from services.interviews import domain, sql
from shared.contracts import (
    ApplicationDecided,
    ApplicationDecisionReversed,
    ApplicationSubmitted,
    CandidateErased,
    CandidateMerged,
    FeedbackSubmitted,
    FeedbackWithdrawn,
    InterviewCancelled,
    InterviewCompleted,
    InterviewMissed,
    InterviewScheduled,
    JobClosed,
    JobOpened,
)
from shared.kit.db import Connection
from shared.kit.people import Jobs, People
from shared.people.identity import router_of_candidates

router = router_of_candidates()


@router.people(
    InterviewScheduled, InterviewCompleted, InterviewCancelled, InterviewMissed, FeedbackSubmitted, FeedbackWithdrawn,
    ApplicationSubmitted, ApplicationDecided, CandidateMerged, CandidateErased,
)  # fmt: skip
async def derive_interviews(conn: Connection, people: People, now: datetime) -> None:
    """What became of the interviews of everyone the news is about."""
    heard = await sql.load_heard_interviews(conn, people)
    kept = await sql.load_interviews(conn, people)
    await sql.save_interviews(conn, domain.differences(kept, [domain.interview_state(h, now) for h in heard]))


@router.people(ApplicationSubmitted, ApplicationDecided, ApplicationDecisionReversed, CandidateMerged, CandidateErased)
async def derive_applications(conn: Connection, people: People, _: datetime) -> None:
    """Where the applications of everyone the news is about stand."""
    heard = await sql.load_heard_applications(conn, people)
    kept = await sql.load_applications(conn, people)
    await sql.save_applications(conn, domain.differences(kept, [domain.application_state(h) for h in heard]))


@router.jobs(JobOpened, JobClosed)
async def derive_jobs(conn: Connection, jobs: Jobs, _: datetime) -> None:
    """Whether the jobs the news is about are open."""
    heard = await sql.load_heard_jobs(conn, jobs)
    kept = await sql.load_jobs(conn, jobs)
    await sql.save_jobs(conn, domain.differences(kept, [domain.job_state(h) for h in heard]))
