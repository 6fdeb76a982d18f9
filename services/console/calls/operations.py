"""What the console asks of every service in the same way: what is parked, how it is, what became of an event."""

from datetime import datetime
from typing import Final, get_args

from services.console.calls.route import Listed, Service, Told, reading, writing

SERVICES: Final[tuple[Service, ...]] = get_args(Service)


class ParkedCount(Told):
    """How many records of one source are parked for one reason."""

    code: str
    topic: str
    field: str | None = None
    source: str | None = None
    parked: int


class ParkedRecord(Told):
    """One record that could not be accepted; what stood in it is not told."""

    record: int
    topic: str
    code: str
    field: str | None = None
    event: str | None = None
    source: str | None = None
    attempts: int
    last_at: datetime
    state: str


class Effect(Told):
    """What became of an event."""

    source: str
    event: str
    state: str
    topic: str
    received_at: datetime
    code: str | None = None


class KnownEvent(Effect):
    """The same, and what it caused."""

    effects: tuple[Effect, ...] = ()


PARKED = {s: reading(s, "/dead-letters/summary", Listed[ParkedCount], "limit", "cursor") for s in SERVICES}
RECORDS = {s: reading(s, "/dead-letters", Listed[ParkedRecord], "code", "limit", "cursor") for s in SERVICES}
REDRIVE = {s: writing(s, "/dead-letters/{record}/redriving", ParkedRecord) for s in SERVICES}
DISCARD = {s: writing(s, "/dead-letters/{record}/discarding", ParkedRecord) for s in SERVICES}
READY = {s: reading(s, "/ready", Told) for s in SERVICES}
EVENT = {s: reading(s, "/events/{source}/{event}", KnownEvent) for s in SERVICES}
