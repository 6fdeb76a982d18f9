"""The end of a Kafka client, which may never come."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from shared.kafka.unfit import Stuck

LONGEST_SECONDS = 60  # above what a client waits for an answer, 40


async def stop_in_time(stop: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Await what stops a client. Raises Stuck when that does not end: what the client holds nobody else gets."""
    stopping = asyncio.create_task(stop())
    await asyncio.wait({stopping}, timeout=LONGEST_SECONDS)
    if not stopping.done():
        raise Stuck(f"a Kafka client did not stop within {LONGEST_SECONDS} s")
    await stopping
