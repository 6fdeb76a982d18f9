"""What waits to be derived, and what somebody asked to redrive: worked off in batches beside the consumer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

import structlog

from shared.kit import dead_letters, facts
from shared.kit.db import is_transient
from shared.kit.dead_letters import ConsumedRecord
from shared.kit.people import Jobs, Pair, lock_people, slices
from shared.kit.router import Router
from shared.kit.turn import Turns

log = structlog.get_logger()

PERSON, JOB, PAIR, RECORD = "person", "job", "pair", "record"
AT_ONCE = 500
JOBS_AT_ONCE = 20
BATCHES_AHEAD = 10
SIDE_BY_SIDE = 2
IDLE_SECONDS = 1.0


class Drain:
    """Derives the people and jobs that were only noted. Any number may run."""

    def __init__(
        self, turns: Turns, router: Router, redrive: Callable[[Sequence[ConsumedRecord]], Awaitable[None]]
    ) -> None:
        self.turns = turns
        self.router = router
        self.redrive = redrive

    async def run(self) -> None:
        """Derive what waits, for ever."""
        while True:
            self.turns.remembered.clear()
            await self.exhaust()
            await self._wait()

    async def exhaust(self) -> int:
        """Work off everything that waits, jobs when nobody waits; how many people, jobs and records."""
        done = 0
        while kinds := await self._what_waits():
            count = await self._people() if PERSON in kinds else 0
            count += await self._jobs() if JOB in kinds and not count else 0
            count += await self._pairs() if PAIR in kinds else 0
            count += await self._redrive() if RECORD in kinds else 0
            if not count:  # others are at work on it
                break
            done += count
        return done

    async def _what_waits(self) -> set[str]:
        async with self.turns.database.look() as conn:
            return await facts.find_waiting_kinds(conn)

    async def _people(self) -> int:
        return len((await self._side_by_side(PERSON, SIDE_BY_SIDE))[0])

    async def _jobs(self) -> int:
        async with self.turns.database.look() as conn:
            pairs = await facts.find_waiting(conn, JOB, JOBS_AT_ONCE)
        await self._derive(JOB, pairs)
        return len(pairs)

    async def _pairs(self) -> int:
        """How many were derived here: what another process is at work on is left to it."""
        return (await self._side_by_side(PAIR, BATCHES_AHEAD))[1]

    async def _side_by_side(self, kind: str, batches: int) -> tuple[Sequence[Pair], int]:
        """Two batches at a time: while the database works for one, the other is computed.

        What waited, of at most so many batches, and how many of it were derived here.
        """
        async with self.turns.database.look() as conn:
            found = await facts.find_waiting(conn, kind, AT_ONCE * batches)
        some = slices(found, AT_ONCE)

        async def work() -> int:
            return sum([await self._derive(kind, batch) for batch in some])

        done = await asyncio.gather(*(work() for _ in range(SIDE_BY_SIDE)), return_exceptions=True)
        for one in done:
            if isinstance(one, BaseException):  # the other was worked off: of two in a deadlock, one gets on
                raise one
        return found, sum(one for one in done if isinstance(one, int))

    async def _derive(self, kind: str, pairs: Sequence[Pair]) -> int:
        """Derive these; the one that a mistake in the program fails on is found by halving and left alone.

        Returns how many were derived or left alone. Raises what is transient: the part is started again.
        """
        if not pairs:
            return 0
        try:
            return await self._transact(kind, pairs)
        except Exception as error:
            if is_transient(error):
                raise
            half = len(pairs) // 2
            if half:
                return await self._derive(kind, pairs[:half]) + await self._derive(kind, pairs[half:])
            await self._leave_alone(kind, pairs[0], error)
            return 1

    async def _transact(self, kind: str, pairs: Sequence[Pair]) -> int:
        """One transaction; how many of `pairs` nobody else had derived, or was at work on."""
        organizations = {organization for organization, _ in pairs}
        # A job concerns many people, so its organisation is locked alone; of pairs only those who are free are locked.
        locked = {} if kind == PAIR else dict.fromkeys(organizations, kind == JOB)
        async with self.turns.open(organizations, locked) as turn:
            people = await lock_people(turn.conn, _people_in(kind, pairs), skip_locked=kind == PAIR)
            free = set(zip(*people.ids, strict=True))
            held = [pair for pair in pairs if free.issuperset(_people_in(kind, [pair]))]
            mine = set(await facts.claim_waiting(turn.conn, kind, held))
            people, jobs = people.only(set(_people_in(kind, mine))), Jobs(_jobs_in(kind, mine))
            if kind == PAIR:
                await self.router.derive_pairs(turn, people, jobs)
            else:
                await self.router.derive(turn, people, jobs)
        return len(mine)

    async def _leave_alone(self, kind: str, pair: Pair, error: Exception) -> None:
        log.error("not derived", kind=kind, organization=pair[0], id=pair[1], exc_info=error)
        async with self.turns.open([pair[0]]) as turn:
            await facts.fail_waiting(turn.conn, kind, pair, turn.now)

    async def _redrive(self) -> int:
        async with self.turns.database.look() as conn:
            records = await dead_letters.find_redriving(conn, AT_ONCE)
        if not records:
            return 0
        await self.redrive(records)
        return len(records)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self.turns.remembered.wait()
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
