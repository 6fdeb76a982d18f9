"""The database of interviews: one typed function per statement, whole sets in, domain values out."""

from services.interviews.sql.applications import load_applications, load_heard_applications, save_applications
from services.interviews.sql.held import HOLDINGS
from services.interviews.sql.interviews import find_due, load_heard_interviews, load_interviews, save_interviews
from services.interviews.sql.jobs import load_heard_jobs, load_jobs, save_jobs
from services.interviews.sql.lists import (
    count_interviews,
    has_said,
    list_applications,
    list_feedback,
    list_interviews,
    list_jobs,
    list_owed,
    list_users,
    owes,
)
from services.interviews.sql.lookups import (
    find_application,
    find_interview,
    find_job,
    find_managed_jobs,
    is_interviewer,
    load_facts,
)

__all__ = [
    "HOLDINGS",
    "count_interviews",
    "find_application",
    "find_due",
    "find_interview",
    "find_job",
    "find_managed_jobs",
    "has_said",
    "is_interviewer",
    "list_applications",
    "list_feedback",
    "list_interviews",
    "list_jobs",
    "list_owed",
    "list_users",
    "load_applications",
    "load_facts",
    "load_heard_applications",
    "load_heard_interviews",
    "load_heard_jobs",
    "load_interviews",
    "load_jobs",
    "owes",
    "save_applications",
    "save_interviews",
    "save_jobs",
]
