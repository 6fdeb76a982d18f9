"""While mail is on its way: leases are kept, and nothing leaves any more once all mail is held back."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

import structlog

from services.notifications.sql.pauses import find_pauses
from services.notifications.sql.sending import keep_leases
from shared.kit.db import EVERYONE
from shared.running.runtime import Runtime

log = structlog.get_logger()

POLL_SECONDS = 1.0


class SendingWatch:
    """What must be looked at while mail is handed in, however slow the server is."""

    def __init__(self, runtime: Runtime, leased: Iterable[tuple[str, str]], lease: float) -> None:
        self._runtime = runtime
        self._leased = set(leased)
        self._lease = lease
        self._paused: frozenset[str] = frozenset()

    def holds(self, organization: str) -> bool:
        """True when mail of this organisation must not leave any more."""
        return organization in self._paused or EVERYONE in self._paused

    def done(self, letters: Iterable[tuple[str, str]]) -> None:
        """These, (organisation, id), no longer need their lease."""
        self._leased -= set(letters)

    async def run(self) -> None:
        """Every second, until cancelled. A database that is away is looked for again."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                async with self._runtime.database.transaction(EVERYONE) as conn:
                    self._paused = frozenset(p.organization for p in await find_pauses(conn))
                    if self._lease:
                        await keep_leases(conn, sorted(self._leased), self._lease)
            except Exception as error:
                log.warning("leases not kept", error=type(error).__name__)


class SendingBrake(NamedTuple):
    """Why mail in hand must not leave any more: its organisation's is held back, or this process stops."""

    watch: SendingWatch
    stopping: asyncio.Event

    def holds(self, organization: str) -> bool:
        """True when mail of this organisation stays here."""
        return self.stopping.is_set() or self.watch.holds(organization)


@asynccontextmanager
async def watched(
    runtime: Runtime, leased: Iterable[tuple[str, str]] = (), lease: float = 0
) -> AsyncIterator[SendingWatch]:
    """A watch over letters, (organisation, id), while the block runs; without any, over pauses alone."""
    watch = SendingWatch(runtime, leased, lease)
    watching = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
