"""The database of interviews: one typed function per statement."""

from services.interviews.sql.interviews import find_due, load_heard, save_interviews
from services.interviews.sql.reading import (
    Page,
    Wanted,
    count_states,
    list_applications,
    list_feedback,
    list_interviews,
    list_jobs,
    list_users,
    load_body,
    load_hiring_managers,
    load_interview,
    load_overdue,
    load_state_of_application,
    load_state_of_feedback,
    load_state_of_job,
)

__all__ = [
    "Page",
    "Wanted",
    "count_states",
    "find_due",
    "list_applications",
    "list_feedback",
    "list_interviews",
    "list_jobs",
    "list_users",
    "load_body",
    "load_heard",
    "load_hiring_managers",
    "load_interview",
    "load_overdue",
    "load_state_of_application",
    "load_state_of_feedback",
    "load_state_of_job",
    "save_interviews",
]
