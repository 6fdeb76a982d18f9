"""The database: a pool, and transactions that see only the organisations they were opened for."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any, Self

import asyncpg

EVERYONE = "*"

# Plans made on empty or stale statistics must stay right (docs/decisions): every statement is written for its index.
_SESSION = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "jit": "off",
    "timezone": "UTC",
    "idle_in_transaction_session_timeout": "15s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}

# What the same batch may well survive a moment later.
_TRANSIENT = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that ended in the middle of a statement
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    ConnectionError,
    TimeoutError,
    OSError,
)


def is_transient(error: BaseException) -> bool:
    """True when trying again may help: connection, serialization, deadlock, timeout, resources."""
    return isinstance(error, _TRANSIENT)


class Connection:
    """One open transaction of one service."""

    __slots__ = ("raw", "service")

    def __init__(self, raw: Any, service: str) -> None:
        self.raw = raw
        self.service = service

    async def fetch(self, statement: str, *arguments: Any) -> list[Any]:
        """All rows of one statement."""
        rows: list[Any] = await self.raw.fetch(statement, *arguments)
        return rows

    async def fetchrow(self, statement: str, *arguments: Any) -> Any:
        """The first row, or None."""
        return await self.raw.fetchrow(statement, *arguments)

    async def fetchval(self, statement: str, *arguments: Any) -> Any:
        """The first column of the first row, or None."""
        return await self.raw.fetchval(statement, *arguments)

    def stream(self, statement: str, *arguments: Any, at_once: int = 500) -> AsyncIterator[Any]:
        """Rows one by one, so many held at once; other statements may run meanwhile."""
        return aiter(self.raw.cursor(statement, *arguments, prefetch=at_once))

    async def execute(self, statement: str, *arguments: Any) -> str:
        """Run one statement; its status line, such as `DELETE 3`."""
        status: str = await self.raw.execute(statement, *arguments)
        return status

    async def executemany(self, statement: str, arguments: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each tuple of arguments."""
        await self.raw.executemany(statement, arguments)


async def _nothing_to_reset(_: Any) -> None:
    """Settings and locks of ours end with their transaction: a returned connection is clean, and a round trip saved."""


async def _pool(url: str, size: int, session: dict[str, str]) -> Any:
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        timeout=10,
        command_timeout=60,
        reset=_nothing_to_reset,
        server_settings=session,
    )


async def see_and_lock(conn: Any, seen: str | None, organizations: Mapping[str, bool]) -> None:
    """Let the transaction see these organisations (None: as before), and take locks, in the order of the lock's key.

    Exclusively where the value is true. One statement: every batch begins with both.
    """
    await conn.fetchval(
        """
        SELECT set_config('app.organizations', coalesce($3, current_setting('app.organizations', true)), true),
               count(CASE WHEN exclusive THEN pg_advisory_xact_lock(key)::text
                          ELSE pg_advisory_xact_lock_shared(key)::text END)
        FROM (SELECT hashtextextended(organization, 0) AS key, bool_or(alone) AS exclusive
              FROM unnest($1::text[], $2::boolean[]) AS u(organization, alone) GROUP BY 1 ORDER BY 1) s
        """,
        list(organizations),
        list(organizations.values()),
        seen,
    )


class Database:
    """The one database of one service."""

    def __init__(self, pool: Any, looking: Any, service: str) -> None:
        self.pool = pool
        self.looking = looking
        self.service = service

    @classmethod
    async def connect(cls, url: str, service: str, *, size: int = 10) -> Self:
        """Open a pool. Connections are made when first needed, so a database that is away does not stop the start."""
        session = {**_SESSION, "application_name": f"talentloop-{service}"}
        looking = await _pool(url, 1, session | {"app.organizations": EVERYONE})
        return cls(await _pool(url, size, session), looking, service)

    @asynccontextmanager
    async def transaction(
        self, organizations: Iterable[str] | str, locked: Mapping[str, bool] = MappingProxyType({})
    ) -> AsyncIterator[Connection]:
        """Open a transaction that sees one organisation, several, or everyone (`*`), with the locks of some taken."""
        seen = organizations if isinstance(organizations, str) else ",".join(sorted(set(organizations)))
        async with self.pool.acquire() as raw, raw.transaction():
            if locked:
                await see_and_lock(raw, seen, locked)
            else:
                await raw.execute("SELECT set_config('app.organizations', $1, true)", seen)
            yield Connection(raw, self.service)

    @asynccontextmanager
    async def look(self) -> AsyncIterator[Connection]:
        """Look whether there is work for anybody, on a connection that sees everyone and is there for nothing else.

        No transaction: each statement is one round trip, and commits by itself.
        """
        async with self.looking.acquire() as raw:
            yield Connection(raw, self.service)

    async def close(self) -> None:
        """Close every connection, waiting at most ten seconds for those in use."""
        pools = (self.looking, self.pool)
        try:
            async with asyncio.timeout(10):
                for pool in pools:
                    await pool.close()
        except TimeoutError:
            for pool in pools:
                pool.terminate()
