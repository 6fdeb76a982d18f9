"""Everything at once: whole rounds of facts on Kafka, letters on, until every service is quiet. There is no peer."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import NamedTuple

import asyncpg

from bench import mail
from bench.facts import candidate_round, job, record
from bench.processes import Commands, running
from bench.servers import Servers, publish
from bench.stored import cpu_of
from bench.where import Where
from local.databases import Addresses
from local.ports import free_port
from shared.contracts import CandidateRegistered, Event, OrganizationConfigured, OutreachMode
from shared.kafka.backlog import find_ends

SERVICES = ("interviews", "candidates", "notifications", "insights")
QUIET_LOOKS = 5  # in a row: what one service says, the next has to hear
_UNFINISHED = "SELECT (SELECT count(*) FROM waiting) + (SELECT count(*) FROM outbox)"


class WholeRun(NamedTuple):
    """`cpu`: microseconds for each fact, by process; `facts` and `letters`: what is there at the end."""

    rate: float
    cpu: dict[str, float]
    facts: int
    letters: int

    def __str__(self) -> str:
        cpu = ", ".join(f"{name} {spent:.0f}" for name, spent in self.cpu.items())
        return f"{self.rate:,.0f} facts/s; us of CPU a fact: {cpu}; {self.letters} letters"


async def run(servers: Servers, candidates: int) -> WholeRun:
    """Start the services, publish everything, and wait until nobody has anything left to do."""
    facts = [record(event) for event in _facts(candidates)]
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(mail.serving(servers.home))
        where = await stack.enter_async_context(servers.place())
        addresses = {name: await stack.enter_async_context(servers.database(name)) for name in SERVICES}
        watchers = {name: await _watch(stack, addresses[name]) for name in SERVICES}
        processes = await stack.enter_async_context(running(where, _commands(addresses, place)))
        await _until_quiet(where, watchers)  # everybody has started
        began, before = time.perf_counter(), [*processes.cpus(), cpu_of(servers)]
        await publish(where, facts)
        await _until_quiet(where, watchers)
        seconds, after = time.perf_counter() - began, [*processes.cpus(), cpu_of(servers)]
        spent = (1e6 * (new - old) / len(facts) for old, new in zip(before, after, strict=True))
        held = await watchers["notifications"].fetchval("SELECT count(*) FROM facts WHERE source = 'bench'")
        letters = await watchers["notifications"].fetchval("SELECT count(*) FROM letters")
        return WholeRun(len(facts) / seconds, dict(zip((*SERVICES, "PostgreSQL"), spent, strict=True)), held, letters)


def _facts(candidates: int) -> Iterator[Event]:
    yield OrganizationConfigured(
        name="Bench", timezone="Europe/Berlin", outreach_mode=OutreachMode.LIVE, settling_minutes=0
    )
    yield from job()
    for number in range(candidates):
        for event in candidate_round(number):
            reached = isinstance(event, CandidateRegistered)
            yield event.model_copy(update={"email": f"c{number}@mail.example"}) if reached else event


def _commands(addresses: dict[str, Addresses], place: mail.ServerAddress) -> Commands:
    settings = {
        "CANDIDATES_URL": "http://localhost",
        "SMTP_URL": place.url,
        "SMTP_CAFILE": place.certificate,
        "MAIL_DOMAIN": "mail.bench.example",
        "MAILS_PER_MINUTE": "0",
        "MAILS_PER_MINUTE_AND_DOMAIN": "0",
    }
    return [
        ((f"services.{name}",), {**settings, "DATABASE_URL": addresses[name].url, "HTTP_PORT": str(free_port())})
        for name in SERVICES
    ]


async def _watch(stack: AsyncExitStack, addresses: Addresses) -> asyncpg.Connection:
    watcher = await asyncpg.connect(addresses.owner_url, server_settings={"app.organizations": "*"})
    stack.push_async_callback(watcher.close)
    return watcher


async def _until_quiet(where: Where, watchers: dict[str, asyncpg.Connection]) -> None:
    looks = 0
    while looks < QUIET_LOOKS:
        looks = looks + 1 if await _is_quiet(where, watchers) else 0
        await asyncio.sleep(0.1)


async def _is_quiet(where: Where, watchers: dict[str, asyncpg.Connection]) -> bool:
    sending = "SELECT count(*) FROM letters WHERE state IN ('ready', 'sending')"
    if await watchers["notifications"].fetchval(sending):
        return False
    return not any([await _is_busy(where, name, watcher) for name, watcher in watchers.items()])


async def _is_busy(where: Where, service: str, watcher: asyncpg.Connection) -> bool:
    if await watcher.fetchval(_UNFINISHED):
        return True
    ends = await find_ends({"bootstrap_servers": where.bootstrap}, where.prefix, service)
    offsets = {(row[0], row[1]): row[2] for row in await watcher.fetch("SELECT * FROM offsets")}
    return any(offsets.get(position, 0) < end for position, end in ends.items())
