"""A whole service without Kafka: a route, a clock, a database."""

from typing import Annotated

from fastapi import Depends

from shared.kit.clock import DueWork
from shared.kit.router import Router
from shared.kit.turn import Turn
from shared.people.holdings import NOTHING
from shared.running.start import Service, run
from shared.settings.service import ServiceSettings
from shared.web.access import signed_in
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.roles import Role

schedule = DueWork()
routes = Routes(tags=["ticks"])

SERVICE = Service("standalone", ServiceSettings, Router(), schedule, [routes], NOTHING)
TABLE = "CREATE TABLE ticks (at timestamptz NOT NULL); GRANT SELECT, INSERT ON ticks TO standalone"


@schedule.every(seconds=1, once_read=True)
async def tick(turn: Turn) -> int:
    """Note that the clock runs."""
    await turn.conn.execute("INSERT INTO ticks (at) VALUES ($1)", turn.now)
    return 0


@routes.get("/ticks")
async def count_ticks(caller: Annotated[Caller, Depends(signed_in(Role.ADMIN))]) -> int:
    """How often it ran."""
    async with caller.turn() as turn:
        return int(await turn.conn.fetchval("SELECT count(*) FROM ticks"))


if __name__ == "__main__":
    run(SERVICE)
