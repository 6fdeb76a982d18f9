"""The clock's work: what is due because time passed, claimed from the database by whoever comes first."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

import structlog

from shared.kit import metrics
from shared.kit.advice import located
from shared.kit.compaction import nudge
from shared.kit.db import EVERYONE, Connection, Database, is_transient
from shared.kit.expiry import forget_what_is_old
from shared.kit.loops import Loops
from shared.kit.people import People
from shared.kit.router import Router
from shared.kit.time import Time

log = structlog.get_logger()

Work = Callable[[Connection, datetime], Awaitable[int]]
ROUNDS = 10_000
HOUR = 3600


class Every(NamedTuple):
    """One kind of due work and how often to look for it."""

    seconds: float
    work: Work
    once_read: bool = False  # never while records lie unread


class Schedule:
    """A service's due work."""

    def __init__(self) -> None:
        self.entries: list[Every] = [Every(HOUR, forget_what_is_old), Every(HOUR, nudge)]

    def every(self, *, seconds: float, once_read: bool = False) -> Callable[[Work], Work]:
        """Look for this work every so often. It claims due rows, decides again, saves, says, and returns how many."""

        def register(work: Work) -> Work:
            self.entries.append(Every(seconds, work, once_read))
            return work

        return register


class Clock:
    """Runs a schedule: each piece of work in transactions of its own, until nothing is due."""

    def __init__(
        self,
        schedule: Schedule,
        database: Database,
        router: Router,
        time: Time,
        written: asyncio.Event,
        is_behind: Callable[[], bool] = lambda: False,
    ) -> None:
        self.schedule = schedule
        self.database = database
        self.router = router
        self.time = time
        self.written = written
        self.is_behind = is_behind
        self.loops = Loops("clock")

    async def run(self) -> None:
        """Look for every kind of work for ever, whatever one of them raises."""
        async with asyncio.TaskGroup() as tasks:
            for every in self.schedule.entries:
                work = partial(self._look, every)
                tasks.create_task(self.loops.keep(every.work.__name__, work, rest=every.seconds))

    async def run_due(self) -> int:
        """Do everything that is due now; how many rows were worked on."""
        done = 0
        for every in self.schedule.entries:
            done += await self._exhaust(every.work)
        return done

    async def _look(self, every: Every) -> int:
        return 0 if every.once_read and self.is_behind() else await self._exhaust(every.work)

    async def _exhaust(self, work: Work) -> int:
        done = 0
        for _ in range(ROUNDS):
            count = await self.once(work)
            if not count:
                break
            done += count
        return done

    async def once(self, work: Work) -> int:
        """One transaction of one kind of work, with what follows from it."""
        metrics.CLOCK_RUNS.labels(work.__name__).inc()
        async with self.database.transaction(EVERYONE) as conn:
            now = await self.time.read(conn)
            count = await work(conn, now)
            await self._react(conn, now)
        if count:
            self.written.set()
        return count

    async def _react(self, conn: Connection, now: datetime) -> None:
        """Where a mistake in the program fails on somebody, all are noted for those who derive each alone."""
        news, conn.news = conn.news, []
        if not news:
            return
        try:
            async with conn.savepoint():
                await self.router.react(conn, People([], {}), news, now)
        except Exception as error:
            if is_transient(error):
                raise
            log.error("noted, not derived", **located(error))
            await self.router.remember(conn, news)
