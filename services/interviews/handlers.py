"""What happens because a fact arrived: where interviews, applications and jobs stand now."""

from collections.abc import Sequence

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
from shared.kit.people import Jobs, People
from shared.kit.turn import Turn
from shared.people.identity import router_of_candidates

router = router_of_candidates()


@router.people(
    InterviewScheduled, InterviewCompleted, InterviewCancelled, InterviewMissed, FeedbackSubmitted, FeedbackWithdrawn,
    ApplicationSubmitted, ApplicationDecided, CandidateMerged, CandidateErased,
)  # fmt: skip
async def derive_interviews(turn: Turn, people: People) -> None:
    """What became of the interviews of everyone the news is about."""
    await save_outcomes(turn, people)


async def save_outcomes(turn: Turn, people: People) -> Sequence[domain.HeardInterview]:
    """Keep what became of these people's interviews; what was heard of them."""
    heard = await sql.load_heard_interviews(turn.conn, people)
    kept = await sql.load_interviews(turn.conn, people)
    await sql.save_interviews(turn.conn, domain.differences(kept, [domain.interview_state(h, turn.now) for h in heard]))
    return heard


@router.people(ApplicationSubmitted, ApplicationDecided, ApplicationDecisionReversed, CandidateMerged, CandidateErased)
async def derive_applications(turn: Turn, people: People) -> None:
    """Where the applications of everyone the news is about stand."""
    heard = await sql.load_heard_applications(turn.conn, people)
    kept = await sql.load_applications(turn.conn, people)
    await sql.save_applications(turn.conn, domain.differences(kept, [domain.application_state(h) for h in heard]))


@router.jobs(JobOpened, JobClosed)
async def derive_jobs(turn: Turn, jobs: Jobs) -> None:
    """Whether the jobs the news is about are open."""
    heard = await sql.load_heard_jobs(turn.conn, jobs)
    kept = await sql.load_jobs(turn.conn, jobs)
    await sql.save_jobs(turn.conn, domain.differences(kept, [domain.job_state(h) for h in heard]))
