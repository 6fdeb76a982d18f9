"""The database of candidates: one typed function per statement, whole sets in, domain values out."""

from services.candidates.sql.jobs import (
    find_looked_at,
    load_known_jobs,
    load_people_for,
    save_jobs,
)
from services.candidates.sql.keeping import (
    Progress,
    find_due_keeping,
    load_kept,
    load_progress,
    load_terms,
    save_keeping,
)
from services.candidates.sql.matches import (
    delete_runs,
    find_due_matches,
    load_candidacies,
    load_interviews,
    load_kept_of_jobs,
    load_kept_of_people,
    load_match,
    load_run,
    load_stated_skills,
    save_matches,
)
from services.candidates.sql.page import load_organization, load_proposed, load_told
from services.candidates.sql.people import (
    find_job_of,
    find_known,
    load_consents,
    load_hiring_managers,
    load_merge,
    load_name,
    load_person,
    load_profile,
)
from services.candidates.sql.pool import (
    find_due_members,
    load_member,
    load_pool,
    load_review,
    save_members,
)
from services.candidates.sql.records import load_records
from services.candidates.sql.waste import load_calendar, load_everyone, load_returns

__all__ = [
    "Progress",
    "delete_runs",
    "find_due_keeping",
    "find_due_matches",
    "find_due_members",
    "find_job_of",
    "find_known",
    "find_looked_at",
    "load_calendar",
    "load_candidacies",
    "load_consents",
    "load_everyone",
    "load_hiring_managers",
    "load_interviews",
    "load_kept",
    "load_kept_of_jobs",
    "load_kept_of_people",
    "load_known_jobs",
    "load_match",
    "load_member",
    "load_merge",
    "load_name",
    "load_organization",
    "load_people_for",
    "load_person",
    "load_pool",
    "load_profile",
    "load_progress",
    "load_proposed",
    "load_records",
    "load_returns",
    "load_review",
    "load_run",
    "load_stated_skills",
    "load_terms",
    "load_told",
    "save_jobs",
    "save_keeping",
    "save_matches",
    "save_members",
]
