"""A recruitment platform beside the deployment: signs in to Kafka as operators let it, and tells interviews."""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from aiokafka import AIOKafkaProducer

from bench.facts import candidate_round, job, record
from shared.contracts import Event
from shared.kit.relay import partition_of
from tests.deployment.engine import SERVICES, Deployment

NAME = "ats"
PEOPLE = 300
TOPICS = sorted({event.topic for event in (*job(), *candidate_round(0))})

# What is derived, without what is only the organisation's name or the moment's.
_STATE = {
    "interviews": "SELECT candidate, interview, state FROM interviews WHERE organization = '{}' ORDER BY 1, 2",
    "candidates": "SELECT candidate, family, tier, status FROM members WHERE organization = '{}' ORDER BY 1, 2",
    "notifications": "SELECT kind, about, recipient, step, state, reason FROM letters WHERE organization = '{}' "
    "ORDER BY 1, 2, 3, 4",
}


class Platform:
    """Publishes for one organisation at a time."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.password = deployment.talentloop("platform", "add", NAME, "--topics", ",".join(TOPICS)).strip()

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
                for s in SERVICES
            )

        self.deployment.wait_until(lambda: self._lag() == 0 and is_quiet(), "the services do not come to rest")

    def _lag(self) -> int:
        answer = self.deployment.compose("run", "--rm", "-T", "talentloop", "status", "--json")
        try:
            found = json.loads(answer.stdout)
        except ValueError:
            return -1
        return sum(-(10**9) if one["lag"] is None else one["lag"] for one in found.values())

    def facts(self, organization: str) -> dict[str, int]:
        """Service -> how many facts of the platform it holds."""
        statement = f"SELECT count(*) FROM facts WHERE organization = '{organization}' AND source = 'bench'"  # noqa: S608
        return {s: int(self.deployment.query(s, statement)[0]) for s in SERVICES}

    def state(self, organization: str) -> dict[str, str]:
        """Service -> a hash of everything it derived."""
        return {s: _hash(self.deployment.query(s, q.format(organization))) for s, q in _STATE.items()}


def rounds() -> Iterator[Event]:
    """The facts of everybody, in the order they happened."""
    yield from job()
    for number in range(PEOPLE):
        yield from candidate_round(number)


def _hash(lines: list[str]) -> str:
    assert len(lines) >= PEOPLE, f"only {len(lines)} rows"
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
