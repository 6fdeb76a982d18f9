"""Waiting until every service has read what was published, and asking what was news to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import TypeVar

from cli import where
from cli.backfill import sql
from cli.errors import ServerUnreachable
from shared.contracts import BY_TOPIC
from shared.kit.db import EVERYONE, Connection, Database, is_transient
from shared.kit.offsets import Position, load_offsets

T = TypeVar("T")

STALLED_AFTER_SECONDS = 120
POLL_SECONDS = 0.5


@asynccontextmanager
async def databases() -> AsyncIterator[list[Database]]:
    """Every service's database. Raises UserMistake when an address is not known."""
    async with AsyncExitStack() as stack:
        opened = []
        for service in where.SERVICES:
            url = where.database_url(service)
            database = await Database.connect(url, service, size=1)
            stack.push_async_callback(database.close)
            opened.append(database)
        yield opened


async def find_times(services: Sequence[Database]) -> dict[str, datetime]:
    """What each service's database says the time is: the mark that news is counted from."""
    return {database.service: await _ask(database, EVERYONE, sql.load_time) for database in services}


async def count_changes(
    services: Sequence[Database], organization: str, source: str, since: Mapping[str, datetime]
) -> dict[str, int]:
    """Service -> how many of our facts were news to it since its mark."""

    def news_since(mark: datetime) -> Callable[[Connection], Awaitable[int]]:
        return lambda conn: sql.count_news(conn, organization, source, mark)

    return {d.service: await _ask(d, organization, news_since(since[d.service])) for d in services}


async def settle(services: Sequence[Database], ends: Mapping[Position, int], read: Callable[[str, int], None]) -> None:
    """Return when every service's saved offsets have passed `ends`; `read(service, partitions left)` at every look.

    Raises ServerUnreachable when a service makes no progress for two minutes.
    """
    await asyncio.gather(*(_settle(database, _heard(database.service, ends), read) for database in services))


def _heard(service: str, ends: Mapping[Position, int]) -> dict[Position, int]:
    return {position: end for position, end in ends.items() if service in BY_TOPIC[position[0]].listens}


async def _settle(database: Database, ends: Mapping[Position, int], read: Callable[[str, int], None]) -> None:
    loop = asyncio.get_running_loop()
    last: dict[Position, int] = {}
    moved = loop.time()
    while True:
        offsets = await _ask(database, EVERYONE, load_offsets)
        if offsets != last:
            last, moved = offsets, loop.time()
        behind = sum(1 for position, end in ends.items() if offsets.get(position, 0) < end)
        read(database.service, behind)
        if not behind:
            return
        if loop.time() - moved > STALLED_AFTER_SECONDS:
            raise ServerUnreachable(
                f"Everything is on Kafka, but {database.service} has read nothing for {STALLED_AFTER_SECONDS} s. "
                "It will read on when it runs again; see `talentloop status`."
            )
        await asyncio.sleep(POLL_SECONDS)


async def _ask(database: Database, organization: str, question: Callable[[Connection], Awaitable[T]]) -> T:
    """Ask again while the database is away. Raises what it says in the end, after two minutes."""
    loop = asyncio.get_running_loop()
    given_up = loop.time() + STALLED_AFTER_SECONDS
    while True:
        try:
            async with database.transaction(organization) as conn:
                return await question(conn)
        except Exception as error:
            if not is_transient(error) or loop.time() > given_up:
                raise
        await asyncio.sleep(POLL_SECONDS)
