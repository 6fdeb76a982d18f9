"""The brake: every letter of the organisation is held back, or leaves at its hour."""

from datetime import datetime

from services.notifications.api.callers import Admin, Reader
from services.notifications.sql.pauses import find_pause, pause, resume
from shared.contracts import Flag, Value
from shared.kit.db import Connection
from shared.kit.people import lock_organizations
from shared.web.bodies import Routes
from shared.web.caller import Caller

routes = Routes(tags=["work"])


class Brake(Value):
    """True holds every letter of the organisation back."""

    paused: Flag


class Braked(Brake):
    """How it stands."""

    since: datetime | None = None


@routes.get("/outreach/pause")
async def read_pause(caller: Reader) -> Braked:
    """Whether every letter of the organisation is held back, and since when."""
    async with caller.turn() as turn:
        braked = await _braked(turn.conn, caller)
    caller.show_digest(braked)
    return braked


@routes.put("/outreach/pause")
async def pause_outreach(brake: Brake, caller: Admin) -> Braked:
    """Hold every letter back from now on, or let them go again. Letters already at the mail server are gone."""
    async with caller.turn() as turn:
        await lock_organizations(turn.conn, {caller.organization: True})
        caller.check_digest(await _braked(turn.conn, caller))
        if brake.paused:
            await pause(turn.conn, caller.organization, caller.user, turn.now)
        else:
            await resume(turn.conn, caller.organization)
        braked = await _braked(turn.conn, caller)
    caller.show_digest(braked)
    return braked


async def _braked(conn: Connection, caller: Caller) -> Braked:
    since = await find_pause(conn, caller.organization)
    return Braked(paused=since is not None, since=since)
