"""A desk: one caller's place at a service. Routes read and record through it."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from shared.contracts import BY_TOPIC, CandidateMerged, Event, Saying
from shared.kit.db import Connection
from shared.kit.decode import TOLERANCE, find_future
from shared.kit.people import Pair, lock_organizations, lock_people
from shared.kit.problems import InFuture
from shared.kit.say import say

if TYPE_CHECKING:
    from shared.kit.access import Role
    from shared.kit.runtime import Runtime


class Recorded(StrEnum):
    """What recording changed."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"


class Desk:
    """Who asks, for which organisation, in which roles."""

    def __init__(self, runtime: "Runtime", organization: str, user: str, roles: Collection["Role"] = ()) -> None:
        self.runtime = runtime
        self.organization = organization
        self.user = user
        self.roles = frozenset(roles)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A transaction that sees this organisation only; committed when the block ends, before any answer."""
        async with self.runtime.database.transaction([self.organization]) as conn:
            yield conn
        self.runtime.signal(conn)

    async def now(self, conn: Connection) -> datetime:
        """The kit's time."""
        return await self.runtime.time.read(conn)

    async def record(self, conn: Connection, *events: Event, publish: bool = True) -> Recorded:
        """Save events of this organisation as facts, derive what follows, and put them into the outbox.

        The answer tells the first event's case: created, changed, or the same as before (then nothing happens).
        With `publish=False` the facts stay private to this service. Raises InFuture, as records on Kafka are parked.
        """
        now = await self.now(conn)
        for event in events:
            if place := find_future(event, now + TOLERANCE):
                raise InFuture(place)
        exclusive = any(BY_TOPIC[event.topic].exclusive for event in events)
        await lock_organizations(conn, {self.organization: exclusive})
        people = await lock_people(conn, self._named(events))
        said = await say(conn, [Saying(self.organization, event) for event in events], now, publish=publish)
        news, conn.news = conn.news, []
        await self.runtime.router.react(conn, people, news, now)
        first = next((s for s in said if s.news.topic == events[0].topic), None)
        if first is None:
            return Recorded.SAME
        return Recorded.CREATED if first.created else Recorded.CHANGED

    def _named(self, events: Collection[Event]) -> set[Pair]:
        named = {(self.organization, e.candidate_id) for e in events if e.candidate_id}
        joined = {(self.organization, c) for e in events if isinstance(e, CandidateMerged) for c in e.merged}
        return named | joined
