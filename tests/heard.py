"""What services hear in tests: events as a platform would send them, and the log that gives each its place."""

import itertools
from datetime import UTC, datetime
from typing import NamedTuple

from shared.contracts import Event, body_json, fact_of, key_of
from shared.kafka.relay import partition_of
from shared.kit.cloudevents import Envelope, encode
from shared.kit.dead_letters import ConsumedRecord

PARTITIONS = 2
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
