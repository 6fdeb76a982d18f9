"""A recruitment platform beside the deployment: signs in to Kafka as operators let it, and tells interviews."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from bench.facts import candidate_round, job, record
from local.databases import LISTENING
from shared.contracts import BY_TOPIC, Event
from shared.kafka.relay import partition_of
from tests.deployment.engine import Deployment

NAME = "ats"
PEOPLE = 300
POOL = ("candidate-pooled", "candidate-left-pool")
TOPICS = sorted({event.topic for event in (*job(), *candidate_round(0))})
ANSWERS = sorted(set(BY_TOPIC) - set(TOPICS))  # what only services say

# What is derived, without what is only the organisation's name or the moment's.
_STATE = {
    "interviews": "SELECT candidate, interview, state FROM interviews WHERE organization = '{}' ORDER BY 1, 2",
    "candidates": "SELECT candidate, family, tier, status FROM members WHERE organization = '{}' ORDER BY 1, 2",
    "insights": "SELECT job, family, closed_at, sums -> 0 -> 8 FROM rounds WHERE organization = '{}' ORDER BY 1",
    "notifications": "SELECT kind, about, recipient, step, state, reason FROM letters WHERE organization = '{}' "
    "ORDER BY 1, 2, 3, 4",
}


class Outcome(NamedTuple):
    """What came of one organisation's facts: how many each service holds, what it derived, who was said to be where."""

    facts: dict[str, int]
    state: dict[str, str]
    pooled: dict[str, str]  # the last word on each membership, on Kafka


class Said(NamedTuple):
    """One record of a service on Kafka."""

    topic: str
    fact: str
    id: str
    time: datetime
    words: str


class Platform:
    """Publishes for one organisation at a time."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        may = ("--topics", ",".join(TOPICS), "--reads", ",".join(ANSWERS))
        self.password = deployment.talentloop("platform", "add", NAME, *may).strip()

    def client(self, name: str = NAME, password: str | None = None) -> dict[str, Any]:
        """aiokafka's arguments for signing in from this machine."""
        return {
            "bootstrap_servers": [f"127.0.0.1:{port}" for port in self.deployment.kafka_ports],
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": name,
            "sasl_plain_password": password or self.password,
        }

    async def tell(self, organization: str, events: Iterator[Event], pause: float = 0) -> int:
        """Publish facts, with a pause after every hundred; how many."""
        count = 0
        async with AIOKafkaProducer(**self.client(), enable_idempotence=True, acks="all", linger_ms=5) as producer:
            for event in events:
                told = record(event, organization)
                partitions = len(await producer.partitions_for(told.topic))
                where = partition_of(told.key or b"", partitions)
                await producer.send(told.topic, told.value, told.key, where, headers=list(told.headers))
                count += 1
                if count % 100 == 0:
                    await asyncio.sleep(pause)
            await producer.flush()
        return count

    async def tell_everything(self, organization: str, pause: float = 0) -> int:
        """One job, and a round of interviews for each of its people."""
        return await self.tell(organization, rounds(), pause)

    def settle(self) -> None:
        """Return when every service has read everything and nothing waits to be derived or said."""

        def is_quiet() -> bool:
            return all(
                self.deployment.query(s, "SELECT (SELECT count(*) FROM waiting) + (SELECT count(*) FROM outbox)")
                == ["0"]
                for s in LISTENING
            )

        def is_at_rest() -> bool:
            return is_quiet() and self._lag() == 0 and is_quiet()  # what was in hand first is in the outbox at last

        self.deployment.wait_until(is_at_rest, "the services do not come to rest")

    def _lag(self) -> int:
        answer = self.deployment.compose("run", "--rm", "-T", "talentloop", "status", "--json")
        try:
            found = json.loads(answer.stdout)
        except ValueError:
            return -1
        return sum(-(10**9) if one["lag"] is None else one["lag"] for one in found.values())

    async def outcome(self, organization: str) -> Outcome:
        """Everything that came of its facts, once the services are at rest."""
        await asyncio.to_thread(self.settle)
        said = sorted(await self.said(organization), key=lambda one: one.time)
        pooled = {one.fact: f"{one.topic} {one.words}" for one in said if one.topic in POOL}
        return Outcome(self.facts(organization), self.state(organization), pooled)

    async def said_twice(self, organization: str) -> dict[Said, int]:
        """What stands on Kafka more than once, and how often. Fails when one event id has two meanings."""
        counted = Counter(await self.said(organization))
        assert len({one.id for one in counted}) == len(counted)
        return {one: times for one, times in counted.items() if times > 1}

    async def said(self, organization: str) -> list[Said]:
        """Every record the services put on Kafka about an organisation, nothing left out."""
        async with AIOKafkaConsumer(**self.client(), enable_auto_commit=False) as consumer:
            partitions = [TopicPartition(t, p) for t in ANSWERS for p in range(BY_TOPIC[t].partitions)]
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            ends, found = await consumer.end_offsets(partitions), []
            while any([await consumer.position(tp) < end for tp, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found += [_said(r.topic, dict(r.headers), r.value) for r in records if _is_of(organization, r)]
        return found

    def facts(self, organization: str) -> dict[str, int]:
        """Service -> how many facts of the platform it holds."""
        statement = f"SELECT count(*) FROM facts WHERE organization = '{organization}' AND source = 'bench'"  # noqa: S608
        return {s: int(self.deployment.query(s, statement)[0]) for s in LISTENING}

    def state(self, organization: str) -> dict[str, str]:
        """Service -> a hash of everything it derived."""
        return {s: _hash(self.deployment.query(s, q.format(organization))) for s, q in _STATE.items()}


def _is_of(organization: str, record: Any) -> bool:
    return record.value is not None and dict(record.headers).get("ce_organization") == organization.encode()


def _said(topic: str, headers: dict[str, bytes], value: bytes) -> Said:
    fact, event, time = (headers[name].decode() for name in ("ce_subject", "ce_id", "ce_time"))
    words = json.dumps(json.loads(value), sort_keys=True)  # what a database says again has its keys in another order
    return Said(topic, fact, event, datetime.fromisoformat(time), words)


def rounds() -> Iterator[Event]:
    """The facts of everybody, in the order they happened."""
    yield from job()
    for number in range(PEOPLE):
        yield from candidate_round(number)


def _hash(lines: list[str]) -> str:
    assert lines
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
