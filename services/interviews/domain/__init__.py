"""What became of interviews, applications and jobs: the instants inside the records decide, never their order."""

from services.interviews.domain.applications import Application, ApplicationState, HeardApplication, application_state
from services.interviews.domain.differences import Differences, differences
from services.interviews.domain.feedback import FeedbackState, feedback_due_at
from services.interviews.domain.interviews import (
    ASSUMED_AFTER,
    HeardInterview,
    Interview,
    InterviewState,
    assumptions,
    interview_state,
    slot_of,
)
from services.interviews.domain.jobs import HeardJob, JobState, JobStatus, job_state
from services.interviews.domain.private import FeedbackDrafted, InterviewNoted

__all__ = [
    "ASSUMED_AFTER",
    "Application",
    "ApplicationState",
    "Differences",
    "FeedbackDrafted",
    "FeedbackState",
    "HeardApplication",
    "HeardInterview",
    "HeardJob",
    "Interview",
    "InterviewNoted",
    "InterviewState",
    "JobState",
    "JobStatus",
    "application_state",
    "assumptions",
    "differences",
    "feedback_due_at",
    "interview_state",
    "job_state",
    "slot_of",
]
