"""A stage: one service on a real database. What is delivered here takes the way of a batch, only Kafka is absent."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from local.databases import Addresses
from shared.contracts import Event, Saying, body_json, fact_of, key_of
from shared.kafka.relay import partition_of
from shared.kit.clock import Clock, Schedule
from shared.kit.cloudevents import Envelope, encode
from shared.kit.db import EVERYONE, Connection, Database
from shared.kit.dead_letters import ConsumedRecord
from shared.kit.drain import Drain
from shared.kit.inbox import Inbox, Mode, organizations_of, sort
from shared.kit.router import Router
from shared.kit.say import save_differences
from shared.kit.time import Time
from shared.kit.turn import NOBODY, Turn, Turns
from shared.running.start import Service
from tests.databases import opened

PARTITIONS = 2
HASH_KEY = "h" * 32
MONDAY = datetime(2026, 11, 2, 8, tzinfo=UTC)  # 09:00 in Berlin


class Heard(NamedTuple):
    """One CloudEvent as a platform would send it."""

    event: Event
    at: datetime = MONDAY
    organization: str = "acme"
    id: str = ""
    historical: bool = False
    source: str = "platform"


class Log:
    """Gives records their place, as Kafka would: by partition of the key, one offset after the other."""

    def __init__(self) -> None:
        self._offsets: dict[tuple[str, int], itertools.count[int]] = {}

    def append(self, heard: Heard | Event) -> ConsumedRecord:
        """The record of one event, at the end of its partition."""
        heard = heard if isinstance(heard, Heard) else Heard(heard)
        key, value, headers = encode(_envelope(heard), key_of(heard.organization, heard.event))
        return self.place(heard.event.topic, key, value, headers)

    def place(
        self, topic: str, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]
    ) -> ConsumedRecord:
        """The record of any bytes."""
        partition = partition_of(key or b"", PARTITIONS)
        offset = next(self._offsets.setdefault((topic, partition), itertools.count()))
        return ConsumedRecord(topic, partition, offset, int(MONDAY.timestamp() * 1000), key, value, headers)


def _envelope(heard: Heard) -> Envelope:
    fact = fact_of(heard.organization, heard.event)
    return Envelope(
        organization=heard.organization,
        id=heard.id or f"{heard.event.topic}:{fact.replace('/', ':')}"[:64],
        source=heard.source,
        type=heard.event.topic,
        time=heard.at,
        subject=fact,
        causation=None,
        historical=heard.historical,
        data=body_json(heard.event),
    )


class Stage:
    """One service, one database. The clock is moved by hand."""

    def __init__(self, database: Database, router: Router, schedule: Schedule) -> None:
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
    async with rehearsing(addresses, service, now) as stage:
        async with stage.database.transaction(EVERYONE) as conn:
            await _start_log(conn)
        await stage.move(now)
        yield stage


@asynccontextmanager
async def rehearsing(addresses: Addresses, service: Service[Any], now: datetime) -> AsyncIterator[Stage]:
    """The same for `rehearse`: nothing is there yet but the time."""
    async with opened(addresses.url, service.name) as database:
        async with database.transaction(EVERYONE) as conn:
            await conn.execute("INSERT INTO clock (now_at) VALUES ($1)", now)
        yield Stage(database, service.router, service.schedule)


def rehearsal_of(service: Service[Any], now: datetime) -> Any:
    """The fixture `rehearsal`: a service whose clock stands still; every rehearsal is rolled back."""

    @pytest.fixture
    async def rehearsal(
        fresh_database: Callable[[str], Awaitable[Addresses]], monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[Stage]:
        monkeypatch.setattr("tests.stage.MONDAY", now)  # what a rehearsal takes for the time at the border
        async with rehearsing(await fresh_database(service.name), service, now) as stage:
            yield stage

    return rehearsal


def tried(examples: int) -> settings:
    """How often a property over orders is tried."""
    slow = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, deadline=None, suppress_health_check=slow)


_BLOCKED = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class RolledBack(Exception):
    """Ends a rehearsal."""


async def rehearse(
    stage: Stage,
    batches: Iterable[Iterable[ConsumedRecord]],
    look: Callable[[Connection], Awaitable[Any]],
    private: Iterable[Event] = (),
    mode: Mode = Mode.DERIVE,
) -> Any:
    """Take batches in one transaction, look at what came of them, and roll everything back.

    `private` facts come over no Kafka: they are there before, as somebody wrote them down. Where facts are only
    remembered, nobody is derived.
    """
    seen = None
    try:
        async with stage.turns.open(EVERYONE) as turn:
            await _start_log(turn.conn)
            await save_differences(turn.conn, [Saying("acme", event) for event in private], MONDAY, publish=False)
            for records in batches:
                await _take(stage, turn, list(records), mode)
            if mode is Mode.DERIVE:
                await _drain(stage, turn)
            seen = await look(turn.conn)
            raise RolledBack
    except RolledBack:
        return seen


async def _start_log(conn: Connection) -> None:
    await conn.execute("INSERT INTO log_position (cluster) VALUES ('rehearsal') ON CONFLICT DO NOTHING")


async def _take(stage: Stage, turn: Turn, records: list[ConsumedRecord], mode: Mode) -> None:
    batch = sort(records, turn.now)
    assert NOBODY not in organizations_of(batch)
    await stage.inbox.work_off(turn, records, batch, mode)


async def _drain(stage: Stage, turn: Turn) -> None:
    from shared.kit import facts
    from shared.kit.people import Jobs, People, lock_people

    conn = turn.conn
    while people := await facts.find_waiting(conn, "person", 500):
        locked = await lock_people(conn, people)
        await facts.claim_waiting(conn, "person", people)
        await stage.router.derive(turn, locked)
    while jobs := await facts.find_waiting(conn, "job", 500):
        await facts.claim_waiting(conn, "job", jobs)
        await stage.router.derive(turn, People([], {}), Jobs(jobs))
    while pairs := await facts.find_waiting(conn, "pair", 500):
        locked = await lock_people(conn, [(organization, known.split("/")[1]) for organization, known in pairs])
        await facts.claim_waiting(conn, "pair", pairs)
        about = Jobs((organization, known.split("/")[0]) for organization, known in pairs)
        await stage.router.derive_pairs(turn, locked, about)
    for every in stage.clock.schedule.entries:
        while await every.work(turn):
            await stage.router.react(turn)


def batched(records: list[ConsumedRecord], random: random.Random) -> list[list[ConsumedRecord]]:
    """The same records in some order, some twice, in batches of some size."""
    shuffled = records + random.sample(records, k=random.randint(0, len(records)))
    random.shuffle(shuffled)
    batches: list[list[ConsumedRecord]] = []
    while shuffled:
        size = random.randint(1, len(shuffled))
        batches.append(shuffled[:size])
        shuffled = shuffled[size:]
    return batches


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
    await _done_or_blocked(stage, two)
    pausing.go.set()
    await asyncio.gather(one, two)
    reached.cancel()
    await stage.drain.exhaust()
    return pausing.stopped_before


async def _done_or_blocked(stage: Stage, task: asyncio.Task[Any]) -> None:
    """Return when the task is done, or waits for a lock of the one that was stopped."""
    async with asyncio.timeout(60):
        while not task.done() and not await stage.fetch(_BLOCKED):  # noqa: ASYNC110 - it waits in another process
            await asyncio.sleep(0.002)


async def statements_for(stage: Stage, heard: Heard | Event) -> int:
    """Take one fact as a batch of its own; how many statements that was, one round trip each."""
    records = [stage.log.append(heard)]
    turns = Turns(PausingDatabase(stage.database, NEVER), stage.time, stage.router.react, hash_key=HASH_KEY)
    async with turns.open(EVERYONE) as turn:
        await stage.inbox.work_off(turn, records, sort(records, turn.now), Mode.DERIVE)
    assert isinstance(turn.conn, Pausing)
    return turn.conn.statements


NEVER = 0


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
