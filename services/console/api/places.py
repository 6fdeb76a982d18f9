"""The pages of the console, and whose they are. The services decide what each may see; this only keeps menus honest."""

from enum import StrEnum

from shared.web.roles import Role

_CODES = {
    "R": Role.RECRUITER,
    "C": Role.COORDINATOR,
    "M": Role.HIRING_MANAGER,
    "I": Role.INTERVIEWER,
    "A": Role.ADMIN,
    "U": Role.AUDITOR,
    "N": Role.ANALYST,
}
PEOPLE = frozenset(_CODES.values())  # whoever signs in is a person; integrations call the services


class Place(StrEnum):
    """A page of the console: its address."""

    TODAY = "/"
    LETTERS = "/letters"
    WAITING = "/waiting"
    JOBS = "/jobs"
    POOL = "/pool"
    MATCHES = "/matches"
    PERSON = "/people"
    MENTORS = "/mentorships"
    CAMPAIGNS = "/campaigns"
    NEWS = "/news"
    FEEDBACK = "/feedback"
    INSIGHTS = "/insights"
    SETTINGS = "/settings"
    OPERATIONS = "/operations"
    SEARCH = "/search"
    TASKS = "/tasks"
    PREFERENCES = "/preferences"
    VIEWS = "/views"


def _roles(codes: str) -> frozenset[Role]:
    return frozenset(_CODES[code] for code in codes)


WHOSE: dict[Place, frozenset[Role]] = {
    Place.TODAY: PEOPLE,
    Place.LETTERS: _roles("RMA"),
    Place.WAITING: _roles("RCMAU"),
    Place.JOBS: _roles("RCMAU"),
    Place.POOL: _roles("RCMAU"),
    Place.MATCHES: _roles("RMAU"),
    Place.PERSON: _roles("RCMAU"),
    Place.MENTORS: _roles("RCMIAU"),
    Place.CAMPAIGNS: _roles("RA"),
    Place.NEWS: _roles("RCAU"),
    Place.FEEDBACK: _roles("RCMIA"),
    Place.INSIGHTS: PEOPLE,
    Place.SETTINGS: _roles("RCMAU"),
    Place.OPERATIONS: _roles("A"),
    Place.PREFERENCES: PEOPLE,
    Place.VIEWS: PEOPLE,
    Place.SEARCH: _roles("RCMAU"),
    Place.TASKS: _roles("RCMAU"),
}

MENU = (
    Place.TODAY, Place.LETTERS, Place.WAITING, Place.TASKS, Place.FEEDBACK, Place.JOBS, Place.POOL, Place.MENTORS,
    Place.CAMPAIGNS, Place.NEWS, Place.INSIGHTS, Place.SEARCH, Place.SETTINGS, Place.OPERATIONS,
)  # fmt: skip


def menu_of(roles: frozenset[Role]) -> list[Place]:
    """The pages that somebody in these roles finds in the menu, in its order."""
    return [place for place in MENU if WHOSE[place] & roles]
