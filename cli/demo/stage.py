"""The stage: facts go to Kafka as a platform sends them, clocks move, a process dies, everything settles."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
import psutil
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from pydantic_core import from_json, to_json

from cli.demo import sql
from cli.demo.mailbox import ReceivedMail, fill_in, find_link, tap
from cli.demo.place import DemoSystem
from cli.demo.story import BROKEN_LEVEL, ORGANIZATION, SOURCE, StoryFact
from cli.errors import Failed
from local.databases import LISTENING, SERVICES
from local.stack import load_state
from shared.contracts import BY_TOPIC, fact_of, key_of
from shared.kafka.relay import partition_of
from shared.kafka.topics import administration, count_partitions
from shared.kit.cloudevents import Envelope, encode, read
from shared.kit.db import Database
from shared.kit.facts import is_waiting
from shared.kit.offsets import Position, load_offsets

PATIENCE = 60.0
ROLES = {"ines": ("recruiter",), "ada": ("interviewer",), "admin": ("admin",)}
_COPIES = 2
Heard = tuple[Envelope, dict[str, Any]]


class DemoStage:
    """A running system. The same seed shuffles in the same way."""

    def __init__(
        self,
        place: DemoSystem,
        partitions: Mapping[str, int],
        producer: AIOKafkaProducer,
        log: AIOKafkaConsumer,
        web: httpx.AsyncClient,
    ) -> None:
        self.place = place
        self.partitions = partitions  # how many each topic has here
        self.producer, self.log, self.web = producer, log, web
        self.databases: list[Database] = []
        self.shuffle = random.Random(2026)  # noqa: S311 - an order, no secret
        self.published = 0
        self.now: datetime | None = None
        self.ends: dict[Position, int] = {}
        self.restless: list[str] = []

    async def publish(self, facts: Iterable[StoryFact]) -> None:
        """Each fact twice, in any order; a broken one once. Returns when Kafka has them all."""
        records = [(fact, copy) for fact in facts for copy in range(1 if fact.broken else _COPIES)]
        self.shuffle.shuffle(records)
        for fact, _ in records:
            await self._send(fact)
        await self.producer.flush()

    async def _send(self, fact: StoryFact) -> None:
        topic, event = fact.event.topic, fact.event
        envelope = Envelope(
            organization=ORGANIZATION,
            id=f"{topic}:{fact_of(ORGANIZATION, event)}",
            source=SOURCE,
            type=topic,
            time=fact.at,
            subject=fact_of(ORGANIZATION, event),
            causation=None,
            historical=False,
            data=_broken(event.as_published()) if fact.broken else event.as_published(),
        )
        key, value, headers = encode(envelope, key_of(ORGANIZATION, event))
        partition = partition_of(key, self.partitions[topic])
        await self.producer.send(topic, value, key, partition, headers=headers)
        self.published += 1

    async def move(self, instant: datetime) -> None:
        """Move every service's clock at once, and return when everything that was due then is done."""
        await self.settle()
        self.now = instant
        for work in (False, True):  # who is a day behind would not believe what the others say
            to = {"now": instant.isoformat(), "work": work}
            await asyncio.gather(*(self.ask(service, "PUT", "/clock", json=to) for service in SERVICES))
        await self.settle()

    async def catch_up(self) -> None:
        """Do what became due without the time having moved."""
        if self.now is not None:
            await self.move(self.now)

    async def settle(self) -> None:
        """Return when nobody has anything left to read, to derive or to say. Raises Failed after a minute."""
        try:
            await self._until(self._is_quiet, "The services do not come to rest.")
        except Failed as failed:
            raise Failed(f"{failed} Last seen at work: {', '.join(self.restless) or 'Kafka'}.") from None

    async def _until(self, holds: Callable[[], Awaitable[bool]], otherwise: str) -> None:
        given_up = time.monotonic() + PATIENCE
        while not await holds():
            if time.monotonic() > given_up:
                raise Failed(f"{otherwise} {self.place.logs}")
            await asyncio.sleep(0.03)

    async def _is_quiet(self) -> bool:
        """Kafka, of which many partitions are asked, is asked once all have read what it was known to hold."""
        ends = self.ends
        self.restless = [
            work for work in await asyncio.gather(*(_work_of(database, ends) for database in self.databases)) if work
        ]
        if self.restless:
            return False
        self.ends = await self._ends()
        return self.ends == ends

    async def _ends(self) -> dict[Position, int]:
        partitions = [TopicPartition(t, p) for t in BY_TOPIC for p in range(self.partitions[t])]
        if self.log.assignment() != set(partitions):  # else each topic is asked for alone, a tenth of a second each
            self.log.assign(partitions)
            self.log.pause(*partitions)
        ends = await self.log.end_offsets(partitions)
        return {(tp.topic, tp.partition): end for tp, end in ends.items()}

    def kill(self, service: str) -> int:
        """`kill -9`. Returns the process id that is no more."""
        pid = self._pid(service)
        psutil.Process(pid).kill()
        return pid

    async def back(self, service: str, dead: int) -> None:
        """Return once the supervisor has started the service again and it answers."""

        async def is_back() -> bool:
            return self._pid(service) != dead and await self._is_ready(service)

        await self._until(is_back, f"{service} does not come back.")

    def _pid(self, service: str) -> int:
        children = load_state(self.place.home).get("children") if self.place.home else None
        return int(children[service]) if isinstance(children, dict) else 0

    async def _is_ready(self, service: str) -> bool:
        try:
            return (await self.web.get(f"{self._url(service)}/ready")).status_code == 200
        except httpx.HTTPError:
            return False

    async def ask(self, service: str, method: str, path: str, *, user: str = "ines", **given: Any) -> Any:
        """What a service answers to a person with a token of the local issuer. Raises Failed when it refuses."""
        return (await self._ask(service, method, path, user=user, **given)).json()

    async def read_page(self, service: str, path: str) -> str:
        """A page that a service shows to the recruiter. Raises Failed when it refuses."""
        return (await self._ask(service, "GET", path, user="ines")).text

    async def _ask(self, service: str, method: str, path: str, *, user: str, **given: Any) -> httpx.Response:
        token = self.place.token(user, ORGANIZATION, ROLES[user])
        answer = await self.web.request(
            method, self._url(service) + path, headers={"Authorization": f"Bearer {token}"}, **given
        )
        if answer.is_error:
            raise Failed(f"{service} answers {answer.status_code} to {method} {path}: {answer.text[:500]}")
        return answer

    def _url(self, service: str) -> str:
        return self.place.addresses[f"{service.upper()}_URL"]

    async def heard(self, topic: str) -> list[Heard]:
        """The last record of every fact on a topic, in order of its time; tombstones are gone."""
        last: dict[bytes, Heard | None] = {}
        for record in await self._records(topic):
            last[record.key] = None if record.value is None else _opened(topic, record)
        return sorted((heard for heard in last.values() if heard), key=lambda heard: heard[0].time)

    async def _records(self, topic: str) -> list[Any]:
        partitions = [TopicPartition(topic, p) for p in range(self.partitions[topic])]
        self.log.assign(partitions)
        await self.log.seek_to_beginning(*partitions)
        ends, found = await self.log.end_offsets(partitions), []
        while any([await self.log.position(tp) < end for tp, end in ends.items()]):
            for records in (await self.log.getmany(timeout_ms=100)).values():
                found += [r for r in records if not (r.key or b"").startswith(b"~")]
        return found

    async def open_mails(self) -> list[ReceivedMail]:
        """Every mail that was delivered, in order."""
        return await self.place.open_mails(self.web)

    async def tap(self, person: str, part: str, answer: str, name: str = "answer", **besides: str) -> None:
        """Follow the newest link of this kind in somebody's mails, and press the button with this answer."""
        link = find_link(await self.open_mails(), person, part)
        await tap(self.web, self.place.reach(link), answer, name, **besides)
        await self.settle()

    async def fill_in(self, person: str, part: str, given: dict[str, str], thanks: str) -> None:
        """Follow the newest link of this kind in somebody's mails, write into its form, send it, and be thanked."""
        link = find_link(await self.open_mails(), person, part)
        await fill_in(self.web, self.place.reach(link), given, thanks)
        await self.settle()

    async def count_facts(self) -> int:
        """How many facts of the platform the services hold together."""
        found: set[tuple[str, str]] = set()
        for database in self.databases:
            async with database.transaction(ORGANIZATION) as conn:
                found.update(await sql.load_facts(conn, ORGANIZATION, SOURCE))
        return len(found)


async def _work_of(database: Database, ends: dict[Position, int]) -> str:
    """What a service still has to do; nothing when it is at rest."""
    heard = {p: end for p, end in ends.items() if database.service in BY_TOPIC[p[0]].listens}
    async with database.look() as conn:
        offsets = await load_offsets(conn)
        for (topic, partition), end in heard.items():
            if (read := offsets.get((topic, partition), 0)) < end:
                return f"{database.service} read {topic}/{partition} up to {read} of {end}"
        if await is_waiting(conn):
            return f"{database.service} derives"
        if await sql.is_saying(conn):
            return f"{database.service} has something to say"
        return "notifications sends" if database.service == "notifications" and await sql.is_sending(conn) else ""


def _broken(body: bytes) -> bytes:
    """The same, with a level that no scale has."""
    wrong = from_json(body)
    wrong["ratings"][0]["level"] = BROKEN_LEVEL
    return to_json(wrong)


def _opened(topic: str, record: Any) -> Heard:
    envelope = read(topic, record.value, record.headers)
    return envelope, from_json(envelope.data)


@asynccontextmanager
async def staged(place: DemoSystem) -> AsyncIterator[DemoStage]:
    """The stage of a running system."""
    async with AsyncExitStack() as stack:
        producer = await _started(stack, AIOKafkaProducer(**place.kafka, enable_idempotence=True, acks="all"))
        log = await _started(
            stack, AIOKafkaConsumer(**place.kafka, auto_offset_reset="earliest", isolation_level="read_committed")
        )
        web = await stack.enter_async_context(httpx.AsyncClient(timeout=60))
        async with administration(place.kafka) as admin:
            stage = DemoStage(place, await count_partitions(admin), producer, log, web)
        stage.databases = [await _opened_database(stack, stage, service) for service in LISTENING]
        yield stage


async def _started(stack: AsyncExitStack, client: Any) -> Any:
    await client.start()
    stack.push_async_callback(client.stop)
    return client


async def _opened_database(stack: AsyncExitStack, stage: DemoStage, service: str) -> Database:
    database = await Database.connect(stage.place.addresses[f"{service.upper()}_DATABASE_URL"], service, size=1)
    stack.push_async_callback(database.close)
    return database
