"""Letters on their way: claimed, handed in side by side, and settled as their answers come."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import structlog

from services.notifications.domain.policy import JUST_ASKED, LetterKind
from services.notifications.post.claiming import Claims, Found, LeavingLetter
from services.notifications.post.courier import Courier, DeliveryOutcome, Unreachable
from services.notifications.post.settling import Settlement, Settling
from services.notifications.post.watching import POLL_SECONDS, SendingBrake, watched
from services.notifications.settings import NotificationsSettings
from services.notifications.sql.sending import ClaimedLetter
from shared.kit import metrics
from shared.kit.advice import located
from shared.kit.loops import to_its_end
from shared.running.runtime import Runtime

log = structlog.get_logger()

LEASE_SECONDS = 120.0
UNSETTLED_BY_CONNECTION = 2  # so many letters at most go out once more when this process is killed


class PendingSettlement(NamedTuple):
    """What became of one letter; `settled` is set once that is kept."""

    settlement: Settlement
    settled: asyncio.Event


class Sending:
    """Sends letters, over as many loops as there are callers. What is in hand is known to all of them."""

    def __init__(self, runtime: Runtime, courier: Courier, settings: NotificationsSettings, lease: float) -> None:
        self.claims = Claims(runtime, settings)
        self.settling = Settling(runtime, lease)
        self._runtime = runtime
        self._courier = courier
        self._lease = lease
        self._unsettled = asyncio.Semaphore(UNSETTLED_BY_CONNECTION * settings.smtp_connections)
        self._in_hand: set[tuple[str, str]] = set()
        self._looking = asyncio.Lock()
        self._sent = asyncio.Event()

    async def send_what_may(self) -> int:
        """While records lie unread, only what somebody waits for who has just asked, and what is on its way already.

        One loop looks and rests, the others wait for their turn.
        """
        async with self._looking:
            found = await self._find(JUST_ASKED if self._runtime.is_behind else None)
            if not found:
                await self._rest()
                return 0
        return await self._send_found(found)

    async def send_some(self) -> int:
        """Claim some letters, hand them in, keep what became of each. How many were looked at."""
        found = await self._find()
        return await self._send_found(found) if found else 0

    async def _find(self, kinds: Sequence[LetterKind] | None = None) -> list[Found]:
        found = await self.claims.find(self._lease, self._in_hand, kinds)
        return found if found and await self._courier.is_there() else []

    async def _send_found(self, found: Sequence[Found]) -> int:
        """Whoever is cancelled meanwhile hands nothing more in, and keeps what was answered."""
        stopping = asyncio.Event()
        looked_at = await to_its_end(self._send(found, stopping), stopping=stopping)
        self._sent.set()
        return looked_at

    async def _rest(self) -> None:
        """Until another loop has sent what it had in hand: there may be room for more."""
        self._sent.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._sent.wait()

    async def _send(self, found: Sequence[Found], stopping: asyncio.Event) -> int:
        looked_at, leaving = await self.claims.claim(found, self._lease)
        names = [_name(letter) for letter, _ in leaving]
        self._in_hand.update(names)
        try:
            if leaving:
                await self._deliver(leaving, stopping)
        finally:
            self._in_hand.difference_update(names)
        return looked_at

    async def _deliver(self, leaving: Sequence[LeavingLetter], stopping: asyncio.Event) -> None:
        """Hand them in side by side; settle together whatever was answered meanwhile."""
        leased = [_name(letter) for letter, _ in leaving]
        async with watched(self._runtime, leased, self._lease) as watch, asyncio.TaskGroup() as tasks:
            answers: asyncio.Queue[PendingSettlement] = asyncio.Queue()
            for one in leaving:
                tasks.create_task(self._hand_in(one, SendingBrake(watch, stopping), answers))
            settled = 0
            while settled < len(leaving):
                some = await _all_of(answers)
                await self.settling.settle([answer.settlement for answer in some])
                watch.done(_name(answer.settlement.letter) for answer in some)
                for answer in some:
                    answer.settled.set()
                settled += len(some)

    async def _hand_in(
        self, one: LeavingLetter, brake: SendingBrake, answers: asyncio.Queue[PendingSettlement]
    ) -> None:
        """Hand one letter in, once few enough wait to be settled; until it is settled, it counts among them."""
        letter, envelope = one
        async with self._unsettled:
            outcome = await self._outcome(one, brake)
            metrics.MAILS.labels(outcome).inc()
            log.info("letter handed in", letter=letter.letter, kind=letter.kind, outcome=outcome)
            answer = PendingSettlement(Settlement(letter, envelope, outcome), asyncio.Event())
            answers.put_nowait(answer)
            await answer.settled.wait()

    async def _outcome(self, one: LeavingLetter, brake: SendingBrake) -> DeliveryOutcome:
        """Whatever goes wrong concerns this letter alone: nobody knows whether it arrived."""
        letter, envelope = one
        try:
            return await self._courier.hand_in(
                envelope.sender, envelope.address, envelope.content, unless=lambda: brake.holds(letter.organization)
            )
        except Unreachable:
            return DeliveryOutcome.KEPT
        except Exception as error:
            log.error("letter not handed in", letter=letter.letter, **located(error))
            return DeliveryOutcome.UNKNOWN


async def _all_of(answers: asyncio.Queue[PendingSettlement]) -> list[PendingSettlement]:
    """Those that are there, once there is one."""
    some = [await answers.get()]
    while not answers.empty():
        some.append(answers.get_nowait())
    return some


def _name(letter: ClaimedLetter) -> tuple[str, str]:
    return letter.organization, letter.letter
