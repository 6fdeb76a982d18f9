"""What has to be written so that what is kept is what holds.

Not one of the kit's derived tables: most news leaves most of these rows as they are, and reading them is cheaper than
having the database compare and lock them (docs/decisions/064).
"""

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from services.interviews.domain.applications import Application
from services.interviews.domain.interviews import Interview
from services.interviews.domain.jobs import JobStatus

State = TypeVar("State", Interview, Application, JobStatus)


class Differences(NamedTuple, Generic[State]):
    """What has to be written so that what is kept is what holds."""

    changed: list[State]
    gone: list[State]


def differences(kept: Iterable[State], holds: Iterable[State]) -> Differences[State]:
    """Compare what is kept with what holds now."""
    before = {state.key: state for state in kept}
    now = {state.key: state for state in holds}
    changed = [state for key, state in now.items() if before.get(key) != state]
    return Differences(changed, [state for key, state in before.items() if key not in now])
