"""A running service: its database, its handlers, and the supervised parts that keep it moving."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

import structlog

from shared.kafka.unfit import ClusterChanged, Stuck, TopicsUnfit
from shared.kit.advice import advise, name_of
from shared.kit.clock import Clock, DueWork
from shared.kit.db import Database
from shared.kit.drain import Drain
from shared.kit.inbox import Inbox
from shared.kit.people import People
from shared.kit.router import Router
from shared.kit.time import Time
from shared.kit.turn import Turn, Turns
from shared.people.holdings import NOTHING, Holdings
from shared.running import migrations
from shared.settings.service import ListeningSettings, ServiceSettings
from shared.web.serving import Health

if TYPE_CHECKING:
    from shared.running.listening import Listening

log = structlog.get_logger()

Run = Callable[[], Awaitable[None]]
ORDER = ("consumer", "derive", "relay", "clock", "post", "reading")

# Trying again would not help: a person has to run the command the message names.
FATAL = (ClusterChanged, TopicsUnfit, migrations.SchemaOutdated, Stuck)


class Part(Protocol):
    """A part of a service that runs beside HTTP, such as the post."""

    @property
    def trouble(self) -> str:
        """What in it does not work now, though the rest does; empty when all does."""

    async def run(self) -> None:
        """Work until cancelled."""

    async def run_due(self) -> int:
        """Do everything that is due now; how many pieces of work."""


def _listening(settings: ServiceSettings, inbox: Inbox) -> "Listening | None":
    """What joins it to Kafka, whose client takes 12 MB that a service without brokers does without."""
    if not isinstance(settings, ListeningSettings):
        return None
    from shared.running.listening import Listening

    return Listening(settings, inbox)


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel, again where a library swallowed it: no part keeps a service from stopping."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=10)


def _is_asked_to_end(error: BaseException) -> bool:
    """Somebody cancelled this task, not a library one of its own that we waited for."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0


class Runtime:
    """What a service is made of. Constructed once, in `main.py`. One whose settings name no brokers has no Kafka."""

    def __init__(
        self,
        name: str,
        settings: ServiceSettings,
        database: Database,
        router: Router,
        schedule: DueWork,
        holdings: Holdings = NOTHING,
    ) -> None:
        self.name = name
        self.holdings = holdings
        self.settings = settings
        self.database = database
        self.router = router
        self.time = Time(settings.env)
        self.turns = Turns(
            database,
            self.time,
            self._react,
            publishes=isinstance(settings, ListeningSettings),
            hash_key=settings.hash_key.get_secret_value(),
        )
        self.inbox = Inbox(self.turns, router)
        self.listening = _listening(settings, self.inbox)
        self.clock = Clock(schedule, self.turns, router, lambda: self.is_behind)
        self.drain = Drain(self.turns, router, self.inbox.redrive)
        self.post: Part | None = None
        self.schema = ""
        self.states: dict[str, str] = {}
        self.waiting: set[str] = set()  # parts that have not begun: they wait for the backlog
        self.fatal: BaseException | None = None
        self.stop: Callable[[], None] = lambda: None

    @property
    def is_behind(self) -> bool:
        """Records lie unread."""
        return self.listening is not None and self.listening.reading.is_behind

    async def _react(self, turn: Turn, people: People | None = None) -> None:
        """Derive what was said in a turn; beside a backlog that is noted only, note whom it is about, too."""
        if not (self.listening and self.listening.backlog.is_noted_only):
            await self.router.react(turn, people)
        elif news := turn.take_news():
            await self.router.remember(turn, news)

    async def run_due(self) -> int:
        """Everything that is due now, until nothing is: derive, clock, post. How many pieces of work."""
        done = 0
        while count := await self._run_due_once():
            done += count
        return done

    async def _run_due_once(self) -> int:
        done = await self.drain.exhaust() + await self.clock.run_due()
        return done + (await self.post.run_due() if self.post else 0)

    async def health(self) -> Health:
        """What `/ready` answers."""
        parts = {"database": await self._database_state(), **self.states, **self._troubles()}
        waiting = dict.fromkeys(sorted(self.waiting), self.listening.backlog.state) if self.listening else {}
        return Health(parts, waiting)

    def _troubles(self) -> dict[str, str]:
        found = {"consumer": self.inbox.trouble, "clock": self.clock.loops.trouble}
        found["post"] = self.post.trouble if self.post else ""
        return {part: trouble for part, trouble in found.items() if trouble}

    @asynccontextmanager
    async def supervised(self) -> AsyncIterator[None]:
        """Run the parts this process is for; stop them in order at the end."""
        tasks = [asyncio.create_task(self._supervise(name, run), name=name) for name, run in self._parts().items()]
        try:
            yield
        finally:
            await _end(tasks)
            await self.database.close()

    def _parts(self) -> Mapping[str, Run]:
        """Those this process is for. Who consumes derives; without Kafka whoever has the clock does."""
        parts: dict[str, Run] = {"derive": self.drain.run, "clock": self.clock.run}
        if self.post:
            parts["post"] = self.post.run
        wanted: set[str] = set(self.settings.parts)
        wanted |= {"derive"} if ("consumer" if self.listening else "clock") in wanted else set()
        if listening := self.listening:
            parts = {name: self._after(name, listening.reached(name), run) for name, run in parts.items()}
            parts |= listening.parts
            wanted |= {"reading"} if self.post and wanted & {"clock", "post"} else set()
        return {name: parts[name] for name in ORDER if name in wanted and name in parts}

    def _after(self, name: str, reached: Run, run: Run) -> Run:
        async def later() -> None:
            self.waiting.add(name)
            try:
                await reached()
            finally:
                self.waiting.discard(name)
            await run()

        return later

    async def _supervise(self, name: str, run: Run) -> None:
        """Start a part again, with a growing pause, whenever it fails; stop the service when that can not help."""
        pause = 0.2
        while True:
            self.states[name] = "ok"
            started = asyncio.get_running_loop().time()
            try:
                await self._check_schema()
                await run()
            except FATAL as error:
                self._give_up(name, error)
                return
            except (Exception, asyncio.CancelledError) as error:
                if _is_asked_to_end(error):
                    raise
                if asyncio.get_running_loop().time() - started > 60:
                    pause = 0.2
                self.states[name] = f"failed: {name_of(error)}"
                advice = advise(error)
                log.warning(
                    "part failed",
                    part=name,
                    error=name_of(error),
                    advice=advice,
                    again_in=pause,
                    exc_info=None if advice else error,
                )
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30)

    def _give_up(self, name: str, error: BaseException) -> None:
        self.states[name] = f"stopped: {error}"
        self.fatal = error
        log.error("service stops", part=name, reason=str(error))
        self.stop()

    async def _check_schema(self) -> None:
        async with self.database.pool.acquire() as raw:
            self.schema = await migrations.check_schema(raw, self.name)

    async def _database_state(self) -> str:
        try:
            async with asyncio.timeout(3):
                await self._check_schema()
        except migrations.SchemaOutdated as error:
            return str(error)
        except Exception as error:
            return f"not reached: {type(error).__name__}"
        return "ok"
