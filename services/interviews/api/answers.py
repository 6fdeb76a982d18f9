"""What every route that saves answers: what that changed."""

from typing import Annotated, Any

from fastapi import Query, Response

from shared.contracts import Event, Id, Value
from shared.kit.db import Connection
from shared.web.caller import Caller, Recorded

ById = Annotated[Id | None, Query()]


class Saved(Value):
    """What saving changed: `created`, `changed` or `same`."""

    recorded: Recorded


NEW: dict[int | str, dict[str, Any]] = {201: {"description": "New.", "model": Saved}}


async def save(conn: Connection, caller: Caller, event: Event, response: Response, *, publish: bool = True) -> Saved:
    """Record an event: 201 for what is new, 200 for what changed or is the same. Raises InFuture."""
    recorded = await caller.record(conn, event, publish=publish)
    response.status_code = 201 if recorded is Recorded.CREATED else 200
    return Saved(recorded=recorded)
