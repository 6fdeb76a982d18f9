"""Who looks, as their colleagues know them, and in which zone they live: asked for once in a while, for every page."""

import time
from typing import Any, NamedTuple

from services.console.calls.desk import Desk, Hole, panel
from services.console.calls.interviews.organization import MYSELF, KnownMyself
from services.console.domain.preferences import known_zone
from shared.web.access import TokenIdentity

EVERY = 300.0  # seconds
AWAY = 15.0  # seconds, until somebody who did not answer is asked again
FORGOTTEN = 3600.0  # seconds after that, of whoever looks no more


class Whereabouts(NamedTuple):
    """What people call them and their organisation, and their zone: the house's where nobody said their own."""

    name: str | None = None
    house: str | None = None
    zone: str | None = None


class _KnownWhereabouts(NamedTuple):
    until: float
    told: Whereabouts


class Directory:
    """What this process knows of those who look."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], _KnownWhereabouts] = {}

    async def of(self, identity: TokenIdentity, desk: Desk) -> Whereabouts:
        """Them; what was known last where nobody answers."""
        key = (identity.organization, identity.user)
        known, now = self._known.get(key), time.monotonic()
        if known is None or now > known.until:
            found = await panel(desk.read(MYSELF))
            if isinstance(found, Hole):
                known = _KnownWhereabouts(now + AWAY, known.told if known else Whereabouts())
            else:
                known = _KnownWhereabouts(now + EVERY, _told(found))
            self._known = {one: of for one, of in self._known.items() if now < of.until + FORGOTTEN} | {key: known}
        return known.told


def directory_of(app: Any) -> Directory:
    """That of this process."""
    if not hasattr(app.state, "directory"):
        app.state.directory = Directory()
    directory: Directory = app.state.directory
    return directory


def _told(found: KnownMyself) -> Whereabouts:
    zones = map(known_zone, (found.timezone, found.organization_timezone))
    return Whereabouts(found.name, found.organization, next(filter(None, zones), None))
