"""The mail server's side: letters leave once the contact policy agrees; what comes back is read."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import structlog

from services.notifications.domain.policy import JUST_ASKED, Kind
from services.notifications.post.claiming import Claims, Leaving
from services.notifications.post.courier import Courier, Outcome, Unreachable
from services.notifications.post.forwarding import Forwarding
from services.notifications.post.listening import Listener
from services.notifications.post.settling import Settlement, Settling
from services.notifications.post.watching import POLL_SECONDS, Watch, watched
from services.notifications.settings import Settings
from services.notifications.sql.post import Claimed
from shared.kit import metrics
from shared.kit.db import is_transient
from shared.kit.runtime import Runtime

log = structlog.get_logger()

LOOPS = 3  # while one of them waits for a slow server, the others go on
LEASE_SECONDS = 120.0
SETTLE_PAUSES = (0.1, 0.5, 2.0, 5.0, 10.0)


class Post:
    """Sends what is ready. Any number may run: letters are claimed under a lease."""

    def __init__(self, runtime: Runtime, settings: Settings, *, lease: float = LEASE_SECONDS) -> None:
        self.runtime = runtime
        self.courier = Courier(settings.mail_server)
        self.claims = Claims(runtime, settings)
        self.settling = Settling(runtime)
        self.forwarding = Forwarding(runtime, self.courier, settings)
        self.listener = Listener(runtime, settings)
        self.lease = lease
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Send for ever, and take what comes back."""
        try:
            async with self.listener.listening(), asyncio.TaskGroup() as tasks:
                tasks.create_task(_repeat(self.forwarding.forward_some))
                for _ in range(LOOPS):
                    tasks.create_task(_repeat(self._send_what_may))
        finally:
            await self.courier.close()

    async def run_due(self) -> int:
        """Send everything that is ready now; how many letters were looked at."""
        done = 0
        async with self._one_at_a_time:
            while count := await self.send_some() + await self.forwarding.forward_some():
                done += count
        return done

    async def _send_what_may(self) -> int:
        """While records lie unread, only what somebody waits for who has just asked, and what is on its way already."""
        return await self.send_some(JUST_ASKED if self.runtime.reading.is_behind else None)

    async def send_some(self, kinds: Sequence[Kind] | None = None) -> int:
        """Claim some letters, hand them in, keep what became of each. How many were looked at."""
        if not await self.claims.anything_due(kinds) or not await self.courier.is_there():
            return 0
        looked_at, leaving = await self.claims.claim(self.lease, kinds)
        if leaving:
            await self._deliver(leaving)
        return looked_at

    async def _deliver(self, leaving: Sequence[Leaving]) -> None:
        """Hand them in side by side; settle together whatever was answered meanwhile."""
        answers: asyncio.Queue[Settlement] = asyncio.Queue()
        leased = [_name(letter) for letter, _ in leaving]
        async with watched(self.runtime, leased, self.lease) as watch, asyncio.TaskGroup() as tasks:
            for one in leaving:
                tasks.create_task(self._hand_in(one, watch, answers))
            settled = 0
            while settled < len(leaving):
                some = [await answers.get()]
                while not answers.empty():
                    some.append(answers.get_nowait())
                await self._settle(some)
                watch.done(_name(s.letter) for s in some)
                settled += len(some)

    async def _settle(self, some: Sequence[Settlement]) -> None:
        """What was answered is not forgotten for a deadlock or a database that starts again."""
        for pause in SETTLE_PAUSES:
            try:
                return await self.settling.settle(some, self.lease)
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("settling again", error=type(error).__name__, letters=len(some))
            await asyncio.sleep(pause)
        return await self.settling.settle(some, self.lease)

    async def _hand_in(self, one: Leaving, watch: Watch, answers: asyncio.Queue[Settlement]) -> None:
        letter, envelope = one
        outcome = Outcome.KEPT
        with suppress(Unreachable):
            outcome = await self.courier.hand_in(
                envelope.sender, envelope.address, envelope.content, unless=lambda: watch.holds(letter.organization)
            )
        metrics.MAILS.labels(outcome).inc()
        log.info("letter handed in", letter=letter.letter, kind=letter.kind, outcome=outcome)
        answers.put_nowait(Settlement(letter, envelope, outcome))


def _name(letter: Claimed) -> tuple[str, str]:
    return letter.organization, letter.letter


async def _repeat(work: Callable[[], Awaitable[int]]) -> None:
    while True:
        if not await work():
            await asyncio.sleep(POLL_SECONDS)
