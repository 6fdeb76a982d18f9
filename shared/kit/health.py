"""Health: which parts of a service make progress. Reasons name kinds of trouble, never addresses or passwords."""

from collections.abc import Mapping
from dataclasses import dataclass, field

OK = "ok"


@dataclass(frozen=True)
class Health:
    """What `/ready` answers: each part by name, `ok` or the reason why it is not.

    A part that waits for the backlog is named with what is left of it; that is progress, and does not make it unready.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    waiting: Mapping[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Every part is `ok`."""
        return all(state == OK for state in self.parts.values())

    @property
    def told(self) -> Mapping[str, str]:
        """Every part with its state, or with what it waits for."""
        return {**self.parts, **{part: reason for part, reason in self.waiting.items() if self.parts.get(part) == OK}}
