"""Facts of a file reach every service: said on Kafka, read, derived, and counted where they were news."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from cli import sql as cli_sql
from cli.backfill import sql
from cli.backfill.facts import ORDER, DatedFact
from cli.backfill.publish import OutgoingRecord, publish
from cli.catching_up import ask, catch_up, databases
from cli.progress import Watch
from shared.kit.cloudevents import Envelope, encode
from shared.kit.db import EVERYONE, Connection, Database


class Speaker(NamedTuple):
    """Whose facts these are, who says them, and whether they are of today."""

    organization: str
    source: str
    live: bool


async def deliver(facts: Iterable[DatedFact], total: int, speaker: Speaker, rate: int | None) -> dict[str, int]:
    """Publish and wait; service -> how many facts were news to it."""
    async with databases() as services:
        since = {database.service: await _now(database) for database in services}
        with Watch() as watch:
            ends = await publish((_record(fact, speaker) for fact in facts), ORDER, rate, _sending(watch, total))
            await catch_up(services, ends, watch)
        return await _count_changes(services, speaker, since)


async def _now(database: Database) -> datetime:
    """Not asked twice: a database that is away is said before anything is published."""
    async with database.transaction(EVERYONE) as conn:
        return await cli_sql.load_time(conn)


def _sending(watch: Watch, total: int) -> Callable[[int], None]:
    left = total

    def told(sent: int) -> None:
        nonlocal left
        left -= sent
        watch.tell("Kafka", left, f"{total - left:,} of {total:,} facts sent")

    return told


async def _count_changes(
    services: Sequence[Database], speaker: Speaker, since: Mapping[str, datetime]
) -> dict[str, int]:
    async def count(database: Database) -> int:
        async def news(conn: Connection) -> int:
            return await sql.count_news(conn, speaker.organization, speaker.source, since[database.service])

        return await ask(database, speaker.organization, news)

    return {database.service: await count(database) for database in services}


def _record(fact: DatedFact, speaker: Speaker) -> OutgoingRecord:
    envelope = Envelope(
        organization=speaker.organization,
        id=fact.id(speaker.organization),
        source=speaker.source,
        type=fact.topic,
        time=fact.time,
        subject=fact.fact,
        causation=None,
        historical=not speaker.live,
        data=fact.body,
    )
    return OutgoingRecord(fact.topic, *encode(envelope, fact.key))
