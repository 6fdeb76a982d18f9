"""The one clock. Tests and the demo move it, and then it stands still, for every replica of a service."""

from datetime import UTC, datetime

from shared.kit.db import Connection
from shared.settings.service import Env


class TimeFixed(Exception):
    """Only the demo and tests may move the clock."""


class TimeBackwards(Exception):
    """The clock only moves forward: what was said at a later time stays said."""


class Time:
    """Tells a service what time it is."""

    def __init__(self, env: Env) -> None:
        self.movable = env in ("demo", "test")

    def now(self) -> datetime:
        """The machine's time, in UTC."""
        return datetime.now(UTC)

    async def read(self, conn: Connection) -> datetime:
        """The kit's time: where the clock was moved to, else the machine's. In production without a query."""
        if not self.movable:
            return self.now()
        moved: datetime | None = await conn.fetchval("SELECT now_at FROM clock")
        return moved or self.now()

    async def move(self, conn: Connection, instant: datetime) -> None:
        """Set the clock and stop it there. Raises TimeFixed, TimeBackwards."""
        if not self.movable:
            raise TimeFixed("the clock can be moved with TALENTLOOP_ENV=demo or test only")
        moved = await conn.fetchval(
            """
            INSERT INTO clock AS c (now_at) VALUES ($1)
            ON CONFLICT ON CONSTRAINT clock_pkey DO UPDATE SET now_at = excluded.now_at
            WHERE c.now_at <= excluded.now_at
            RETURNING now_at
            """,
            instant.astimezone(UTC),
        )
        if moved is None:
            raise TimeBackwards("the clock is already later than that")
