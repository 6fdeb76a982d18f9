"""The peer: a plain FastStream service. One event is one transaction; the relay publishes one by one.

It decides with the same rule over the same tables, so its end state must equal ours.
Run as `python -m bench.naive consumer|relay`.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any

from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from bench.where import Where
from services.candidates.domain import pool
from services.candidates.sql.pool import MEMBERS
from services.candidates.sql.records import load_records
from shared.contracts import BY_TOPIC, Event, body_json, fact_of, key_of
from shared.kit import ids
from shared.kit.db import Connection, Database
from shared.kit.people import People
from shared.kit.say import heard_topics


async def consume(where: Where) -> None:
    """Handle each event as it comes."""
    database = await Database.connect(where.database_url, "candidates")
    broker = KafkaBroker(where.bootstrap, logger=None)

    @broker.subscriber(
        *(where.prefix + topic for topic in heard_topics("candidates")),
        group_id=where.prefix + "naive",
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
    )
    async def handle(body: dict[str, Any], message: KafkaMessage) -> None:
        headers = message.headers
        event = BY_TOPIC[headers["ce_type"]].model_validate(body)
        async with database.transaction([headers["ce_organization"]]) as conn:
            await save(conn, event, headers)
            if event.candidate_id:
                await derive(conn, headers["ce_organization"], event.candidate_id)

    await broker.start()
    await asyncio.Event().wait()


async def save(conn: Connection, event: Event, headers: dict[str, str]) -> None:
    """Keep the newest version of the fact."""
    organization = headers["ce_organization"]
    await conn.execute(
        """
        INSERT INTO facts AS f (organization, fact, topic, candidate, job, time, event, source, body)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (organization, fact, topic) DO UPDATE
        SET (time, event, body) = (excluded.time, excluded.event, excluded.body)
        WHERE (f.time, f.event) < (excluded.time, excluded.event)
        """,
        organization,
        fact_of(organization, event),
        event.topic,
        event.candidate_id,
        event.job_id,
        datetime.fromisoformat(headers["ce_time"]),
        headers["ce_id"],
        headers["ce_source"],
        body_json(event).decode(),
    )


async def derive(conn: Connection, organization: str, candidate: str) -> None:
    """The person's place in the pool; when it changed, an event for the outbox."""
    await conn.execute("INSERT INTO people VALUES ($1, $2) ON CONFLICT DO NOTHING", organization, candidate)
    await conn.fetchrow(
        "SELECT FROM people WHERE organization = $1 AND candidate = $2 FOR UPDATE", organization, candidate
    )
    people = People([(organization, candidate, candidate)], {})
    records = await load_records(conn, people, judged=[(organization, candidate)])
    changed = await MEMBERS.keep_and_tell(conn, people.ids, pool.place(records, datetime.now(UTC)))
    for saying in pool.sayings(changed):
        await conn.execute(
            "INSERT INTO outbox (topic, key, value, headers) VALUES ($1, $2, $3, $4)",
            saying.event.topic,
            key_of(organization, saying.event).encode(),
            body_json(saying.event),
            json.dumps({"ce_id": ids.uuid7(), "ce_type": saying.event.topic}).encode(),
        )


async def relay(where: Where) -> None:
    """Publish the outbox one by one."""
    database = await Database.connect(where.database_url, "candidates")
    broker = KafkaBroker(where.bootstrap, logger=None)
    await broker.start()
    while True:
        async with database.transaction("*") as conn:
            row = await conn.fetchrow("SELECT * FROM outbox ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED")
            if row:
                await broker.publish(
                    row["value"], where.prefix + row["topic"], key=row["key"], headers=json.loads(row["headers"])
                )
                await conn.execute("DELETE FROM outbox WHERE id = $1", row["id"])
        if row is None:
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run({"consumer": consume, "relay": relay}[sys.argv[1]](Where.from_environment()))
