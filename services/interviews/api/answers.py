"""What every route that saves answers: what that changed."""

from typing import Annotated, Any

from fastapi import Query, Response

from shared.contracts import Event, Id
from shared.kit.turn import Turn
from shared.web.answers import Saved, answered
from shared.web.caller import Caller

ById = Annotated[Id | None, Query()]


NEW: dict[int | str, dict[str, Any]] = {201: {"description": "New.", "model": Saved}}


async def save(turn: Turn, caller: Caller, event: Event, response: Response, *, publish: bool = True) -> Saved:
    """Record an event: 201 for what is new, 200 for what changed or is the same. Raises InFuture."""
    return answered(response, await caller.record(turn, event, publish=publish))
