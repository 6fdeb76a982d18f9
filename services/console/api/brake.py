"""The brake as every page shows it: asked for at most once in a while, for everybody of an organisation."""

import asyncio
import time
from typing import Any, NamedTuple

from services.console.calls.desk import CallRefused, Desk, ServiceAway
from services.console.calls.notifications.work import BRAKE, Braked
from shared.web.access import TokenIdentity
from shared.web.roles import READERS, Role

EVERY = 15.0  # seconds
LONGEST = 0.5  # no page waits longer for it
PULLERS = frozenset({Role.ADMIN})


class _KnownBrake(NamedTuple):
    asked: float
    brake: Braked | None


class Brakes:
    """What this process knows of brakes, by organisation."""

    def __init__(self) -> None:
        self._known: dict[str, _KnownBrake] = {}

    def note(self, organization: str, brake: Braked | None) -> None:
        """It is so from now on."""
        self._known[organization] = _KnownBrake(time.monotonic(), brake)

    async def of(self, identity: TokenIdentity, desk: Desk) -> Braked | None:
        """Whether letters are held back; what was known last where nobody can be asked."""
        known = self._known.get(identity.organization)
        if identity.roles & {*READERS} and (known is None or time.monotonic() - known.asked > EVERY):
            before = known.brake if known else None
            self.note(identity.organization, before)  # others do not ask meanwhile
            self.note(identity.organization, await _ask(desk) or before)
        known = self._known.get(identity.organization)
        return known.brake if known else None


def brakes_of(app: Any) -> Brakes:
    """Those of this process."""
    if not hasattr(app.state, "brakes"):
        app.state.brakes = Brakes()
    brakes: Brakes = app.state.brakes
    return brakes


async def _ask(desk: Desk) -> Braked | None:
    try:
        return await asyncio.wait_for(desk.read(BRAKE), LONGEST)
    except (TimeoutError, ServiceAway, CallRefused):
        return None
