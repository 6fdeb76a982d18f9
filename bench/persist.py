"""Consume and persist: every fact validated and stored, nothing derived. Ours beside a good FastStream service.

The peer has what a careful author would give it: a batch subscriber, the same contracts, one statement for each batch,
Kafka told after the commit. Ours does the same and what its guarantees ask besides: the key and the instants checked,
organisations and people locked, the offsets saved with the facts. The tuned peer goes past FastStream's decoding to the
raw records, and collects garbage as rarely as ours: what our guarantees cost.
Run as `python -m bench.persist ours|peer|tuned`.
"""

import asyncio
import gc
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from bench.facts import records
from bench.processes import Processes, Use, running
from bench.servers import Servers, publish, watching
from bench.where import Where
from shared.contracts import BY_TOPIC, Event, body_json, fact_of
from shared.kafka.backlog import Backlog
from shared.kafka.consumer import AT_ONCE, Consumer
from shared.kit.db import Database
from shared.kit.inbox import Inbox
from shared.kit.router import Router
from shared.kit.say import heard_topics
from shared.kit.time import Time
from shared.kit.turn import Turns

SIDES = ("ours", "peer", "tuned")


class PersistRun(NamedTuple):
    """One run of one side. `rate`: events per second; `state`: how many facts, and a hash of all they hold."""

    rate: float
    use: Use
    events: int
    state: tuple[int, str]

    def __str__(self) -> str:
        return f"{self.rate:,.0f} events/s, {self.use}"


async def run(servers: Servers, side: str, candidates: int) -> PersistRun:
    """Publish everything, start one consuming process, and wait until every fact is in."""
    async with servers.place() as where:
        facts = records(candidates)
        await publish(where, facts)
        async with watching(where) as watcher, running(where, [(("bench.persist", side), {})]) as processes:
            cpu = await _watch(watcher, processes, len(facts))
            return PersistRun(await _rate(watcher), Use(cpu, processes.peak), len(facts), await _state(watcher))


async def _watch(watcher: asyncpg.Connection, processes: Processes, events: int) -> float:
    """Return once all facts are in: the CPU seconds used since the first."""
    while not await watcher.fetchval("SELECT EXISTS (SELECT FROM facts)"):
        await asyncio.sleep(0.005)
    started = processes.cpu()
    while await watcher.fetchval("SELECT count(*) FROM facts") < events:
        await asyncio.sleep(0.1)
    return processes.cpu() - started


async def _rate(watcher: asyncpg.Connection) -> float:
    """From the beginning of the first batch's transaction to that of the last: all batches but the last lie between."""
    rate = await watcher.fetchval(
        """
        SELECT count(*) FILTER (WHERE saved_at < last) / greatest(0.001, extract(epoch FROM max(last) - min(saved_at)))
        FROM facts, (SELECT max(saved_at) AS last FROM facts) AS l
        """
    )
    return float(rate)


async def _state(watcher: asyncpg.Connection) -> tuple[int, str]:
    (row,) = await watcher.fetch(
        """
        SELECT count(*), md5(string_agg(md5((to_jsonb(f) - '{saved_at,known_at}'::text[])::text), ''
                                        ORDER BY organization, topic, fact))
        FROM facts f
        """
    )
    return row[0], row[1]


async def consume_ours(where: Where) -> None:
    """The kit's own consumer and inbox, and a router nobody listens to."""
    _collect_rarely()
    database, router = await Database.connect(where.database_url, "candidates"), Router()
    inbox = Inbox(Turns(database, Time("production"), router.react), router)
    kafka = {"bootstrap_servers": where.bootstrap}
    await Consumer(inbox, NoBacklog(database, kafka, where.prefix), kafka, where.prefix).run()


class NoBacklog(Backlog):
    """However much waits: it is not noted whose facts these are, as nothing is to be derived later."""

    async def measure(self) -> None:
        """Leave `is_noted_only` as it is."""


async def consume_peer(where: Where) -> None:
    """Handle each batch as it comes, as FastStream's documentation shows it."""
    database = await Database.connect(where.database_url, "candidates")
    broker = KafkaBroker(where.bootstrap, logger=None)

    @broker.subscriber(*_topics(where), **_options(where))
    async def handle(bodies: list[dict[str, Any]], message: KafkaMessage) -> None:
        events = (BY_TOPIC[h["ce_type"]].model_validate(b) for b, h in zip(bodies, message.batch_headers, strict=True))
        await _save(database, message, events, len(where.prefix))

    await broker.start()
    await asyncio.Event().wait()


async def consume_tuned(where: Where) -> None:
    """The same with every shortcut we know."""
    _collect_rarely()
    database = await Database.connect(where.database_url, "candidates")
    broker = KafkaBroker(where.bootstrap, logger=None, apply_types=False)

    @broker.subscriber(*_topics(where), **_options(where), decoder=_whole)
    async def handle(message: KafkaMessage) -> None:
        events = (_validated(r, h) for r, h in zip(message.raw_message, message.batch_headers, strict=True))
        await _save(database, message, events, len(where.prefix))

    await broker.start()
    await asyncio.Event().wait()


def _topics(where: Where) -> Iterator[str]:
    return (where.prefix + topic for topic in heard_topics("candidates"))


def _options(where: Where) -> dict[str, Any]:
    return {
        "group_id": where.prefix + "naive",
        "batch": True,
        "max_records": AT_ONCE,
        "auto_offset_reset": "earliest",
        "ack_policy": AckPolicy.MANUAL,
    }


async def _save(database: Database, message: KafkaMessage, events: Iterable[Event], prefix: int) -> None:
    rows = list(_rows(message, events, prefix))
    async with database.transaction({row[0] for row in rows}) as conn:
        await conn.execute(_SAVE, *map(list, zip(*rows, strict=True)))
    await message.ack()


def _validated(record: Any, headers: dict[str, str]) -> Event:
    event: Event = BY_TOPIC[headers["ce_type"]].__pydantic_validator__.validate_json(record.value)
    return event


async def _whole(message: KafkaMessage) -> KafkaMessage:
    """FastStream would parse the JSON of each record alone, and pydantic would then walk it again."""
    return message


def _rows(message: KafkaMessage, events: Iterable[Event], prefix: int) -> Iterator[tuple[Any, ...]]:
    for record, headers, event in zip(message.raw_message, message.batch_headers, events, strict=True):
        organization = headers["ce_organization"]
        yield (
            organization,
            fact_of(organization, event),
            record.topic[prefix:],
            event.candidate_id,
            event.job_id,
            datetime.fromisoformat(headers["ce_time"]),
            headers["ce_id"],
            headers["ce_source"],
            headers.get("ce_causationid"),
            headers.get("ce_historical") == "true",
            record.partition,
            record.offset,
            body_json(event).decode(),
        )


_SAVE = """
    INSERT INTO facts AS f (organization, fact, topic, candidate, job, time, event, source, causation, historical,
                            partition, "offset", body)
    SELECT DISTINCT ON (u.organization, u.fact, u.topic) u.*
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[],
                $9::text[], $10::boolean[], $11::int[], $12::bigint[], $13::jsonb[])
         AS u(organization, fact, topic, candidate, job, time, event, source, causation, historical,
              partition, "offset", body)
    ORDER BY u.organization, u.fact, u.topic, u.time DESC, u.event DESC
    ON CONFLICT (organization, fact, topic) DO UPDATE
    SET (candidate, job, time, event, source, causation, historical, partition, "offset", body)
      = (excluded.candidate, excluded.job, excluded.time, excluded.event, excluded.source, excluded.causation,
         excluded.historical, excluded.partition, excluded."offset", excluded.body)
    WHERE (f.time, f.event) < (excluded.time, excluded.event)
"""


def _collect_rarely() -> None:
    """As the kit starts its services."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


CONSUME = {"ours": consume_ours, "peer": consume_peer, "tuned": consume_tuned}

if __name__ == "__main__":
    asyncio.run(CONSUME[sys.argv[1]](Where.from_environment()))
