"""Codes of the services in words."""

from collections import Counter
from collections.abc import Iterable

from cli.demo.cast import PEOPLE, USERS

_NAMES = {**{person.id: person.name for person in PEOPLE}, **USERS}
_WHY_NOT = {
    "consent": "did not say yes to the pool",
    "open_application": "has an application running elsewhere",
}
_OWED = {"decision": "a decision", "approval": "the release of a letter", "delivery": "a letter that arrives"}
_KINDS = {
    "what_happens_next": "what happens next",
    "decision": "the decision",
    "pool_invitation": "pool reminder",
    "job_invitation": "the next job",
}


def name_of(person: str) -> str:
    """A candidate's or user's name."""
    return _NAMES.get(person, person)


def spoken(code: str) -> str:
    """`strong_yes` as people say it."""
    return code.replace("_", " ")


def why_not(blocker: str) -> str:
    """A reason against a match."""
    return _WHY_NOT.get(blocker, spoken(blocker))


def owed(missing: str) -> str:
    """What somebody waits for."""
    return _OWED.get(missing, spoken(missing))


def counted(codes: Iterable[str]) -> str:
    """`2 completed, 1 missed`."""
    return ", ".join(f"{n} {spoken(code)}" for code, n in Counter(codes).items())


def counted_kinds(kinds: Iterable[str]) -> list[str]:
    """Each kind of mail once, with how often if more."""
    return [
        f"{_KINDS.get(kind, spoken(kind))}{f' x{n}' if n > 1 else ''}" for kind, n in sorted(Counter(kinds).items())
    ]
