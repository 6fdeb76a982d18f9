"""What happens because a fact arrived: where interviews, applications and jobs stand now."""

from collections.abc import Sequence

from services.interviews.domain.applications import application_state
from services.interviews.domain.differences import differences
from services.interviews.domain.interviews import ToldInterview, interview_state
from services.interviews.domain.jobs import job_state
from services.interviews.sql.applications import load_applications, load_heard_applications, save_applications
from services.interviews.sql.interviews import load_heard_interviews, load_interviews, save_interviews
from services.interviews.sql.jobs import load_heard_jobs, load_jobs, save_jobs
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


async def save_outcomes(turn: Turn, people: People) -> Sequence[ToldInterview]:
    """Keep what became of these people's interviews; what was heard of them."""
    heard = await load_heard_interviews(turn.conn, people)
    kept = await load_interviews(turn.conn, people)
    await save_interviews(turn.conn, differences(kept, [interview_state(h, turn.now) for h in heard]))
    return heard


@router.people(ApplicationSubmitted, ApplicationDecided, ApplicationDecisionReversed, CandidateMerged, CandidateErased)
async def derive_applications(turn: Turn, people: People) -> None:
    """Where the applications of everyone the news is about stand."""
    heard = await load_heard_applications(turn.conn, people)
    kept = await load_applications(turn.conn, people)
    await save_applications(turn.conn, differences(kept, [application_state(h) for h in heard]))


@router.jobs(JobOpened, JobClosed)
async def derive_jobs(turn: Turn, jobs: Jobs) -> None:
    """Whether the jobs the news is about are open."""
    heard = await load_heard_jobs(turn.conn, jobs)
    kept = await load_jobs(turn.conn, jobs)
    await save_jobs(turn.conn, differences(kept, [job_state(h) for h in heard]))
