"""A process that runs the counting service and kills itself at one point: `python -m tests.kit.crashing POINT`."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from shared.kafka import consumer
from shared.kafka.positions import Reach
from shared.kafka.relay import Relay
from shared.kit import outbox
from shared.kit.inbox import Inbox
from shared.settings.service import ListeningSettings
from tests.kit.conftest import router
from tests.running import running


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str) -> None:
    """Die instead of calling."""
    getattr(owner, name)  # else nobody would ever call it

    async def instead(*_: Any, **__: Any) -> None:
        die()

    setattr(owner, name, instead)


def after(owner: Any, name: str) -> None:
    """Die once the call has returned."""
    original: Callable[..., Any] = getattr(owner, name)

    async def then(*arguments: Any, **named: Any) -> None:
        await original(*arguments, **named)
        die()

    setattr(owner, name, then)


POINTS: dict[str, Callable[[], None]] = {
    "nowhere": lambda: None,
    "after-database-commit": lambda: after(Inbox, "_transact"),
    "before-offset-commit": lambda: before(Reach, "_commit"),
    "after-send": lambda: after(Relay, "_send"),
    "before-outbox-delete": lambda: before(outbox, "delete"),
}


async def main() -> None:
    consumer.SESSION_SECONDS = 6  # the next one waits no longer than Kafka's shortest
    async with running("candidates", ListeningSettings(), router):
        await asyncio.sleep(3600)


if __name__ == "__main__":
    POINTS[sys.argv[1]]()
    asyncio.run(main())
