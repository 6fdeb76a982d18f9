"""Operations: what could not be accepted, without a value of it; how services are; what became of an event."""

import asyncio
from typing import Annotated, Any

from fastapi import Depends, Form
from fastapi.responses import HTMLResponse

from services.console.api.acts import each
from services.console.api.places import Place
from services.console.api.routes import page_routes
from services.console.api.visitors import Visitor, visiting
from services.console.calls import operations
from services.console.calls.desk import CallRefused, Hole, ServiceAway, panels
from services.console.calls.route import Service

routes = page_routes()
AtOperations = Annotated[Visitor, Depends(visiting(Place.OPERATIONS))]
AT_ONCE = 200  # records a press; the rest is left for the next


@routes.get(Place.OPERATIONS)
async def show_operations(
    visitor: AtOperations, service: str = "", code: str = "", source: str = "", event: str = ""
) -> HTMLResponse:
    """What is parked; with a service and a code its records, with a source and an id what became of that event."""
    if source and event:
        return await _show(visitor, source=source.strip(), event=event.strip())
    return await _show(visitor, chosen=_chosen(service, code))


@routes.post(Place.OPERATIONS)
async def act_on_records(
    visitor: AtOperations,
    service: Annotated[str, Form()],
    code: Annotated[str, Form()],
    act: Annotated[str, Form()],
    number: Annotated[str, Form()] = "",
    record: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """Try one, or all of a code, again; or discard all of a code, once their number is typed."""
    chosen = _chosen(service, code)
    if chosen is None or act not in ("redrive", "discard"):
        return await _show(visitor)
    found = (await visitor.desk.read(operations.RECORDS[chosen[0]], code=code, limit=AT_ONCE)).items
    parked = [one.record for one in found if one.state == "parked"]
    if act == "discard" and number.strip() != str(len(parked)):
        return await _show(visitor, chosen=chosen, wrong=len(parked))
    wanted = [one for one in parked if str(one) == record] if record else parked
    routes_of = operations.REDRIVE if act == "redrive" else operations.DISCARD
    told = await each(visitor.desk.change(routes_of[chosen[0]], record=one) for one in wanted)
    done = sum(not isinstance(one, Hole) for one in told)  # others were accepted, or are gone, meanwhile
    return await _show(visitor, chosen=chosen, done=(act, done, len(wanted) - done))


def _chosen(service: str, code: str) -> tuple[Service, str] | None:
    return next(((one, code) for one in operations.SERVICES if one == service and code), None)


async def _show(
    visitor: Visitor, *, chosen: tuple[Service, str] | None = None, source: str = "", event: str = "", **said: Any
) -> HTMLResponse:
    desk, services = visitor.desk, operations.SERVICES
    parked = await panels(**{s: desk.read(operations.PARKED[s], limit=AT_ONCE) for s in services})
    records, events, health = None, {}, {}
    if chosen:
        asked = desk.read(operations.RECORDS[chosen[0]], code=chosen[1], limit=AT_ONCE)
        records = (await panels(records=asked))["records"]
    elif source and event:
        events = await panels(**{s: desk.read(operations.EVENT[s], source=source, event=event) for s in services})
    else:
        health = dict(zip(services, await asyncio.gather(*(_health(visitor, s) for s in services)), strict=True))
    return visitor.show(
        "operations.html", place=Place.OPERATIONS, parked=parked, records=records, chosen=chosen, events=events,
        health=health, source=source, event=event, known=[e for e in events.values() if not isinstance(e, Hole)],
        **{"done": None, "wrong": None, **said},
    )  # fmt: skip


async def _health(visitor: Visitor, service: Service) -> tuple[str, dict[str, str]]:
    """Whether it is ready, and what its parts say."""
    try:
        told = (await visitor.desk.fetch(operations.READY[service], also=[503])).json()
    except (ServiceAway, CallRefused, ValueError):  # a proxy's page is no answer of it
        return "away", {}
    parts = told.get("parts", {})
    return ("ready" if told.get("ready") else "not-ready"), {str(name): str(state) for name, state in parts.items()}
