"""Work that goes on: loops heal by themselves, what is in hand is ended before a stop, one bad thing harms no other."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

import structlog

from shared.kit.advice import advise, name_of
from shared.kit.db import is_transient

log = structlog.get_logger()

STOP_SECONDS = 8.0  # for what is in hand at a stop; less than anybody waits for us
PAUSES = (0.2, 30.0)  # the first pause after a failure, and the longest
RETRY_PAUSES = (0.1, 5.0)

Result = TypeVar("Result")
Thing = TypeVar("Thing")


class Loops:
    """The loops of one part. A fault in one stops no other; `/ready` names it until the loop works again."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._troubles: dict[str, str] = {}

    @property
    def trouble(self) -> str:
        """Which loops fail, and on what; empty when all of them work."""
        return "; ".join(f"{loop} failed: {trouble}" for loop, trouble in sorted(self._troubles.items()))

    async def keep(self, loop: str, work: Callable[[], Awaitable[int]], *, rest: float) -> None:
        """Do this work until cancelled: after `rest` seconds where there was none, after growing pauses if it fails."""
        pause = PAUSES[0]
        while True:
            try:
                done = await work()
            except Exception as error:
                self._troubles[loop] = name_of(error)
                _tell("loop failed", error, part=self._part, loop=loop, again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, PAUSES[1])
                continue
            self._troubles.pop(loop, None)
            pause = PAUSES[0]
            await asyncio.sleep(0 if done else rest)


async def to_its_end(run: Coroutine[Any, Any, Result], *, stopping: asyncio.Event | None = None) -> Result:
    """Whoever is cancelled meanwhile lets this come to its end first, for some seconds; `stopping` tells it so."""
    task = asyncio.ensure_future(run)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if stopping:
            stopping.set()
        await asyncio.wait([task], timeout=STOP_SECONDS)
        raise
    finally:
        task.cancel()


async def insist(work: Callable[[], Awaitable[Result]], what: str) -> Result:
    """Do this until it succeeds, however long the database is away. Raises what trying again does not help."""
    pause = RETRY_PAUSES[0]
    while True:
        try:
            return await work()
        except Exception as error:
            if not is_transient(error):
                raise
            _tell(f"{what} again", error, again_in=pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, RETRY_PAUSES[1])


async def by_halves(
    things: Sequence[Thing],
    work: Callable[[Sequence[Thing]], Awaitable[Result]],
    leave_alone: Callable[[Thing, Exception], Awaitable[Result]],
) -> list[Result]:
    """Work on all at once; the one thing that fails is found by halving and left alone. Raises what is transient."""
    try:
        return [await work(things)]
    except Exception as error:
        if is_transient(error):
            raise
        if len(things) == 1:
            return [await leave_alone(things[0], error)]
    half = len(things) // 2
    first = await by_halves(things[:half], work, leave_alone)
    return first + await by_halves(things[half:], work, leave_alone)


def _tell(event: str, error: Exception, **more: object) -> None:
    advice = advise(error)
    log.warning(event, error=name_of(error), advice=advice, exc_info=None if advice else error, **more)
