"""Erasure: who asked for it, what holds it, and which service has done it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Response
from pydantic import Field

from services.candidates.api.callers import AnId, CandidateNotFound, Reader, Writer
from services.candidates.sql.keeping import ErasureProgress, load_progress
from services.candidates.sql.people import find_known, load_person
from shared.contracts import (
    CANDIDATES,
    INSIGHTS,
    INTERVIEWS,
    NOTIFICATIONS,
    ErasureRequested,
    Id,
    Instant,
    RequestedBy,
    Value,
)
from shared.kit.db import Connection
from shared.web.answers import Saved, answered
from shared.web.bodies import Routes, event_of
from shared.web.caller import Caller, Recorded

routes = Routes(tags=["people"])

SERVICES = (INTERVIEWS, CANDIDATES, NOTIFICATIONS, INSIGHTS)


class AskedBy(StrEnum):
    """Who asks; the organisation's own retention asks by itself."""

    CANDIDATE = RequestedBy.CANDIDATE
    PLATFORM = RequestedBy.PLATFORM


class Request(Value):
    """Somebody is to be forgotten."""

    requested_at: Instant
    by: AskedBy


class State(StrEnum):
    """How far it is. `restricted`: auditors only, for the day in which a candidate may object, or by a legal hold."""

    NONE = "none"
    RESTRICTED = "restricted"
    ERASING = "erasing"
    ERASED = "erased"


class Erasure(Value):
    """How far the erasure of one person is. `held_until`: when it is carried out; `receipts`: done when, by service."""

    candidate: Id
    state: State
    requested_at: datetime | None = None
    by: RequestedBy | None = None
    held_until: datetime | None = None
    erased_at: datetime | None = None
    receipts: Annotated[dict[str, datetime], Field(default_factory=dict)]


@routes.put("/candidates/{candidate}/erasure", responses={201: {"description": "Asked for.", "model": Saved}})
async def request_erasure(candidate: AnId, request: Request, response: Response, caller: Writer) -> Saved:
    """Ask for somebody, by any of their ids, to be erased in every service. They are restricted at once.

    Erased at once for a platform, a day later where the candidate asked (they are written to first), or when a legal
    hold ends.
    What was asked for before an erasure that is done is done.
    """
    event = event_of(ErasureRequested, request, candidate)
    async with caller.turn() as turn:
        known = await _progress(turn.conn, caller, candidate)
        caller.check_digest(known)
        is_done = known.erased_at is not None and request.requested_at <= known.erased_at
        recorded = Recorded.SAME if is_done else await caller.record(turn, event)
        caller.show_digest(await _progress(turn.conn, caller, candidate))
    return answered(response, recorded)


@routes.get("/candidates/{candidate}/erasure")
async def read_erasure(candidate: AnId, caller: Reader) -> Erasure:
    """Whether somebody is held, being erased or erased, with a receipt of each service."""
    async with caller.turn() as turn:
        shown = await _progress(turn.conn, caller, candidate)
        await caller.note_reading(turn, [candidate], even_restricted=True)
    caller.show_digest(shown)
    return shown


async def _progress(conn: Connection, caller: Caller, candidate: str) -> Erasure:
    found = await load_progress(conn, await load_person(conn, caller.organization, candidate))
    if found.erased_at is None and not await find_known(conn, caller.organization, candidate):
        raise CandidateNotFound("Nobody of this id is known.")
    return Erasure(
        candidate=candidate,
        state=_state(found),
        requested_at=found.requested_at,
        by=RequestedBy(found.by) if found.by else None,
        held_until=found.due_at,
        erased_at=found.erased_at,
        receipts=found.receipts,
    )


def _state(found: ErasureProgress) -> State:
    if found.requested_at:
        return State.RESTRICTED
    if found.erased_at is None:
        return State.NONE
    done = [s for s in SERVICES if s in found.receipts and found.receipts[s] >= found.erased_at]
    return State.ERASED if len(done) == len(SERVICES) else State.ERASING
