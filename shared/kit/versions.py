"""A fact as it is stored, in one of its versions; the news that one has changed; and a record that says one."""

from datetime import datetime
from typing import NamedTuple


class Fact(NamedTuple):
    """One version of one fact, as stored. `body` is canonical JSON; position is None until Kafka gave it one."""

    organization: str
    fact: str
    topic: str
    candidate: str | None
    job: str | None
    time: datetime
    event: str
    source: str
    causation: str | None
    historical: bool
    partition: int | None
    offset: int | None
    body: str


class NewFact(NamedTuple):
    """A fact that changed what we know. `former_*`: whom and what its older version was about."""

    organization: str
    topic: str
    fact: str
    candidate: str | None
    job: str | None
    former_candidate: str | None
    former_job: str | None


class Outgoing(NamedTuple):
    """One record for Kafka. No partition: by the key's organisation and subject; no value: a tombstone, everywhere."""

    topic: str
    partition: int | None
    key: bytes
    value: bytes | None
    headers: bytes
