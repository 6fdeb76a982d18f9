"""Whether records lie unread: what is said to people waits for them."""

import asyncio
from typing import Any

from shared.kafka.backlog import POLL_SECONDS, find_ends, lag
from shared.kit.db import Database
from shared.kit.offsets import load_offsets

PATIENCE_SECONDS = 10.0  # what comes all the time is worked off sooner
LOOK_SECONDS = 5.0


class UnreadProbe:
    """Tells whether Kafka holds what the database has not, whoever of the service's processes reads it."""

    def __init__(self, database: Database, kafka: dict[str, Any], prefix: str) -> None:
        self.database = database
        self.kafka = kafka
        self.prefix = prefix
        self.is_behind = False  # true while nobody can tell, too; false where nobody looks

    async def run(self) -> None:
        """Look for ever. Raises KafkaError when no broker answers."""
        self.is_behind = True
        try:
            while True:
                self.is_behind = await self._is_behind()
                await asyncio.sleep(0 if self.is_behind else LOOK_SECONDS)
        finally:
            self.is_behind = True

    async def _is_behind(self) -> bool:
        """True when what there is now takes long: a stream that never ends is no backlog."""
        ends = await find_ends(self.kafka, self.prefix, self.database.service)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await self._lag(ends):  # noqa: ASYNC110 - another process may work it off
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            return True
        return False

    async def _lag(self, ends: dict[tuple[str, int], int]) -> int:
        async with self.database.look() as conn:
            return lag(ends, await load_offsets(conn))
