"""A turn: one unit of work. It opens, reads the time, reacts to what was said in it, commits, and then signals."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from shared.contracts import Saying, keyed_hash
from shared.kit import facts, outbox
from shared.kit.db import Connection, Database
from shared.kit.say import Said, save_differences
from shared.kit.time import Time
from shared.kit.versions import NewFact, Outgoing

NOBODY = "-"  # sees no organisation's rows


class NoHashKey(Exception):
    """A turn of a command was to hash a name: commands have no key, they leave such work to their service."""


class NobodyPublishes(Exception):
    """A turn put something into the outbox of a service that has no relay: it would lie there for ever."""


class Turn:
    """One open transaction, its instant, and what was said in it that nobody has reacted to yet."""

    __slots__ = ("_hash_key", "_news", "conn", "has_put", "has_remembered", "now")

    def __init__(self, conn: Connection, now: datetime, hash_key: str | None = None) -> None:
        self.conn = conn
        self.now = now
        self._hash_key = hash_key
        self.has_put = False  # records for Kafka
        self.has_remembered = False  # somebody to derive
        self._news: list[NewFact] = []

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What fails in the block is undone, and what was said in it forgotten; the turn goes on."""
        before = list(self._news), self.has_put, self.has_remembered
        try:
            async with self.conn.raw.transaction():
                yield
        except BaseException:
            self._news, self.has_put, self.has_remembered = before
            raise

    async def say(self, sayings: Iterable[Saying], *, publish: bool = True) -> list[Said]:
        """Keep and publish what differs from what was said last; whoever listens to it in this service reacts.

        With `publish=False` the fact stays private to this service.
        """
        said = await save_differences(self.conn, sayings, self.now, publish=publish)
        self._news += [one.news for one in said]
        self.has_put |= publish and bool(said)
        return said

    def pseudonym(self, name: str) -> str:
        """The same for the same name in every service, in the shape of a random id. Raises NoHashKey."""
        if self._hash_key is None:
            raise NoHashKey
        return str(UUID(bytes=keyed_hash(name, self._hash_key)[:16], version=4))

    def take_news(self) -> list[NewFact]:
        """What was said and not reacted to yet; whoever takes it reacts."""
        news, self._news = self._news, []
        return news

    async def put(self, records: Collection[Outgoing]) -> None:
        """Publish records that say nothing new: a tombstone, a version once more."""
        await outbox.put(self.conn, records)
        self.has_put |= bool(records)

    async def remember_people(self, pairs: Iterable[tuple[str, str]]) -> None:
        """These people are to be derived later, in batches."""
        self.has_remembered |= await facts.remember_people(self.conn, pairs)

    async def remember_jobs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """These jobs are to be derived later."""
        self.has_remembered |= await facts.remember_jobs(self.conn, pairs)

    async def remember_pairs(self, pairs: Iterable[tuple[str, str, str]]) -> None:
        """These people, (organisation, job, person), are to be derived later, each for that job only."""
        self.has_remembered |= await facts.remember_pairs(self.conn, pairs)

    async def remember_organizations(self, organizations: Collection[str]) -> None:
        """Everyone of these organisations is to be derived later."""
        if organizations:
            await facts.remember_organizations(self.conn, sorted(organizations))
            self.has_remembered = True


class Turns:
    """Opens the turns of one service. Where nobody `publishes`, what is said has to stay private.

    `react`, given a turn and who is locked in it, makes what was said in it have its effect.
    """

    def __init__(
        self,
        database: Database,
        time: Time,
        react: Callable[..., Awaitable[None]],
        *,
        publishes: bool = True,
        hash_key: str | None = None,
    ) -> None:
        self._hash_key = hash_key
        self.database = database
        self.time = time
        self.written = asyncio.Event()  # there is something to publish
        self.remembered = asyncio.Event()  # there is somebody to derive
        self.react = react
        self._publishes = publishes

    @asynccontextmanager
    async def open(
        self, organizations: Iterable[str] | str, locked: Mapping[str, bool] = MappingProxyType({})
    ) -> AsyncIterator[Turn]:
        """A turn that sees one organisation, several, or everyone (`*`), with the locks of some taken.

        What was said and not reacted to when the block ends is reacted to before the commit. A turn that fails leaves
        nothing, and signals nothing. Raises NobodyPublishes.
        """
        async with self.database.transaction(organizations, locked) as conn:
            turn = Turn(conn, await self.time.read(conn), self._hash_key)
            yield turn
            await self.react(turn)
            if turn.has_put and not self._publishes:
                raise NobodyPublishes
        if turn.has_put:
            self.written.set()
        if turn.has_remembered:
            self.remembered.set()

    async def now(self) -> datetime:
        """The kit's time, outside of a turn."""
        if not self.time.movable:
            return self.time.now()
        async with self.database.transaction([NOBODY]) as conn:
            return await self.time.read(conn)
