"""Kafka clients that hold what nobody else may have: how long their beginning and their end may take."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from shared.kafka.unfit import Stuck

JOIN_SECONDS = 120  # above the longest rebalance
LONGEST_SECONDS = 600  # of one broker that says nothing a client was seen to let go after 155; each more may take 40


async def stop_in_time(stop: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Await what stops a client. Raises Stuck when that fails, or does not end: what it holds nobody else gets."""
    stopping = asyncio.create_task(stop())
    try:
        await asyncio.wait({stopping}, timeout=LONGEST_SECONDS)
        if not stopping.done():
            raise Stuck(f"a Kafka client did not stop within {LONGEST_SECONDS} s")
        if not stopping.cancelled() and (error := stopping.exception()):
            raise Stuck(f"a Kafka client did not stop: {error}") from error
    finally:
        stopping.cancel()
