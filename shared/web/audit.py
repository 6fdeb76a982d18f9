"""What is asked of every service: who opened which candidate, everything about one person, what became of an event."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response
from pydantic import Field

from shared.contracts import Id, Value
from shared.contracts.links import EXPORT
from shared.kit.people import find_ids
from shared.kit.trace import EventState, TracedEvent, find_effects, find_events
from shared.people.export import WITHHELD, Export, ExportItem, export
from shared.people.read_log import list_readings, list_readings_by, list_readings_of
from shared.web.access import signed_in
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.cursors import BadCursor, Cursor, Limit, Page, following, opened
from shared.web.links import LinkRefused, Token
from shared.web.problems import Gone, NotFound
from shared.web.roles import READERS, Role
from shared.web.visits import visiting

routes = Routes(tags=["audit"])

Reader = Annotated[Caller, Depends(signed_in(*READERS))]
Exporter = Annotated[Caller, Depends(signed_in(Role.ADMIN, Role.AUDITOR, Role.INTEGRATION))]
Auditor = Annotated[Caller, Depends(signed_in(Role.AUDITOR, Role.ADMIN))]

PRIVATE = "an interviewer's private note"
ELSEWHERE = "shown by the service that says it, which knows whom to mask"
_ORDER = (EventState.STORED, EventState.PARKED, EventState.SUPERSEDED, EventState.IGNORED)
_NEWEST = 2**63 - 1


class Reading(Value):
    """Somebody who opened what is known of one candidate: when, by which route, in which request."""

    at: datetime
    reader: str
    candidate: Id
    route: str
    request: str


class Effect(Value):
    """One event as it is known here."""

    source: str
    event: str
    state: EventState
    topic: str
    fact: str | None
    time: datetime | None
    received_at: datetime
    cause: str | None
    code: str | None
    field: str | None


class KnownEvent(Effect):
    """What became of an event: `code` and `field` tell why it is parked, `effects` what was said because of it."""

    effects: list[Effect]


class ExportedFact(Value):
    """One fact as it is held; `withheld` instead of a body: why it is not shown here."""

    topic: str
    fact: str
    time: datetime
    source: str
    historical: bool
    body: dict[str, Any] | None
    withheld: str | None = None


class Opened(Value):
    """Somebody of the organisation opened what is held, by which route."""

    at: datetime
    route: str


class Exported(Value):
    """Everything one service holds about one person."""

    service: str
    ids: list[Id]
    facts: list[ExportedFact]
    held: dict[str, list[dict[str, Any]]] = Field(description="By table what is kept beside facts.")
    opened: list[Opened]


class PersonUnknown(NotFound):
    """Nobody of this id is known here."""

    code = "candidate-not-found"


class LinkExpired(Gone):
    """The link worked for a limited time."""

    code = "link-expired"


class EventUnknown(NotFound):
    """We can not tell these cases apart."""

    code = "event-unknown"
    detail = (
        "No event of this source and id is known here: it never came, it was replaced or ignored more than 30 days "
        "ago, its person was erased, or this service does not listen to its topic."
    )


@routes.get("/reads")
async def read_read_log(
    caller: Auditor,
    candidate: Annotated[Id | None, Query()] = None,
    reader: Annotated[str | None, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Reading]:
    """Who opened which candidate, the newest first; a candidate under any of their ids."""
    before = _before(cursor)
    async with caller.turn() as turn:
        if candidate:
            ids = await find_ids(turn.conn, caller.organization, candidate)
            found = await list_readings_of(turn.conn, caller.organization, ids, reader, before, limit)
        elif reader:
            found = await list_readings_by(turn.conn, caller.organization, reader, before, limit)
        else:
            found = await list_readings(turn.conn, caller.organization, before, limit)
        visible = await caller.visible(turn.conn, found)
    items = [
        Reading(at=r.at, reader=r.reader, candidate=r.candidate, route=r.route, request=r.request) for r in visible
    ]
    return Page(items=items, cursor=following(found, limit, lambda r: [str(r.id)]))


@routes.get("/candidates/{candidate}/export")
async def export_candidate(candidate: Annotated[Id, Path()], caller: Exporter) -> Exported:
    """Everything this service holds about somebody, by any of their ids, with others masked: for an access request."""
    async with caller.turn() as turn:
        found = await export(turn.conn, caller.runtime.holdings, caller.organization, candidate)
        if not found.facts:
            raise PersonUnknown("Nobody of this id is known here.")
        await caller.note_reading(turn, [candidate])
    return exported(caller.runtime.name, found)


@routes.get(EXPORT.route, response_class=Response, responses={200: {"content": {"application/json": {}}}})
async def export_oneself(token: Token, request: Request) -> Response:
    """The same for whoever it is about, by the signed link on their page: a file to keep."""
    service = request.app.state.runtime
    try:
        async with visiting(request, EXPORT, token) as visit:
            found = await export(visit.turn.conn, service.holdings, visit.organization, *visit.about)
    except LinkRefused as refused:
        raise (LinkExpired if refused.code == "link-expired" else PersonUnknown)("This link does not open.") from None
    if not found.facts:
        raise PersonUnknown("Nobody of this id is known here.")
    name = f"attachment; filename=talentloop-{service.name}.json"
    whole = exported(service.name, found).model_dump_json(indent=2)
    return Response(whole, media_type="application/json", headers={"Content-Disposition": name})


@routes.get("/events/{source:path}/{event}")
async def read_event(
    source: Annotated[str, Path(min_length=1, max_length=200)],
    event: Annotated[str, Path(min_length=1, max_length=200)],
    caller: Reader,
) -> KnownEvent:
    """What became of one event here, by its `ce_source` and `ce_id`, and what it caused.

    Slashes in either may be written as they are.
    """
    names = set(_splits(f"{source}/{event}"))
    async with caller.turn() as turn:
        ids = [name for _, name in names]
        named = [e for e in await find_events(turn.conn, caller.organization, ids) if (e.source, e.event) in names]
        found = await caller.visible(turn.conn, named)
        if not found:
            raise EventUnknown
        known = min(found, key=lambda e: _ORDER.index(e.state))
        effects = await caller.visible(turn.conn, await find_effects(turn.conn, caller.organization, [known.event]))
    return KnownEvent(**_shown(known), effects=[Effect(**_shown(e)) for e in effects])


def _withheld(item: ExportItem) -> str | None:
    if item.body is not None:
        return None
    return PRIVATE if item.topic in WITHHELD else ELSEWHERE


def exported(service: str, found: Export) -> Exported:
    """An export as it is answered."""
    return Exported(
        service=service,
        ids=found.ids,
        facts=[ExportedFact.model_validate(item._asdict() | {"withheld": _withheld(item)}) for item in found.facts],
        held={table: rows for table, rows in found.held.items() if rows},
        opened=[Opened(at=at, route=route) for at, route in found.opened],
    )


def _splits(path: str) -> Iterator[tuple[str, str]]:
    """Every source and id that an address may mean."""
    steps = path.split("/")
    for place in range(1, len(steps)):
        yield "/".join(steps[:place]), "/".join(steps[place:])


def _shown(known: TracedEvent) -> dict[str, Any]:
    return {name: value for name, value in known._asdict().items() if name not in {"organization", "body", "candidate"}}


def _before(cursor: str | None) -> int:
    place = opened(cursor, 1)[0] or str(_NEWEST)
    if not place.isdecimal() or not place.isascii() or int(place) > _NEWEST:
        raise BadCursor
    return int(place)
