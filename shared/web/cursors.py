"""Pages of a list: a cursor names the last row of the page before, so that no page is slower than the first."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Query

from shared.contracts import EARLIEST, Value
from shared.web.problems import Unprocessable

Item = TypeVar("Item")

LARGEST_PAGE = 200

Cursor = Annotated[str | None, Query(max_length=600, description="`cursor` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]


class Page(Value, Generic[Item]):
    """A page of a list; `cursor` leads to the next one and is null on the last."""

    items: list[Item]
    cursor: str | None = None


class BadCursor(Unprocessable):
    """The cursor is not one of ours."""

    code = "cursor-invalid"

    def __init__(self) -> None:
        super().__init__("Use the cursor of the page before.")


def following(items: Sequence[Item], limit: int, place: Callable[[Item], Sequence[str]]) -> str | None:
    """The cursor behind the last item of a full page; None when there can be no more."""
    return None if len(items) < limit else cursor_after(place(items[-1]))


def cursor_after(place: Sequence[str]) -> str:
    """The cursor behind a place."""
    return base64.urlsafe_b64encode(json.dumps(list(place)).encode()).decode()


def opened(cursor: str | None, parts: int) -> list[str]:
    """Where a cursor points, as so many strings: empty ones without a cursor. Raises BadCursor."""
    if cursor is None:
        return [""] * parts
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError, RecursionError):
        raise BadCursor from None
    if not isinstance(place, list) or len(place) != parts or not all(_is_text(part) for part in place):
        raise BadCursor
    return place


def opened_at(cursor: str | None, parts: int) -> tuple[datetime, list[str]]:
    """The same for lists in the order of time: the instant first, long ago without a cursor. Raises BadCursor."""
    at, *rest = opened(cursor, parts + 1)
    if not at:
        return EARLIEST, rest
    try:
        return datetime.fromisoformat(at).astimezone(UTC), rest
    except (ValueError, OverflowError):
        raise BadCursor from None


def _is_text(part: object) -> bool:
    return isinstance(part, str) and part.isprintable()
