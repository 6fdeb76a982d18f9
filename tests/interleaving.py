"""Two facts at once: the second is taken before any statement of the first. To that end, statements are counted."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any, NamedTuple

from httpx import Response

from shared.contracts import Event, Saying
from shared.kit.db import EVERYONE, Connection, Database
from shared.kit.dead_letters import ConsumedRecord
from shared.kit.inbox import Mode, organizations_of, sort
from shared.kit.people import hold_people
from shared.kit.turn import NOBODY, Turns
from tests.heard import Heard
from tests.stage import HASH_KEY, Stage

NEVER = 0  # a statement to stop before
_BLOCKED = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Pausing(Connection):
    """Counts its statements, and stops before the n-th until it is told to go on."""

    __slots__ = ("_pause_before", "go", "reached", "statements", "stopped_before")

    def __init__(self, raw: Any, service: str, pause_before: int) -> None:
        super().__init__(raw, service)
        self._pause_before = pause_before
        self.statements = 0
        self.stopped_before: str | None = None
        self.reached = asyncio.Event()
        self.go = asyncio.Event()

    async def _pause(self, statement: str) -> None:
        self.statements += 1
        if self.statements == self._pause_before:
            self.stopped_before = statement
            self.reached.set()
            await self.go.wait()

    async def fetch(self, statement: str, *arguments: Any) -> list[Any]:
        await self._pause(statement)
        return await super().fetch(statement, *arguments)

    async def fetchval(self, statement: str, *arguments: Any) -> Any:
        await self._pause(statement)
        return await super().fetchval(statement, *arguments)

    async def fetchrow(self, statement: str, *arguments: Any) -> Any:
        await self._pause(statement)
        return await super().fetchrow(statement, *arguments)

    async def execute(self, statement: str, *arguments: Any) -> str:
        await self._pause(statement)
        return await super().execute(statement, *arguments)


class PausingDatabase(Database):
    """The same database, whose next transaction stops before its n-th statement."""

    def __init__(self, database: Database, pause_before: int) -> None:
        super().__init__(database.pool, database.looking, database.service)
        self.pause_before = pause_before
        self.paused: asyncio.Future[Pausing] = asyncio.get_running_loop().create_future()

    @asynccontextmanager
    async def transaction(
        self, organizations: Iterable[str] | str, locked: Mapping[str, bool] = MappingProxyType({})
    ) -> AsyncIterator[Connection]:
        async with super().transaction(organizations, locked) as conn:
            if self.paused.done():
                yield conn
                return
            pausing = Pausing(conn.raw, conn.service, self.pause_before)
            self.paused.set_result(pausing)
            yield pausing


async def interleave(
    stage: Stage, first: list[ConsumedRecord], second: list[ConsumedRecord], pause_before: int
) -> str | None:
    """Take `first`, stopped before its n-th statement while `second` is taken; that statement, if there was one."""
    database = PausingDatabase(stage.database, pause_before)
    turns = Turns(database, stage.time, stage.router.react, hash_key=HASH_KEY)
    batch = sort(first, await stage.turns.now())

    async def take_first() -> None:
        async with turns.open([*organizations_of(batch), NOBODY], organizations_of(batch)) as turn:
            await stage.inbox.work_off(turn, first, batch, Mode.DERIVE)

    one = asyncio.create_task(take_first())
    pausing = await database.paused
    reached = asyncio.create_task(pausing.reached.wait())
    await asyncio.wait({one, reached}, return_when=asyncio.FIRST_COMPLETED)
    two = asyncio.create_task(stage.inbox.take(second))
    await done_or_blocked(stage, two)
    pausing.go.set()
    await asyncio.gather(one, two)
    reached.cancel()
    await stage.drain.exhaust()
    return pausing.stopped_before


async def done_or_blocked(stage: Stage, task: asyncio.Task[Any]) -> None:
    """Return when the task is done, or waits for a lock of the one that was stopped."""
    async with asyncio.timeout(60):
        while not task.done() and not await stage.fetch(_BLOCKED):  # noqa: ASYNC110 - it waits in another process
            await asyncio.sleep(0.002)


async def meanwhile(stage: Stage, late: Coroutine[Any, Any, Response], *said: Event) -> Response:
    """What somebody is answered who came a moment after all this was said of Noor, and before anybody could know it."""
    async with stage.turns.open(["acme"]) as turn:
        people = await hold_people(turn.conn, "acme", "noor")
        waiting = asyncio.create_task(late)
        await done_or_blocked(stage, waiting)
        await turn.say((Saying("acme", event) for event in said), publish=False)
        await stage.router.derive(turn, people)
    return await waiting


async def statements_for(stage: Stage, heard: Heard | Event) -> int:
    """Take one fact as a batch of its own; how many statements that was, one round trip each."""
    records = [stage.log.append(heard)]
    turns = Turns(PausingDatabase(stage.database, NEVER), stage.time, stage.router.react, hash_key=HASH_KEY)
    async with turns.open(EVERYONE) as turn:
        await stage.inbox.work_off(turn, records, sort(records, turn.now), Mode.DERIVE)
    assert isinstance(turn.conn, Pausing)
    return turn.conn.statements


class Interleaved(NamedTuple):
    """What was found, once for each statement that the second fact came in before; and these statements."""

    found: list[Any]
    statements: list[str]

    def stopped_before(self, *parts: str) -> bool:
        """The second fact came in before statements that hold each of these words."""
        return all(any(part in " ".join(s.split()) for s in self.statements) for part in parts)


async def interleaved(stage: Stage, before: list[Event], first: Event, second: Event, look: str) -> Interleaved:
    """What `look` finds for an organisation each, the second fact coming in before each statement of the first."""
    found: list[Any] = []
    statements: list[str] = []
    while True:
        organization, pause_before = f"o{len(found)}", len(found) + 1
        await stage.deliver(
            *[Heard(e, organization=organization, id=f"{organization}-{n}") for n, e in enumerate(before)]
        )
        records = [
            stage.log.append(Heard(e, organization=organization, id=f"{organization}-{e.topic}"))
            for e in (first, second)
        ]
        statement = await interleave(stage, records[:1], records[1:], pause_before)
        found.append([tuple(row.values()) for row in await stage.fetch(look, organization)])
        if statement is None:
            return Interleaved(found, statements)
        statements.append(statement)
