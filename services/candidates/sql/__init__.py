"""The database of candidates: one typed function per statement, whole sets in, domain values out."""

from services.candidates.sql.candidacies import load_candidacies, load_interviews, load_stated_skills
from services.candidates.sql.concerns import load_concerns
from services.candidates.sql.findable import load_rated, load_texts, save_descriptions, save_skills
from services.candidates.sql.held import HOLDINGS
from services.candidates.sql.jobs import (
    find_applicants,
    find_applicants_of,
    find_people_for,
    load_known_jobs,
    load_people,
    save_jobs,
)
from services.candidates.sql.keeping import (
    ErasureProgress,
    find_due_keeping,
    load_kept,
    load_progress,
    load_terms,
    save_keeping,
)
from services.candidates.sql.matches import (
    count_matches,
    find_due_matches,
    forget_past_matches,
    load_kept_of_people,
    load_match,
    load_page,
    save_matches,
)
from services.candidates.sql.mentoring import (
    count_mentorships,
    find_due_mentorships,
    find_mentored,
    find_mentorship,
    load_mentorships,
    load_names,
    load_proposal,
    load_referrals,
    load_relations,
    load_suggestions,
    save_mentorships,
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
    load_reviews,
    save_members,
)
from services.candidates.sql.pool_search import search_pool
from services.candidates.sql.records import load_records
from services.candidates.sql.runs import forget_erased, load_runs
from services.candidates.sql.waste import find_concerned, load_calendar, load_everyone, load_returns

__all__ = [
    "HOLDINGS",
    "ErasureProgress",
    "count_matches",
    "count_mentorships",
    "find_applicants",
    "find_applicants_of",
    "find_concerned",
    "find_due_keeping",
    "find_due_matches",
    "find_due_members",
    "find_due_mentorships",
    "find_job_of",
    "find_known",
    "find_mentored",
    "find_mentorship",
    "find_people_for",
    "forget_erased",
    "forget_past_matches",
    "load_calendar",
    "load_candidacies",
    "load_concerns",
    "load_consents",
    "load_everyone",
    "load_hiring_managers",
    "load_interviews",
    "load_kept",
    "load_kept_of_people",
    "load_known_jobs",
    "load_match",
    "load_member",
    "load_mentorships",
    "load_merge",
    "load_name",
    "load_names",
    "load_organization",
    "load_page",
    "load_people",
    "load_person",
    "load_profile",
    "load_progress",
    "load_proposal",
    "load_proposed",
    "load_rated",
    "load_records",
    "load_referrals",
    "load_relations",
    "load_returns",
    "load_reviews",
    "load_runs",
    "load_stated_skills",
    "load_suggestions",
    "load_terms",
    "load_texts",
    "load_told",
    "save_descriptions",
    "save_jobs",
    "save_keeping",
    "save_matches",
    "save_members",
    "save_mentorships",
    "save_skills",
    "search_pool",
]
