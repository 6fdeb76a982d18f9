"""Views: which filters of a list are kept under a name. Words that are sought are not: they may be a name."""

from urllib.parse import parse_qsl, urlencode

LONGEST = 600
MOST = 50  # of one person
FILTERS = {
    "/letters": ("job", "state", "mine"),
    "/waiting": ("missing", "overdue", "mine"),
    "/jobs": ("state", "family", "cycle", "mine"),
    "/pool": ("family", "tier", "status", "cycle", "competency", "level"),
    "/tasks": ("kind", "mine"),
}


def kept_of(place: str, query: str) -> str:
    """What is kept of an address of this list, always in the same order; "" where it narrows nothing."""
    given = dict(parse_qsl(query[: 2 * LONGEST]))
    found = urlencode([(name, given[name]) for name in FILTERS.get(place, ()) if given.get(name)])
    return found if len(found) <= LONGEST else ""
