"""The services as processes on real servers: what is said to them, what a person answers, and what is killed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil

from cli.demo.place import OwnStack
from cli.demo.stage import DemoStage, staged
from local.children import log_of, tail
from local.databases import SERVICES
from local.issuer import issue_token
from local.ports import remembered_ports
from local.postgres import Postgres
from local.stack import load_state
from shared.contracts import match_id
from shared.kafka.relay import partition_of
from tests.e2e.kept import Facts, State, differences, load_facts, load_mails, load_state_of
from tests.e2e.week import NEXT_JOB, Week, facts
from tests.heard import Heard, Log
from tests.programs import talentloop
from tests.running import eventually

PATIENCE = 120


class Home(NamedTuple):
    """A running stack, and the weeks that nobody has lived in it yet."""

    folder: Path
    weeks: Iterator[int]

    @contextmanager
    def started(self) -> Iterator[None]:
        """The stack runs, and nothing of it is left afterwards."""
        try:
            self.talentloop("up", "--detach")
            yield
        finally:
            self._kill()

    def _kill(self) -> None:
        """The supervisor, which takes everything along: an orderly end keeps for ten seconds what nobody will read."""
        with suppress(KeyError, psutil.NoSuchProcess):
            supervisor = psutil.Process(int(str(load_state(self.folder)["pid"])))
            everything = [supervisor, *supervisor.children(recursive=True)]
            supervisor.kill()
            _, left = psutil.wait_procs(everything, timeout=30)
            assert left == []

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The stack rests, and runs again afterwards."""
        self.talentloop("down")
        try:
            yield
        finally:
            self.talentloop("up", "--detach")

    def postgres(self) -> Postgres:
        """Its database server, for somebody who knows the superuser's password."""
        server = Postgres(self.folder)
        server.port = remembered_ports(self.folder)["postgres"]
        return server

    def talentloop(self, *arguments: str) -> str:
        """Run a command of an operator; what it printed."""
        answer = talentloop(*arguments, home=self.folder)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout


class World:
    """What a test does with a running stack."""

    def __init__(self, home: Home, stage: DemoStage) -> None:
        self.home = home
        self.stage = stage

    async def begin(self) -> tuple[Week, Week]:
        """Friday night of a new week. Of two organisations one has told it all, once and in order; the other is to."""
        number = next(self.home.weeks)
        week, twin = Week(number, f"halden-{number:03}"), Week(number, f"twin-{number:03}")
        await self.stage.move(week.friday_night)
        await self.say(facts(twin))
        await self.stage.settle()
        return week, twin

    async def finish(self, *weeks: Week) -> None:
        """Once everything is read: Ines accepts a match, on Monday she releases letters, and they leave."""
        await self.stage.settle()
        for week in weeks:
            await self.accept(week)
        await self.stage.move(weeks[0].next_monday)
        for week in weeks:
            await self.release(week)
        await self.stage.move(weeks[0].next_monday)

    async def accept(self, week: Week) -> None:
        """Ines accepts Amara for the next job."""
        review = {"outcome": "accepted", "reason": {"code": "meets_all"}}
        await self.ask(week, "candidates", "PUT", f"/matches/{match_id('amara', NEXT_JOB)}/review", json=review)

    async def release(self, week: Week) -> None:
        """Ines releases the letters that wait for her."""
        for letter in (await self.ask(week, "notifications", "GET", "/letters?state=waiting&limit=200"))["items"]:
            path = f"/letters/{letter['letter']}/approval"
            await self.ask(week, "notifications", "PUT", path, json={"decision": "approve"})

    async def say(self, told: list[Heard]) -> None:
        """Publish as a platform does; return when Kafka has everything."""
        producer = self.stage.producer
        for record in map(Log().append, told):
            partition = partition_of(record.key or b"", self.stage.partitions[record.topic])
            await producer.send(record.topic, record.value, record.key, partition, headers=list(record.headers))
        await producer.flush()

    async def ask(self, week: Week, service: str, method: str, path: str, **given: Any) -> Any:
        """What a service answers to Ines."""
        token = issue_token(self.home.folder, user="ines", organization=week.organization, roles=("recruiter",))
        url = self.stage.place.addresses[f"{service.upper()}_URL"] + path
        answer = await self.stage.web.request(method, url, headers={"Authorization": f"Bearer {token}"}, **given)
        assert answer.is_success, answer.text
        return answer.json()

    async def state(self, week: Week) -> State:
        """Everything that is kept of a week and was mailed in it, without the organisation's name."""
        return await load_state_of(week, self.stage.databases, Path(self.stage.place.addresses["MAIL_DIR"]))

    async def differences(self, week: Week, twin: Week) -> list[str]:
        """What is kept of one organisation and not of the other."""
        return differences(await self.state(week), await self.state(twin))

    async def facts(self, week: Week) -> Facts:
        """Every fact of a week as it is kept, byte for byte."""
        return await load_facts(week, self.stage.databases)

    def mails(self, week: Week) -> list[str]:
        """Who got which mail in a week."""
        return load_mails(week, Path(self.stage.place.addresses["MAIL_DIR"]))

    async def damage(self, week: Week, statements: Mapping[str, Iterable[str]]) -> None:
        """Spoil what each service has derived for one organisation."""
        for database in self.stage.databases:
            async with database.transaction(week.organization) as conn:
                for statement in statements[database.service]:
                    await conn.execute(statement)

    def processes(self) -> dict[str, int]:
        """The process of each server and service."""
        return dict(load_state(self.home.folder)["children"])  # type: ignore[call-overload]

    def ended(self, before: dict[str, int]) -> dict[str, str]:
        """What runs in another process than before, and what was said when the former one ended."""
        now, logs = self.processes(), ("supervisor", *before)
        words = {name: tail(log_of(self.home.folder, name), lines=60) for name in logs}
        return {name: f"{words['supervisor']}\n{words[name]}" for name in before if now[name] != before[name]}

    def kill(self, name: str) -> None:
        """`kill -9`."""
        os.kill(self.processes()[name], signal.SIGKILL)

    async def lose(self, name: str, *, seconds: float) -> None:
        """Kill a server with -9 and keep it away for so long."""
        supervisor = int(str(load_state(self.home.folder)["pid"]))
        os.kill(supervisor, signal.SIGSTOP)  # else it would start the server again at once
        try:
            self.kill(name)
            await asyncio.sleep(seconds)
        finally:
            os.kill(supervisor, signal.SIGCONT)

    async def recovered(self, before: dict[str, int], *killed: str) -> None:
        """Return when everything that was killed runs again and every service says it is ready."""

        async def are_back() -> bool:
            now = self.processes()
            ready = [await self._is_ready(service) for service in SERVICES]
            return all(now[name] != before[name] for name in killed) and all(ready)

        await eventually(are_back, PATIENCE)

    async def _is_ready(self, service: str) -> bool:
        try:
            url = self.stage.place.addresses[f"{service.upper()}_URL"]
            return (await self.stage.web.get(f"{url}/ready")).is_success
        except httpx.HTTPError:
            return False


@asynccontextmanager
async def entered(home: Home) -> AsyncIterator[World]:
    """The world of a running stack, for one test."""
    async with staged(OwnStack(home.folder)) as stage:
        yield World(home, stage)
