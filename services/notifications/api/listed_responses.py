"""What a candidate answered to letters, or asked for: the wishes of one person, in order."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from services.notifications.api.callers import Reader
from services.notifications.sql.listed_responses import ListedResponse, ResponseSearch, load_responses
from services.notifications.sql.readers import find_known
from shared.contracts import Code, Id, ResponseKind, Text, Value
from shared.kit.people import find_ids
from shared.web.bodies import Routes
from shared.web.cursors import Cursor, Limit, Page, following, opened_at

routes = Routes(tags=["letters"])


class Response(Value):
    """One answer or wish. What they rated is not told of one person: ratings are shown in fives."""

    response: Id
    candidate: Id
    kind: ResponseKind
    responded_at: datetime
    until: datetime | None
    letter: Id | None
    match: Id | None
    via: Code | None
    text: Text | None = Field(description="What they wrote to what they ask a person for.")


@routes.get("/responses")
async def read_responses(
    caller: Reader,
    candidate: Annotated[Id, Query()],
    kind: ResponseKind | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Response]:
    """What somebody answered or asked for, under any of their ids, in the order in which they did."""
    at, (after,) = opened_at(cursor, 1)
    async with caller.turn() as turn:
        ids = await find_ids(turn.conn, caller.organization, candidate)
        found = await load_responses(turn.conn, caller.organization, ResponseSearch(ids, kind, (at, after), limit))
        if await find_known(turn.conn, caller.organization, candidate):
            await caller.note_reading(turn, [candidate])
    return Page(items=[Response(**said._asdict()) for said in found], cursor=following(found, limit, _place))


def _place(said: ListedResponse) -> list[str]:
    return [said.responded_at.isoformat(), said.response]
