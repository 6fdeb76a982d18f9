"""The shapes that every route answers in: what saving changed, and pages."""

from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query, Response
from pydantic import Field

from shared.contracts import Event, Id, Value
from shared.kit.db import Connection
from shared.kit.desk import Desk, Recorded

Item = TypeVar("Item")

ById = Annotated[Id | None, Query()]


class Saved(Value):
    """What saving changed: `created`, `changed` or `same`."""

    recorded: Recorded


class Page(Value, Generic[Item]):
    """A page; `cursor` leads to the next one and is null on the last."""

    items: list[Item]
    cursor: str | None = Field(default=None)


NEW: dict[int | str, dict[str, Any]] = {201: {"description": "New.", "model": Saved}}


async def save(conn: Connection, desk: Desk, event: Event, response: Response, *, publish: bool = True) -> Saved:
    """Record an event: 201 for what is new, 200 for what changed or is the same. Raises InFuture."""
    recorded = await desk.record(conn, event, publish=publish)
    response.status_code = 201 if recorded is Recorded.CREATED else 200
    return Saved(recorded=recorded)
