"""The clock's work: what is due because time passed, claimed from the database by whoever comes first."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from functools import partial
from typing import NamedTuple

import structlog

from shared.kit import metrics
from shared.kit.advice import located
from shared.kit.compaction import nudge
from shared.kit.db import EVERYONE, Connection, is_transient
from shared.kit.expiry import forget_what_is_old
from shared.kit.loops import Loops
from shared.kit.people import Pair, lock_people
from shared.kit.router import PeopleHandler, Router
from shared.kit.turn import Turn, Turns

log = structlog.get_logger()

Work = Callable[[Turn], Awaitable[int]]
FindDue = Callable[[Connection, datetime, int], Awaitable[Collection[Pair]]]
ROUNDS = 10_000
AT_ONCE = 200
HOUR = 3600


class Every(NamedTuple):
    """One kind of due work and how often to look for it."""

    name: str
    seconds: float
    work: Work
    once_read: bool = False  # never while records lie unread
    find_due: FindDue | None = None  # whoever is due, so that most looks cost one statement


class DueWork:
    """A service's due work."""

    def __init__(self) -> None:
        self.entries: list[Every] = [
            Every("forget_what_is_old", HOUR, forget_what_is_old),
            Every("nudge", HOUR, nudge),
        ]

    def every(
        self, *, seconds: float, once_read: bool = False, find_due: FindDue | None = None
    ) -> Callable[[Work], Work]:
        """Look for this work every so often. It claims due rows, decides again, saves, says, and returns how many."""

        def register(work: Work) -> Work:
            self.entries.append(Every(work.__name__, seconds, work, once_read, find_due))
            return work

        return register

    def deadline(self, name: str, find_due: FindDue, decide: PeopleHandler, *, seconds: float = 30) -> None:
        """Decide again about those for whom time alone may have changed something, and of whom nothing was heard.

        Who is locked is left to whoever holds them.
        """

        async def decide_again(turn: Turn) -> int:
            due = await find_due(turn.conn, turn.now, AT_ONCE)
            if not due:
                return 0
            people = await lock_people(turn.conn, due, skip_locked=True)
            if people:
                await decide(turn, people.told({}))
            return len(people)

        self.entries.append(Every(name, seconds, decide_again, find_due=find_due))


class Clock:
    """Runs a schedule: each piece of work in turns of its own, until nothing is due."""

    def __init__(
        self,
        schedule: DueWork,
        turns: Turns,
        router: Router,
        is_behind: Callable[[], bool] = lambda: False,
    ) -> None:
        self.schedule = schedule
        self.turns = turns
        self.router = router
        self.is_behind = is_behind
        self.loops = Loops("clock")

    async def run(self) -> None:
        """Look for every kind of work for ever, whatever one of them raises."""
        async with asyncio.TaskGroup() as tasks:
            for every in self.schedule.entries:
                work = partial(self._look, every)
                tasks.create_task(self.loops.keep(every.name, work, rest=every.seconds))

    async def run_due(self) -> int:
        """Do everything that is due now; how many rows were worked on."""
        done = 0
        for every in self.schedule.entries:
            done += await self.exhaust(every)
        return done

    async def _look(self, every: Every) -> int:
        return 0 if every.once_read and self.is_behind() else await self.exhaust(every)

    async def exhaust(self, every: Every) -> int:
        """Do this work until none is due; how many rows were worked on."""
        done = 0
        for _ in range(ROUNDS):
            metrics.CLOCK_RUNS.labels(every.name).inc()
            count = await self.once(every) if await self._is_due(every) else 0
            if not count:
                break
            done += count
        return done

    async def _is_due(self, every: Every) -> bool:
        if every.find_due is None:
            return True
        async with self.turns.database.look() as conn:
            return bool(await every.find_due(conn, await self.turns.time.read(conn), 1))

    async def once(self, every: Every) -> int:
        """One turn of one kind of work, with what follows from it."""
        async with self.turns.open(EVERYONE) as turn:
            count = await every.work(turn)
            await self._react(turn)
        return count

    async def _react(self, turn: Turn) -> None:
        """Where a mistake in the program fails on somebody, all are noted for those who derive each alone."""
        news = turn.take_news()
        if not news:
            return
        try:
            async with turn.savepoint():
                await self.router.react(turn, news=news)
        except Exception as error:
            if is_transient(error):
                raise
            log.error("noted, not derived", **located(error))
            await self.router.remember(turn, news)
