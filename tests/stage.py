"""A stage: one service on a real database. What is delivered here takes the way of a batch, only Kafka is absent."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from local.databases import Addresses
from shared.contracts import Event
from shared.kit.clock import Clock, DueWork
from shared.kit.db import EVERYONE, Database
from shared.kit.dead_letters import ConsumedRecord
from shared.kit.drain import Drain
from shared.kit.inbox import Inbox
from shared.kit.router import Router
from shared.kit.time import Time
from shared.kit.turn import Turns
from shared.running.start import Service
from tests.databases import opened
from tests.heard import Heard, Log

HASH_KEY = "h" * 32


class Stage:
    """One service, one database. The clock is moved by hand."""

    def __init__(self, database: Database, router: Router, schedule: DueWork) -> None:
        self.database = database
        self.router = router
        self.log = Log()
        self.time = Time("test")
        self.turns = Turns(database, self.time, router.react, hash_key=HASH_KEY)
        self.inbox = Inbox(self.turns, router)
        self.clock = Clock(schedule, self.turns, router)
        self.drain = Drain(self.turns, router, self.inbox.redrive)

    async def deliver(self, *heard: Heard | Event) -> None:
        """Append events to the log and take them as one batch; derive whom they concern beyond it."""
        await self.take([self.log.append(h) for h in heard])

    async def take(self, records: Iterable[ConsumedRecord]) -> None:
        """Take records as one batch, each batch committed."""
        await self.inbox.take(list(records))
        await self.drain.exhaust()

    async def move(self, instant: datetime) -> None:
        """Move the clock and do everything that is due then."""
        async with self.database.transaction(EVERYONE) as conn:
            await self.time.move(conn, instant)
        while await self.clock.run_due() + await self.drain.exhaust():
            continue

    async def fetch(self, statement: str, *arguments: Any) -> list[dict[str, Any]]:
        """Rows as dictionaries, seen as everyone."""
        async with self.database.transaction(EVERYONE) as conn:
            return [dict(row) for row in await conn.fetch(statement, *arguments)]

    async def said(self, topic: str) -> list[dict[str, Any]]:
        """The bodies this service holds of one topic."""
        import json

        rows = await self.fetch("SELECT body FROM facts WHERE topic = $1 ORDER BY organization, fact", topic)
        return [json.loads(row["body"]) for row in rows]


@asynccontextmanager
async def staged(addresses: Addresses, service: Service[Any], now: datetime) -> AsyncIterator[Stage]:
    """A service on a database of its own, its clock standing still, everything that is due then done."""
    async with empty_stage(addresses, service, now) as stage:
        await stage.move(now)
        yield stage


@asynccontextmanager
async def empty_stage(addresses: Addresses, service: Service[Any], now: datetime) -> AsyncIterator[Stage]:
    """The same before anything is done: its clock is set, and its log begins."""
    async with opened(addresses.url, service.name) as database:
        async with database.transaction(EVERYONE) as conn:
            await conn.execute("INSERT INTO clock (now_at) VALUES ($1)", now)
            await conn.execute("INSERT INTO log_position (cluster) VALUES ('stage')")
        yield Stage(database, service.router, service.schedule)
