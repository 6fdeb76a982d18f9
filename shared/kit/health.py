"""Health: which parts of a service make progress. Reasons name kinds of trouble, never addresses or passwords."""

from collections.abc import Mapping
from dataclasses import dataclass, field

OK = "ok"


@dataclass(frozen=True)
class Health:
    """What `/ready` answers: each part by name, `ok` or the reason why it is not."""

    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        """Every part is `ok`."""
        return all(state == OK for state in self.parts.values())
