"""Merges: which other ids one person was also known by."""

from typing import Annotated

from fastapi import Response
from pydantic import Field

from services.candidates.api.callers import AnId, CandidateNotFound, Reader, Writer
from services.candidates.sql.people import find_known, load_merge, load_person
from shared.contracts import CandidateMerged, Id, Instant, Value
from shared.web.answers import Saved, answered
from shared.web.bodies import Routes, event_of
from shared.web.problems import NotFound

routes = Routes(tags=["people"])


class MergeNotFound(NotFound):
    """Nobody was ever merged into this id."""

    code = "merge-not-found"


class Merge(Value):
    """Every id that this one stands for since `merged_at`; none undoes the merge."""

    merged: Annotated[tuple[Id, ...], Field(max_length=50)]
    merged_at: Instant


class KnownMerge(Merge):
    """The newest list said of `surviving`; `person` and `ids`: who it is now, other merges followed."""

    surviving: Id
    person: Id
    ids: list[Id]


@routes.put("/candidates/{candidate}/merge", responses={201: {"description": "New.", "model": Saved}})
async def merge_candidates(candidate: AnId, merge: Merge, response: Response, caller: Writer) -> Saved:
    """Let this id stand for others: the whole list, each time. What they were told and agreed to follows them.

    An empty list undoes it: everybody has their own again. 404 for an id that nobody is known by.
    """
    event = event_of(CandidateMerged, merge, candidate)
    async with caller.turn() as turn:
        for one in (candidate, *merge.merged):
            if not await find_known(turn.conn, caller.organization, one):
                raise CandidateNotFound("Register everybody first who is to be merged.")
        recorded = await caller.record(turn, event)
    return answered(response, recorded)


@routes.get("/candidates/{candidate}/merge")
async def read_merge(candidate: AnId, caller: Reader) -> KnownMerge:
    """Whom this id stands for, as it was last said, and everyone that makes one person."""
    async with caller.turn() as turn:
        merge = await load_merge(turn.conn, caller.organization, candidate)
        if merge is None:
            raise MergeNotFound("Nobody was merged into this id.")
        people = await load_person(turn.conn, caller.organization, candidate)
        await caller.show_version(turn.conn, CandidateMerged, candidate)
        await caller.note_reading(turn, [candidate])
    return KnownMerge.model_validate({**merge, "person": people.pairs[0][1], "ids": people.ids[1]})
