"""What people and programs may be to an organisation, as their tokens say."""

from enum import StrEnum


class Role(StrEnum):
    """What a caller is to an organisation."""

    RECRUITER = "recruiter"
    COORDINATOR = "coordinator"
    INTERVIEWER = "interviewer"
    HIRING_MANAGER = "hiring_manager"
    ADMIN = "admin"
    AUDITOR = "auditor"
    ANALYST = "analyst"  # figures only, and none of them of a single person
    INTEGRATION = "integration"


# The whole deployment's habits; a route adds hiring managers or interviewers where they may see their own.
READERS = (Role.RECRUITER, Role.COORDINATOR, Role.ADMIN, Role.AUDITOR, Role.INTEGRATION)
WRITERS = (Role.RECRUITER, Role.COORDINATOR, Role.ADMIN, Role.INTEGRATION)
DECIDERS = (Role.RECRUITER, Role.ADMIN)
WITH_PEOPLE = tuple(role for role in Role if role is not Role.ANALYST)  # whose work is about single people
