"""How far a consumer is through its partitions: saved in the database, told to Kafka, and passed without a record."""

import asyncio
from collections.abc import Callable, Iterable, Mapping

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared.kit.db import Database, is_transient
from shared.kit.offsets import Position, Rewound, load_epoch, save_offsets

log = structlog.get_logger()


class Reach:
    """What the database has of the assigned partitions. `client`: the Kafka client that reads them."""

    def __init__(self, database: Database, client: Callable[[], AIOKafkaConsumer], prefix: str) -> None:
        self.database = database
        self.client = client
        self.prefix = prefix
        self.saved: dict[Position, int] = {}
        self._told: dict[TopicPartition, int] = {}  # what Kafka is still to be told
        self._telling: asyncio.Task[None] | None = None

    def position_of(self, tp: TopicPartition) -> Position:
        """The partition as the database names it."""
        return tp.topic.removeprefix(self.prefix), tp.partition

    def seek(self, assigned: Iterable[TopicPartition], offsets: Mapping[Position, int]) -> None:
        """Read these partitions from where the database is."""
        self.saved = {self.position_of(tp): offsets.get(self.position_of(tp), 0) for tp in assigned}
        for tp in assigned:
            self.client().seek(tp, self.saved[self.position_of(tp)])

    def note(self, saved: Mapping[Position, int]) -> None:
        """The database moved on: tell Kafka, beside the next batch.

        Kafka may know later, or never: we start from the database.
        """
        self.saved |= saved
        self._told |= {TopicPartition(self.prefix + topic, number): end for (topic, number), end in saved.items()}
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._commit())

    async def has_told_kafka(self, seconds: float) -> None:
        """Return when what was noted is committed, or give it up after so many seconds."""
        if self._telling:
            await asyncio.wait({self._telling}, timeout=seconds)
            self._telling.cancel()

    async def is_rewound(self, epoch: int) -> bool:
        """Somebody set the position back since this epoch was read; not known while the database is away."""
        try:
            async with self.database.transaction(()) as conn:
                return await load_epoch(conn) != epoch
        except Exception as error:
            if not is_transient(error):
                raise
            return False

    async def passed(self) -> dict[Position, int]:
        """Where the client has come further than the database."""
        fetched = await self.fetched()
        return {position: end for position, end in fetched.items() if end > self.saved.get(position, end)}

    async def fetched(self) -> dict[Position, int]:
        """Where the client is in each of its partitions."""
        return {self.position_of(tp): await self._fetched(tp) for tp in self.client().assignment()}

    async def save(self, passed: Mapping[Position, int], epoch: int) -> None:
        """Save what was passed; not when the position was set back meanwhile, or while the database is away."""
        if not passed:
            return
        try:
            async with self.database.transaction(()) as conn:
                await save_offsets(conn, passed, epoch)
        except Rewound:
            return
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("positions not saved", error=type(error).__name__)
            return
        self.note(passed)

    async def _fetched(self, tp: TopicPartition) -> int:
        """The client's position, 0 while it has none, or no such partition: that may last, and nobody waits for it."""
        try:
            async with asyncio.timeout(0):
                position: int = await self.client().position(tp)
                return position
        except (TimeoutError, IllegalStateError):
            return 0

    async def _commit(self) -> None:
        while self._told:
            ends, self._told = self._told, {}
            try:
                await self.client().commit(ends)
            except (CommitFailedError, IllegalStateError):
                log.info("partitions moved on before the commit")
            except KafkaError as error:
                log.warning("offsets not committed", error=type(error).__name__)
