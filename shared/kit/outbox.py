"""The outbox: what is to be published, saved in the transaction that decided it."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from shared.contracts import BY_TOPIC, Event, key_of
from shared.kit.cloudevents import Envelope, encode
from shared.kit.db import Connection
from shared.kit.versions import Fact, Outgoing


class OutboxRow(NamedTuple):
    """One record of the outbox, in the order of `id`."""

    id: int
    topic: str
    partition: int | None
    key: bytes
    value: bytes | None
    headers: list[tuple[str, bytes]]


def outgoing(fact: Fact, event: Event) -> Outgoing:
    """The CloudEvent that says this version of a fact."""
    envelope = Envelope(
        organization=fact.organization,
        id=fact.event,
        source=fact.source,
        type=fact.topic,
        time=fact.time,
        subject=fact.fact,
        causation=fact.causation,
        historical=fact.historical,
        data=event.as_published(),
    )
    key, value, headers = encode(envelope, key_of(fact.organization, event))
    return Outgoing(fact.topic, None, key, value, pack(headers))


def again(fact: Fact) -> Outgoing:
    """The same version once more, with the same event id and time."""
    return outgoing(fact, event_of(fact))


def tombstone(fact: Fact) -> Outgoing:
    """The record that erases a fact's key from every partition of its topic."""
    return Outgoing(fact.topic, None, key_of(fact.organization, event_of(fact)).encode(), None, b"[]")


def event_of(fact: Fact) -> Event:
    """The contract a stored body holds."""
    return BY_TOPIC[fact.topic].model_validate_json(fact.body)


def pack(headers: Sequence[tuple[str, bytes | None]]) -> bytes:
    """Headers as bytes, without loss: names as text, values as Latin-1; Kafka allows a value to be null."""
    return to_json([(name, None if value is None else value.decode("latin-1")) for name, value in headers])


def unpack(headers: bytes) -> Any:
    """The inverse of `pack`."""
    return [(name, value if value is None else value.encode("latin-1")) for name, value in from_json(headers)]


async def put(conn: Connection, records: Iterable[Outgoing]) -> None:
    """Add records, in order."""
    columns = list(zip(*records, strict=True))
    if not columns:
        return
    await conn.execute(
        """
        INSERT INTO outbox (topic, partition, key, value, headers)
        SELECT topic, partition, key, value, headers
        FROM unnest($1::text[], $2::int[], $3::bytea[], $4::bytea[], $5::bytea[]) WITH ORDINALITY
             AS u(topic, partition, key, value, headers, position)
        ORDER BY position
        """,
        *map(list, columns),
    )


async def read(conn: Connection, limit: int) -> list[OutboxRow]:
    """The oldest records, in the order they were saved."""
    rows = await conn.fetch("SELECT id, topic, partition, key, value, headers FROM outbox ORDER BY id LIMIT $1", limit)
    return [OutboxRow._make((*record, unpack(headers))) for *record, headers in rows]


async def delete(conn: Connection, ids: Sequence[int]) -> None:
    """Forget what Kafka has acknowledged."""
    await conn.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", ids)
