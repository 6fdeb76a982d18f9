"""What serves: a running service as routes see it, and its health."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from shared.kit.db import Database
from shared.kit.router import Router
from shared.kit.time import Time
from shared.kit.turn import Turns
from shared.people.holdings import Holdings
from shared.settings.service import ServiceSettings

OK = "ok"


@dataclass(frozen=True)
class Health:
    """What `/ready` answers: each part by name, `ok` or the reason why it is not; never an address or a password.

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


class Serving(Protocol):
    """A running service, as HTTP needs it."""

    @property
    def name(self) -> str: ...
    @property
    def settings(self) -> ServiceSettings: ...
    @property
    def database(self) -> Database: ...
    @property
    def time(self) -> Time: ...
    @property
    def turns(self) -> Turns: ...
    @property
    def router(self) -> Router: ...
    @property
    def holdings(self) -> Holdings: ...
    @property
    def schema(self) -> str: ...

    async def health(self) -> Health: ...
    async def run_due(self) -> int: ...
    def supervised(self) -> AbstractAsyncContextManager[None]: ...
