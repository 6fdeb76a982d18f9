"""What waits to be derived, and what somebody asked to redrive: worked off in batches beside the consumer."""

import asyncio
from collections.abc import Iterable, Sequence

import structlog

from shared.kit import dead_letters, facts
from shared.kit.db import EVERYONE, is_transient
from shared.kit.inbox import Inbox, Mode
from shared.kit.people import Jobs, Pair, lock_organizations, lock_people
from shared.kit.progress import Backlog

log = structlog.get_logger()

PERSON, JOB, PAIR = "person", "job", "pair"
AT_ONCE = 500
JOBS_AT_ONCE = 20
PAIRS_AT_ONCE = 250
SIDE_BY_SIDE = 2  # while the database works for one batch of pairs, the other is computed
IDLE_SECONDS = 1.0


class Drain:
    """Derives the people and jobs that were only noted. Any number may run."""

    def __init__(self, inbox: Inbox, backlog: Backlog) -> None:
        self.inbox = inbox
        self.backlog = backlog

    async def run(self) -> None:
        """Once the backlog is worked off, derive what waits, for ever."""
        await self.backlog.worked_off()
        while True:
            self.inbox.remembered.clear()
            await self.exhaust()
            await self._wait()

    async def exhaust(self) -> int:
        """Work off everything that waits; how many people, jobs and records."""
        done = 0
        while count := await self._people() + await self._jobs() + await self._pairs() + await self._redrive():
            done += count
        return done

    async def _people(self) -> int:
        async with self.inbox.database.transaction(EVERYONE) as conn:
            pairs = await facts.find_waiting(conn, PERSON, AT_ONCE)
        await self._derive(PERSON, pairs)
        return len(pairs)

    async def _jobs(self) -> int:
        async with self.inbox.database.transaction(EVERYONE) as conn:
            pairs = await facts.find_waiting(conn, JOB, JOBS_AT_ONCE)
        await self._derive(JOB, pairs)
        return len(pairs)

    async def _pairs(self) -> int:
        async with self.inbox.database.transaction(EVERYONE) as conn:
            found = await facts.find_waiting(conn, PAIR, PAIRS_AT_ONCE * SIDE_BY_SIDE)
        size = -(-len(found) // SIDE_BY_SIDE) or 1
        batches = [found[first : first + size] for first in range(0, len(found), size)]
        async with asyncio.TaskGroup() as group:
            for batch in batches:
                group.create_task(self._derive(PAIR, batch))
        return len(found)

    async def _derive(self, kind: str, pairs: Sequence[Pair]) -> None:
        """Derive these; the one that a mistake in the program fails on is found by halving and left alone.

        Raises what is transient: the part is started again.
        """
        if not pairs:
            return
        try:
            await self._transact(kind, pairs)
        except Exception as error:
            if is_transient(error):
                raise
            if len(pairs) > 1:
                await self._derive(kind, pairs[: len(pairs) // 2])
                await self._derive(kind, pairs[len(pairs) // 2 :])
            else:
                await self._leave_alone(kind, pairs[0], error)

    async def _transact(self, kind: str, pairs: Sequence[Pair]) -> None:
        """One transaction. A job concerns many people, so its organisation is locked alone."""
        organizations = {organization: kind == JOB for organization, _ in pairs}
        async with self.inbox.database.transaction(organizations) as conn:
            now = await self.inbox.time.read(conn)
            await lock_organizations(conn, organizations)
            people = await lock_people(conn, _people_in(kind, pairs))
            mine = set(await facts.claim_waiting(conn, kind, pairs))
            people, jobs = people.only(set(_people_in(kind, mine))), Jobs(_jobs_in(kind, mine))
            if kind == PAIR:
                await self.inbox.router.derive_pairs(conn, people, jobs, now)
            else:
                await self.inbox.router.derive(conn, people, jobs, now)
        self.inbox.written.set()

    async def _leave_alone(self, kind: str, pair: Pair, error: Exception) -> None:
        log.error("not derived", kind=kind, organization=pair[0], id=pair[1], exc_info=error)
        async with self.inbox.database.transaction([pair[0]]) as conn:
            await facts.fail_waiting(conn, kind, pair, await self.inbox.time.read(conn))

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


def _people_in(kind: str, waiting: Iterable[Pair]) -> list[Pair]:
    """The people among what waits: a pair's id is `job/person`."""
    if kind == JOB:
        return []
    return [(organization, known.rpartition("/")[2]) for organization, known in waiting]


def _jobs_in(kind: str, waiting: Iterable[Pair]) -> list[Pair]:
    if kind == PERSON:
        return []
    return [(organization, known.partition("/")[0]) for organization, known in waiting]
