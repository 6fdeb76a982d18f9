"""The consumer: one FastStream subscriber for all topics of a service, in batches, from the database's offsets."""

import asyncio
import time
from collections.abc import Sequence
from itertools import chain
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import ConsumerStoppedError
from faststream import AckPolicy, BaseMiddleware
from faststream.kafka import KafkaBroker

from shared.kafka import topics
from shared.kafka.authentication import broker_options
from shared.kafka.backlog import Backlog, lag
from shared.kafka.clients import JOIN_SECONDS, stop_in_time
from shared.kafka.echoes import Echoes
from shared.kafka.handing import as_consumed, decode, parse
from shared.kafka.positions import Reach
from shared.kafka.topics import administration
from shared.kafka.unfit import ClusterChanged, Stuck
from shared.kit import metrics
from shared.kit.advice import name_of
from shared.kit.db import is_transient
from shared.kit.dead_letters import ConsumedRecord
from shared.kit.inbox import Batch, Inbox, Mode
from shared.kit.loops import STOP_SECONDS
from shared.kit.offsets import Position, Rewound, load_cluster, load_epoch, load_offsets
from shared.kit.say import heard_topics, owned_topics

log = structlog.get_logger()

AT_ONCE = 500
AHEAD = 100  # in a batch of fewer, what comes while it is saved makes the next: one fetched before would delay it
REVOKE_SECONDS = 20  # above the longest batch
LAST_SECONDS = 1  # for undoing it; and for Kafka to take note, on which nothing depends
LOOK_SECONDS = 1
SESSION_SECONDS = 10  # how long a group waits for one who died, and whose name nobody can take
STUCK_SECONDS = 60


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """Reads a service's topics into its inbox."""

    def __init__(
        self, inbox: Inbox, backlog: Backlog, kafka: dict[str, Any], prefix: str, instance: str | None = None
    ) -> None:
        self.inbox = inbox
        self.backlog = backlog
        self.kafka = kafka
        self.prefix = prefix
        self.placed: object | None = None  # while the partitions stand where the database says: another each time
        self.fetched: object | None = None  # what that was when the newest batch came
        self.unplaceable: Exception | None = None  # why they cannot be
        self.receiving = False  # FastStream has handed a batch over, which is being decoded
        self.saving: asyncio.Task[None] | None = None  # of the batch before
        self.reach = Reach(inbox.turns.database, lambda: self.consumer, prefix)
        self.echoes = Echoes(lambda: self.consumer, [prefix + topic for topic in owned_topics(inbox.service)])
        self.handed = 0  # batches that came, those in hand among them
        self.passing = False  # the next batch is to save what was passed without a record, too
        self.lag = 0
        self.reached = time.time()  # when Kafka took the newest record that is worked off
        self.broker = KafkaBroker(
            **broker_options(kafka),
            apply_types=False,
            logger=None,
            allow_auto_create_topics=False,
            middlewares=[_watched(self)],
            client_id=f"talentloop-{inbox.service}",
        )
        self.subscriber = self.broker.subscriber(
            *(prefix + topic for topic in heard_topics(inbox.service)),
            group_id=prefix + inbox.service,
            group_instance_id=instance,
            batch=True,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            listener=self,
            parser=parse,
            decoder=decode,
            session_timeout_ms=30_000 if instance else SESSION_SECONDS * 1000,
            heartbeat_interval_ms=1_000,
            rebalance_timeout_ms=60_000,
            partition_assignment_strategy=(RangePartitionAssignor,),
            isolation_level="read_committed",
            fetch_max_bytes=2**20,
            max_partition_fetch_bytes=2**17,
        )
        self.subscriber(self.receive)
        self.subscriber.get_msg = self._next_batch  # type: ignore[assignment, method-assign]

    async def run(self) -> None:
        """Consume until cancelled. Raises what keeps it from going on: KafkaError, ClusterChanged, Stuck, and whatever
        a batch failed with that can neither be worked off nor parked."""
        self.unplaceable, self.receiving, self.inbox.trouble = None, False, ""
        await self._recognise()
        await self.backlog.measure()
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                await self.broker.start()
            await self._watch()
        except Exception as error:
            self.inbox.trouble = f"stops its client: {name_of(error)}"
            raise
        finally:
            self.unplaceable = self.unplaceable or ConsumerStoppedError()
            await self._let_go(STOP_SECONDS)
            await self._stop()

    async def _stop(self) -> None:
        """Stop the client. A fetch that had failed keeps aiokafka from closing its connections."""
        client = self.subscriber.consumer
        await stop_in_time(self.broker.stop)
        if client:
            await stop_in_time(client._client.close)

    async def _next_batch(self, client: AIOKafkaConsumer) -> tuple[ConsumerRecord, ...]:
        """FastStream's own sleeps whenever nothing came: the next record waits, and a service at rest works.

        It goes on after an error, too, past what aiokafka handed over beside it: that is begun anew instead.
        """
        try:
            found = await client.getmany(timeout_ms=1000, max_records=AT_ONCE)
        except ConsumerStoppedError:
            raise
        except Exception as error:
            self.placed, self.unplaceable = None, self.unplaceable or error
            raise
        return tuple(chain.from_iterable(found.values()))

    async def receive(self, records: Sequence[ConsumerRecord]) -> None:
        """Decode one batch while the one before is being saved, and have it saved beside the next. Never raises.

        What was fetched before the partitions were placed anew is dropped: it is read again from there.
        """
        fetched = self.fetched
        batch = [as_consumed(r, len(self.prefix)) for r in records]
        decoded = await self.inbox.decode(batch) if fetched else None
        await self._saved()
        if fetched is None or fetched is not self.placed:
            return
        self.saving = asyncio.create_task(self._save(batch, decoded))
        passing, self.passing = self.passing, False
        if passing or len(batch) < AHEAD:
            await self._saved()
        if passing:
            epoch = self.inbox.epoch
            await self.reach.save(await self.reach.passed() if self.placed else {}, epoch)

    async def _saved(self, seconds: float | None = None) -> None:
        if self.saving:
            await asyncio.wait({self.saving}, timeout=seconds)

    async def _save(self, batch: Sequence[ConsumedRecord], decoded: Batch | None) -> None:
        """Work one batch off, and tell Kafka beside the next. What it fails with ends `run`: none is saved past it."""
        with metrics.BATCH_SECONDS.time():
            try:
                if await self._began_anew(batch):
                    return
                await self.inbox.take(batch, Mode.REMEMBER if self.backlog.is_noted_only else Mode.DERIVE, decoded)
            except Rewound:
                self.placed = None  # what was fetched meanwhile is dropped
                await self._seek()
                return
            except Exception as error:
                self.placed, self.unplaceable = None, error
                return
        self.reached = max(r.timestamp for r in batch) / 1000
        metrics.CONSUMED.inc(len(batch))
        self.reach.note({(r.topic, r.partition): r.offset + 1 for r in batch})
        if len(batch) < AT_ONCE and not self.backlog.is_noted_only:
            self.echoes.hear(self.prefix + r.topic for r in batch)

    async def _began_anew(self, batch: Sequence[ConsumedRecord]) -> bool:
        """True when a record lies before what was read: aiokafka began again where a log no longer reaches so far.

        It was cut, or made anew, while we read it: then that is forgotten, and all of it read again.
        """
        places = [((r.topic, r.partition), r.offset) for r in batch]
        cut = {position: offset for position, offset in places if offset < self.reach.saved.get(position, 0)}
        if not cut:
            return False
        self.placed = None  # what was fetched meanwhile is dropped
        async with administration(self.kafka) as admin:
            await self._check_cluster(admin)
        await self.backlog.start_over(cut)
        await self._seek()
        return True

    async def _let_go(self, seconds: float) -> None:
        """Let what is being saved end, as it would else come twice: what takes longer is undone, and read again.

        What is being decoded is dropped.
        """
        self.placed = None
        await self._saved(seconds)
        if self.saving and self.saving.cancel():
            log.warning("batch outlived its partitions", seconds=seconds)
            await self._saved(LAST_SECONDS)
        await self.reach.has_told_kafka(LAST_SECONDS)

    @property
    def is_idle(self) -> bool:
        """No batch is in hand."""
        return not self.receiving and (self.saving is None or self.saving.done())

    @property
    def consumer(self) -> AIOKafkaConsumer:
        """The client FastStream started."""
        if self.subscriber.consumer is None:
            raise ConsumerStoppedError
        return self.subscriber.consumer

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Let the batch in hand end first."""
        await self._let_go(REVOKE_SECONDS)

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Start from the database's offsets.

        aiokafka fetches from its own offsets while this runs: what it delivers before is dropped and read again. A
        Kafka that lost its volume assigns like any other: its offsets are not ours, so nothing is placed on it.
        """
        self.placed = None
        try:
            async with asyncio.timeout(JOIN_SECONDS), administration(self.kafka) as admin:
                await self._check_cluster(admin)
        except Exception as error:
            self.unplaceable = error
            return
        await self._seek()

    async def _recognise(self) -> None:
        """Check that this is the cluster the offsets belong to, and that its topics are as they must be."""
        async with administration(self.kafka) as admin:
            service = self.inbox.service
            await topics.check(admin, self.prefix, {*heard_topics(service), *owned_topics(service)})
            await self._check_cluster(admin)

    async def _check_cluster(self, admin: AIOKafkaAdminClient) -> None:
        there = await topics.cluster_of(admin)
        async with self.inbox.turns.database.transaction(()) as conn:
            known = await load_cluster(conn, there)
        if known.id != there:
            raise ClusterChanged(
                f"the broker is Kafka cluster {there}, the saved offsets belong to {known.id}: if the change is meant, "
                f"run `talentloop rewind {self.inbox.service} --accept-cluster`"
            )

    async def _seek(self) -> None:
        """Place what is assigned once the offsets are read: it may have changed meanwhile."""
        try:
            offsets = await self._load()
            self.reach.seek(self.consumer.assignment(), offsets)
        except Exception as error:
            self.unplaceable = self.unplaceable or error
        self.placed = None if self.unplaceable else object()

    async def _load(self) -> dict[Position, int]:
        """The database's offsets, however long it is away: without them nothing may be read."""
        while True:
            try:
                async with asyncio.timeout(JOIN_SECONDS), self.inbox.turns.database.transaction(()) as conn:
                    self.inbox.epoch = await load_epoch(conn)
                    return await load_offsets(conn)
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("offsets not read", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _pass_idle(self) -> None:
        """Save the positions that stand for a second without a batch: what lies before them holds no record.

        A transaction's marker, what was aborted and what compaction took away come in no batch, but Kafka counts them.
        Positions move when records are handed over, so they are saved only if none came since they were read; where
        records come all the time, the next batch saves them at its end.
        """
        handed, epoch = self.handed, self.inbox.epoch
        passed = await self.reach.passed() if self.placed and self.is_idle else {}
        await asyncio.sleep(LOOK_SECONDS)
        self.passing = self.handed != handed
        if not self.passing:
            await self.reach.save(passed, epoch)

    async def _watch(self) -> None:
        """Heed a rewind, measure the lag; raise what forbids to read, or Stuck when a partition is left unread.

        While batches are in hand it may have to wait for its turn, so only time without one counts.
        """
        waited: dict[tuple[Position, int], int] = {}  # seconds that a partition stands where it is
        while True:
            for _ in range(5):
                await self._pass_idle()
            if self.unplaceable:
                raise self.unplaceable
            await self._heed_rewind()
            idle = 5 if self.is_idle else 0
            waited = {place: waited.get(place, 0) + idle for place in await self._measure_lag()}
            for ((topic, partition), offset), seconds in waited.items():
                if seconds > STUCK_SECONDS:
                    raise Stuck(f"{topic}/{partition} was not read on from {offset} for {STUCK_SECONDS} s")

    async def _heed_rewind(self) -> None:
        """Read again from where somebody set the position back to: without a new record no batch would notice."""
        if not self.placed or not await self.reach.is_rewound(self.inbox.epoch):
            return
        self.placed = None  # what was fetched before is dropped
        await self._saved()
        await self._seek()

    async def _measure_lag(self) -> list[tuple[Position, int]]:
        """The places up to which partitions were fetched that have more.

        The lag, of what the database does not have, goes to the figures.
        """
        assigned = self.consumer.assignment()
        found = await self.consumer.end_offsets(assigned) if assigned else {}
        ends = {self.reach.position_of(tp): end for tp, end in found.items()}
        self.lag = lag(ends, self.reach.saved)
        metrics.LAG.set(self.lag)
        metrics.LAG_SECONDS.set(max(0, time.time() - self.reached) if self.lag else 0)
        fetched = await self.reach.fetched()
        return [(position, fetched[position]) for position, end in ends.items() if fetched.get(position, end) < end]


def _watched(consumer: Consumer) -> type[BaseMiddleware]:
    class Watched(BaseMiddleware):
        """Says when a batch came, and when FastStream may hand the next one over."""

        async def on_receive(self) -> None:
            consumer.receiving = True
            consumer.handed += 1
            consumer.fetched = consumer.placed

        async def after_processed(self, *error: Any) -> bool | None:
            consumer.receiving = False
            return await super().after_processed(*error)

    return Watched
