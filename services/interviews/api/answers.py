"""What every route that saves answers: what that changed."""

from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

from fastapi import Query, Response
from pydantic import Field

from shared.contracts import Event, Id
from shared.kit.turn import Turn
from shared.web.answers import Saved, answered
from shared.web.caller import Caller

ById = Annotated[Id | None, Query()]
TICK = timedelta(microseconds=1)
IN_TIME: Any = Field(
    default=None, description="Left out: now, or where what it answers to is dated later, such that it answers to that."
)


E = TypeVar("E", bound=Event)
NEW: dict[int | str, dict[str, Any]] = {201: {"description": "New.", "model": Saved}}


def undoing(now: datetime, said_at: datetime | None) -> datetime:
    """When somebody takes back what was said: now, or at its own instant, which a platform may date ahead."""
    return max(now, said_at or now)


def saying(now: datetime, undone_at: datetime | None) -> datetime:
    """When somebody says it anew: now, or behind what took it back."""
    return max(now, undone_at + TICK) if undone_at else now


def unchanged(event: E, known: E | None, *, holds: bool) -> E:
    """What holds, and is said again without an instant, is no second saying: whoever asks twice changes nothing."""
    instant = event.instants[0]
    if known is None or not holds or event.model_copy(update={instant: getattr(known, instant)}) != known:
        return event
    return known


async def save(turn: Turn, caller: Caller, event: Event, response: Response, *, publish: bool = True) -> Saved:
    """Record an event: 201 for what is new, 200 for what changed or is the same. Raises InFuture."""
    return answered(response, await caller.record(turn, event, publish=publish))
