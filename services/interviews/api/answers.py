"""The shapes that every route answers in: what saving changed, and pages with a cursor."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query, Response
from pydantic import Field

from shared.contracts import Event, Id, Value
from shared.kit.db import Connection
from shared.kit.desk import Desk, Recorded
from shared.kit.problems import Unprocessable

Item = TypeVar("Item")

Cursor = Annotated[str | None, Query(max_length=600, description="`cursor` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200)]
ById = Annotated[Id | None, Query()]


class BadCursor(Unprocessable):
    """The cursor is not one of ours."""

    code = "cursor-invalid"


class Saved(Value):
    """What saving changed: `created`, `changed` or `same`."""

    recorded: Recorded


class Page(Value, Generic[Item]):
    """A page; `cursor` leads to the next one and is null on the last."""

    items: list[Item]
    cursor: str | None = Field(default=None)


NEW: dict[int | str, dict[str, Any]] = {201: {"description": "New.", "model": Saved}}


async def save(conn: Connection, desk: Desk, event: Event, response: Response) -> Saved:
    """Record an event: 201 for what is new, 200 for what changed or is the same. Raises InFuture."""
    recorded = await desk.record(conn, event)
    response.status_code = 201 if recorded is Recorded.CREATED else 200
    return Saved(recorded=recorded)


def following(items: Sequence[Item], limit: int, place: Callable[[Item], Sequence[str]]) -> str | None:
    """The cursor behind the last item of a full page; None when there can be no more."""
    if len(items) < limit:
        return None
    return base64.urlsafe_b64encode(json.dumps(place(items[-1])).encode()).decode()


def opened(cursor: str | None, parts: int) -> list[str]:
    """Where a cursor points, as so many strings: empty ones without a cursor. Raises BadCursor."""
    if cursor is None:
        return [""] * parts
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError, RecursionError):
        raise BadCursor("Use the cursor of the page before.") from None
    if not isinstance(place, list) or len(place) != parts or not all(_is_text(part) for part in place):
        raise BadCursor("Use the cursor of the page before.")
    return place


def _is_text(part: object) -> bool:
    return isinstance(part, str) and part.isprintable()
