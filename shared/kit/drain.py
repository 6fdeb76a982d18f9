"""What waits to be derived, and what somebody asked to redrive: worked off in batches beside the consumer."""

import asyncio
from collections.abc import Sequence

from shared.kit import dead_letters, facts
from shared.kit.db import EVERYONE
from shared.kit.inbox import Inbox, Mode
from shared.kit.people import Jobs, Pair, People, lock_organizations, lock_people

AT_ONCE = 500
JOBS_AT_ONCE = 20
IDLE_SECONDS = 1.0


class Drain:
    """Derives the people and jobs that were only noted. Any number may run."""

    def __init__(self, inbox: Inbox, caught_up: asyncio.Event) -> None:
        self.inbox = inbox
        self.caught_up = caught_up
        self.settled = asyncio.Event()

    async def run(self) -> None:
        """Once the backlog is worked off, derive what waits, for ever."""
        await self.caught_up.wait()
        while True:
            self.inbox.remembered.clear()
            await self.exhaust()
            self.settled.set()
            await self._wait()

    async def exhaust(self) -> int:
        """Work off everything that waits; how many people, jobs and records."""
        done = 0
        while count := await self._people() + await self._jobs() + await self._redrive():
            done += count
        return done

    async def _people(self) -> int:
        async with self.inbox.database.transaction(EVERYONE) as conn:
            pairs = await facts.find_waiting(conn, "person", AT_ONCE)
        return await self._derive(pairs, [])

    async def _jobs(self) -> int:
        async with self.inbox.database.transaction(EVERYONE) as conn:
            pairs = await facts.find_waiting(conn, "job", JOBS_AT_ONCE)
        return await self._derive([], pairs)

    async def _derive(self, people: Sequence[Pair], jobs: Sequence[Pair]) -> int:
        """Derive these in one transaction. A job concerns many, so its organisation is locked alone."""
        if not people and not jobs:
            return 0
        organizations = {o: bool(jobs) for o, _ in (*people, *jobs)}
        async with self.inbox.database.transaction(organizations) as conn:
            now = await self.inbox.time.read(conn)
            await lock_organizations(conn, organizations)
            locked = await lock_people(conn, people) if people else People([], {})
            await facts.forget_waiting(conn, "person", people)
            await facts.forget_waiting(conn, "job", jobs)
            await self.inbox.router.derive(conn, locked, Jobs(jobs), now)
        self.inbox.written.set()
        return len(people) + len(jobs)

    async def _redrive(self) -> int:
        async with self.inbox.database.transaction(EVERYONE) as conn:
            records = await dead_letters.find_redriving(conn, AT_ONCE)
        if not records:
            return 0
        await self.inbox.take(records, Mode.REDRIVE)
        return len(records)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self.inbox.remembered.wait()
        except TimeoutError:
            return
