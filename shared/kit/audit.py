"""What auditors ask every service: who opened which candidate."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from shared.contracts import Id, Value
from shared.kit.access import Role, caller
from shared.kit.desk import Desk
from shared.kit.pages import BadCursor, Cursor, Limit, following, opened
from shared.kit.people import find_people
from shared.kit.reads import list_readings, list_readings_by, list_readings_of

routes = APIRouter(tags=["audit"])

Auditor = Annotated[Desk, Depends(caller(Role.AUDITOR, Role.ADMIN))]

_NEWEST = 2**63 - 1


class Reading(Value):
    """Somebody who opened what is known of one candidate: when, by which route, in which request."""

    at: datetime
    reader: str
    candidate: Id
    route: str
    request: str


class Readings(Value):
    """A page of the read log, the newest first."""

    items: list[Reading]
    cursor: str | None = None


@routes.get("/reads")
async def read_read_log(
    desk: Auditor,
    candidate: Annotated[Id | None, Query()] = None,
    reader: Annotated[str | None, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Readings:
    """Who opened which candidate, the newest first; a candidate under any of their ids."""
    before = _before(cursor)
    async with desk.transaction() as conn:
        if candidate:
            ids = [row[2] for row in await find_people(conn, [(desk.organization, candidate)])]
            found = await list_readings_of(conn, desk.organization, ids, reader, before, limit)
        elif reader:
            found = await list_readings_by(conn, desk.organization, reader, before, limit)
        else:
            found = await list_readings(conn, desk.organization, before, limit)
    items = [Reading(at=r.at, reader=r.reader, candidate=r.candidate, route=r.route, request=r.request) for r in found]
    return Readings(items=items, cursor=following(found, limit, lambda r: [str(r.id)]))


def _before(cursor: str | None) -> int:
    place = opened(cursor, 1)[0] or str(_NEWEST)
    if not place.isdecimal() or not place.isascii() or int(place) > _NEWEST:
        raise BadCursor
    return int(place)
