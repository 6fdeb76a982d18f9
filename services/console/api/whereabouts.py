"""Who looks, as their colleagues know them, and in which zone they live: asked for once in a while, for every page."""

import time
from typing import Any, NamedTuple

from services.console.calls.desk import Desk, Hole, panels, rows_of
from services.console.calls.interviews.organization import SETTINGS, USERS
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
            asked = {"users": desk.read(USERS, ids=[identity.user], limit=1), "house": desk.read(SETTINGS)}
            found = await panels(**asked)
            told, is_whole = _told(found)
            known = _KnownWhereabouts(
                now + (EVERY if is_whole else AWAY), told if is_whole or known is None else known.told
            )
            self._known = {one: of for one, of in self._known.items() if now < of.until + FORGOTTEN} | {key: known}
        return known.told


def directory_of(app: Any) -> Directory:
    """That of this process."""
    if not hasattr(app.state, "directory"):
        app.state.directory = Directory()
    directory: Directory = app.state.directory
    return directory


def _told(found: dict[str, Any]) -> tuple[Whereabouts, bool]:
    """What was answered, and whether everybody did; a refusal is an answer."""
    user = next(iter(rows_of(found["users"])), None)
    house = None if isinstance(found["house"], Hole) else found["house"]
    zones = (user and user.timezone, house and house.timezone)
    told = Whereabouts(user and user.name, house and house.name, next(filter(None, map(known_zone, zones)), None))
    return told, not any(isinstance(one, Hole) and one.refusal is None for one in found.values())
