"""Codes of the services in words."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from cli.demo.cast import PEOPLE, USERS

_NAMES = {**{person.id: person.name for person in PEOPLE}, **USERS}
_WHY_NOT = {
    "consent": "did not say yes to the pool",
    "open_application": "has an application running elsewhere",
}
_OWED = {
    "decision": "a decision",
    "feedback": "feedback",
    "approval": "the release of a letter",
    "delivery": "a letter that arrives",
}
_KINDS = {
    "what_happens_next": "what happens next",
    "decision": "the decision",
    "pool_invitation": "a reminder of the pool",
    "job_invitation": "the next job",
    "mentor": "a note to a mentor",
    "mentor_invitation": "a mentor proposed",
    "mentoring": "how to reach the mentor",
    "preparation": "what to expect",
    "cancellation": "an interview called off",
    "reminder": "a reminder to an interviewer",
    "survey": "a survey",
}
_STATES = {"completed": "held"}
_STANDING = {
    "active": "in the pool",
    "paused": "in the pool, applies elsewhere now",
    "invited": "asked into the pool, silent",
    "held": "waits for a person's look",
    "not_invited": "an answer, and no more",
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


def counted(states: Iterable[str]) -> list[str]:
    """`2 held`, `1 cancelled`."""
    return [f"{n} {_STATES.get(state, spoken(state))}" for state, n in sorted(Counter(states).items(), reverse=True)]


def kinds(mails: Mapping[str, int]) -> str:
    """How many mails of each kind."""
    told = ", ".join(f"{n} x {_KINDS.get(kind, spoken(kind))}" for kind, n in mails.items())
    return f"{sum(mails.values())} mails: {told}"


def standing(status: str) -> str:
    """Where somebody stands in the pool."""
    return _STANDING.get(status, spoken(status))


def gap(name: str, found: Mapping[str, Any]) -> str:
    """`SQL 2.5 of 4`, or that it was never assessed."""
    level = found.get("level")
    return f"{name}: not assessed" if level is None else f"{name} {level:g} of {found['required']}"
