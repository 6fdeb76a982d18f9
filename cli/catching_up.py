"""Waiting until services have read what lies on Kafka and derived what follows from it; what each still has to do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple, TypeVar

from cli import where
from cli.errors import ServerUnreachable
from cli.progress import Watch
from local.databases import LISTENING
from shared.contracts import BY_TOPIC
from shared.kafka.backlog import lag
from shared.kit.db import EVERYONE, Connection, Database, is_transient
from shared.kit.facts import count_waiting
from shared.kit.offsets import Position, load_offsets

T = TypeVar("T")

STALLED_AFTER_SECONDS = 120
POLL_SECONDS = 0.5


class WorkLeft(NamedTuple):
    """What one service still has to do: records to read, people and jobs to derive."""

    records: int
    derivations: int

    def words(self) -> str:
        """In words."""
        read = f"{self.records:,} records to read" if self.records else "everything read"
        return f"{read}, {self.derivations:,} people and jobs to derive" if self.derivations else read


@asynccontextmanager
async def databases(services: Sequence[str] = LISTENING) -> AsyncIterator[list[Database]]:
    """The databases of these services. Raises UserMistake when an address is not known."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(where.opened(service)) for service in services]


async def catch_up(services: Sequence[Database], ends: Mapping[Position, int], watch: Watch) -> None:
    """Return when every service has read up to `ends` and nobody waits to be derived.

    Raises ServerUnreachable when a service makes no progress for two minutes.
    """
    await asyncio.gather(*(_catch_up(database, _heard(database.service, ends), watch) for database in services))


def _heard(service: str, ends: Mapping[Position, int]) -> dict[Position, int]:
    return {position: end for position, end in ends.items() if service in BY_TOPIC[position[0]].listens}


async def _catch_up(database: Database, ends: dict[Position, int], watch: Watch) -> None:
    loop = asyncio.get_running_loop()
    last, moved = None, loop.time()
    while (left := await _look(database, ends)) != WorkLeft(0, 0):
        if left != last:
            last, moved = left, loop.time()
        if loop.time() - moved > STALLED_AFTER_SECONDS:
            raise ServerUnreachable(_stalled(database.service, left))
        watch.tell(database.service, sum(left), left.words())
        await asyncio.sleep(POLL_SECONDS)
    watch.tell(database.service, 0, "done")


def _stalled(service: str, left: WorkLeft) -> str:
    return (
        f"{service} has made no progress for {STALLED_AFTER_SECONDS} s ({left.words()}). Nothing is lost: "
        "it goes on when it runs again; see `talentloop status`."
    )


async def _look(database: Database, ends: dict[Position, int]) -> WorkLeft:
    async def look(conn: Connection) -> WorkLeft:
        return WorkLeft(lag(ends, await load_offsets(conn)), await count_waiting(conn))

    return await ask(database, EVERYONE, look)


async def ask(database: Database, organization: str, question: Callable[[Connection], Awaitable[T]]) -> T:
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
