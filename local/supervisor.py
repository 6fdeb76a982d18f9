"""Runs the stack of one home: starts in parallel, restarts what dies, stops in order."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from aiokafka.errors import KafkaError

from local.children import Running
from local.claims import claimed
from local.databases import SERVICES, ensure_database
from local.errors import AlreadyRunning, CannotStart, StackRefusal
from local.kafka import Kafka
from local.post_office import LocalMailServer
from local.postgres import Postgres
from local.stack import PARTITIONS, console_address, save_state
from local.surroundings import forget_other_databases, reach_directly
from local.worker import IdentityWorker, Worker
from local.zygote import Zygote
from shared.kafka import topics
from shared.kafka.unfit import TopicsUnfit
from shared.running import migrations

Tell = Callable[[str], None]

_EVERY_SERVICE = ("shared.running.listening", "local.provider")  # those that are imported late, and what signs in
_LOOK_EVERY = 0.2
_FIRST_PAUSE, _LONGEST_PAUSE, _CALM_AFTER = 0.2, 30.0, 60.0


class Child(Protocol):
    """A server or a service of the stack."""

    log: Path

    @property
    def process(self) -> Running | None: ...
    def prepare(self) -> None: ...
    def launch(self) -> None: ...
    def wait(self) -> None: ...
    def stop(self) -> None: ...


class Supervisor:
    """Everything that runs in one home."""

    def __init__(self, home: Path, tell: Tell, services: Sequence[str] = SERVICES) -> None:
        self.home = home
        self.services = services
        self.tell = tell
        self.kafka, self.postgres, self.mail = Kafka(home), Postgres(home), LocalMailServer(home)
        self.zygote = Zygote(home.absolute(), [*_EVERY_SERVICE, *(f"services.{name}.main" for name in services)])
        self.workers = [*(Worker(self.zygote, name) for name in services), IdentityWorker(self.zygote)]
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Start, keep alive until `stopping` is set, stop. Raises StackRefusal when something cannot be started."""
        work = asyncio.create_task(self._work())
        asked = asyncio.create_task(self.stopping.wait())
        try:
            await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            await _end({work, asked})
            self._stop()

    async def _work(self) -> None:
        started = time.monotonic()
        try:
            await self._start()
        except (migrations.MigrationFailed, TopicsUnfit, KafkaError, OSError) as error:
            raise CannotStart(f"The stack in {self.home} cannot start: {error}") from error
        self._remember(ready=True)
        self.tell(f"Ready after {time.monotonic() - started:.1f} s. The console: {console_address(self.home)}")
        await _all(self._keep_alive(child) for child in self._children())

    async def _start(self) -> None:
        for worker in self.workers:  # they name each other's addresses, so all are known before one starts
            await asyncio.to_thread(worker.prepare)
        await _all([self._bring_up_log(), self._bring_up_databases(), self._bring_up(self.mail)])
        await _all(self._bring_up(worker) for worker in self.workers)

    async def _bring_up(self, child: Child) -> None:
        started = time.monotonic()
        await asyncio.to_thread(child.prepare)
        child.launch()
        self._remember(ready=False)
        await asyncio.to_thread(child.wait)
        self.tell(f"{child.log.stem} answers after {time.monotonic() - started:.1f} s")

    async def _bring_up_log(self) -> None:
        await self._bring_up(self.kafka)
        prefix = os.environ.get("TOPIC_PREFIX", "")
        async with topics.administration({"bootstrap_servers": self.kafka.bootstrap}) as admin:
            await topics.apply(admin, topics.wanted(prefix, partitions=PARTITIONS), replication=1)

    async def _bring_up_databases(self) -> None:
        await self._bring_up(self.postgres)
        await _all(ensure_database(self.postgres, service) for service in self.services)

    async def _keep_alive(self, child: Child) -> None:
        """Start a child that ended again, after a pause that grows while it keeps ending."""
        pause, born = _FIRST_PAUSE, time.monotonic()
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            if child.process is None or child.process.poll() is None:
                continue
            pause = _FIRST_PAUSE if time.monotonic() - born > _CALM_AFTER else pause
            self.tell(f"{child.log.stem} ended with code {child.process.returncode}; again in {pause:.1f} s")
            await asyncio.sleep(pause)
            child.launch()
            self._remember(ready=True)
            pause, born = min(pause * 2, _LONGEST_PAUSE), time.monotonic()

    def _children(self) -> list[Child]:
        """In the order in which they are stopped."""
        return [*self.workers, self.mail, self.kafka, self.postgres]

    def _remember(self, *, ready: bool) -> None:
        pids = {child.log.stem: child.process.pid for child in self._children() if child.process}
        save_state(self.home, ready=ready, children=pids)

    def _stop(self) -> None:
        for worker in self.workers:
            if worker.process and worker.process.poll() is None:
                worker.process.send_signal(signal.SIGTERM)
        for child in self._children():
            child.stop()
        self.zygote.stop()
        save_state(self.home, ready=False, stopped=True)
        self.tell("Stopped.")


async def _all(work: Iterable[Coroutine[None, None, object]]) -> None:
    """Run side by side; the first failure ends the others."""
    tasks = {asyncio.create_task(one) for one in work}
    try:
        await asyncio.gather(*tasks)
    finally:
        await _end(tasks)


async def _end(tasks: Iterable[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def run(home: Path, tell: Tell, services: Sequence[str] = SERVICES) -> None:
    """Run the stack in this process until SIGTERM, SIGINT or SIGHUP, unless they are ignored. Raises StackRefusal."""
    with claimed(home) as ours:
        if not ours:
            raise AlreadyRunning(
                f"A stack is already running in {home}. See `talentloop status`, end it with `talentloop down`."
            )
        forget_other_databases()
        reach_directly()
        supervisor = Supervisor(home, tell, services)
        supervisor.zygote.branch()
        asyncio.run(_run(supervisor))


async def _run(supervisor: Supervisor) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(name) is not signal.SIG_IGN:  # as `nohup` has it, and a shell's `&`
            loop.add_signal_handler(name, supervisor.stopping.set)
    await supervisor.run()


def run_detached(home: Path) -> int:
    """What `talentloop up --detach` leaves running; a refusal is kept in the state for the one who waits."""
    try:
        run(home, lambda line: print(line, flush=True))  # noqa: T201 - the log of the supervisor
    except StackRefusal as refused:
        save_state(home, ready=False, refused=str(refused), exit_code=refused.exit_code)
        return refused.exit_code
    return 0
