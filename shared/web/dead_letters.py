"""Records that could not be accepted, for the admins of the organisation they name: why, never what stood in them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from shared.contracts import Value
from shared.kit.dead_letters import CODES, State, set_state
from shared.kit.parked_records import OwnRecord, count_parked_of, find_parked_of, find_record_of
from shared.web.access import signed_in
from shared.web.caller import Caller
from shared.web.cursors import BadCursor, Cursor, Limit, Page, following, opened
from shared.web.problems import Conflict, NotFound
from shared.web.roles import Role

routes = APIRouter(tags=["operations"])

Admin = Annotated[Caller, Depends(signed_in(Role.ADMIN))]
RecordId = Annotated[int, Path(ge=1, le=2**63 - 1)]
ByCode = Annotated[str | None, Query(pattern=f"^({'|'.join(sorted(CODES))})$")]
_NEWEST = 2**63 - 1


class ParkedCount(Value):
    """How many records of one source are parked for one reason."""

    code: str
    topic: str
    field: str | None
    source: str | None
    parked: int


class ParkedRecord(Value):
    """One record that could not be accepted: why, and where it lies in the log."""

    record: int
    topic: str
    partition: int
    offset: int
    code: str
    field: str | None
    detail: str
    event: str | None
    source: str | None
    attempts: int
    first_at: datetime
    last_at: datetime
    state: State


class RecordNotFound(NotFound):
    """No record of this organisation has this number here."""

    code = "dead-letter-not-found"


class RecordAccepted(Conflict):
    """It was tried again, and accepted."""

    code = "dead-letter-accepted"


@routes.get("/dead-letters/summary")
async def count_dead_letters(caller: Admin, cursor: Cursor = None, limit: Limit = 50) -> Page[ParkedCount]:
    """How many of the organisation's records are parked: by reason, topic, field and source, in that order."""
    code, topic, field, source = opened(cursor, 4)
    async with caller.turn() as turn:
        found = await count_parked_of(turn.conn, caller.organization, (code, topic, field, source), limit)
    return Page(
        items=[ParkedCount(**count._asdict()) for count in found],
        cursor=following(found, limit, lambda c: [c.code, c.topic, c.field or "", c.source or ""]),
    )


@routes.get("/dead-letters")
async def read_dead_letters(
    caller: Admin, code: ByCode = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[ParkedRecord]:
    """The organisation's parked records, the newest first. What stood in them is not told here."""
    before = opened(cursor, 1)[0] or str(_NEWEST)
    if not (before.isascii() and before.isdecimal()) or int(before) > _NEWEST:
        raise BadCursor
    async with caller.turn() as turn:
        found = await find_parked_of(turn.conn, caller.organization, code, int(before), limit)
    items = [ParkedRecord(**record._asdict()) for record in found]
    return Page(items=items, cursor=following(found, limit, lambda record: [str(record.record)]))


@routes.put("/dead-letters/{record}/redriving")
async def redrive(record: RecordId, caller: Admin) -> ParkedRecord:
    """Try it again, as it was sent: it is accepted, or parked anew. Also what was discarded, as long as it is kept."""
    return await _decide(record, caller, State.REDRIVING)


@routes.put("/dead-letters/{record}/discarding")
async def discard(record: RecordId, caller: Admin) -> ParkedRecord:
    """Let it be: it is not told of any more, and deleted with the others of its age."""
    return await _decide(record, caller, State.DISCARDED)


async def _decide(record: int, caller: Caller, state: State) -> ParkedRecord:
    async with caller.turn() as turn:
        known = await find_record_of(turn.conn, caller.organization, record)
        if known is None:
            raise RecordNotFound("There is no dead letter of this number.")
        caller.check_digest(_shown(known))
        if known.state == State.REDRIVEN:
            raise RecordAccepted("It was tried again, and accepted.")
        await set_state(turn.conn, [record], state)
    shown = _shown(known._replace(state=state))
    caller.show_digest(shown)
    return shown


def _shown(record: OwnRecord) -> ParkedRecord:
    return ParkedRecord(**record._asdict())
