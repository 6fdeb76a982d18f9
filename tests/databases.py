"""Databases for tests: migrated once for each service, then copied; used ones are emptied and lent again.

Whoever opens one is given the connections of the test before: they have planned its statements already, which is most
of what PostgreSQL does for a small test. So all tests share one loop.
"""

import asyncio
import itertools
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg

from local.databases import Addresses, copy_database, drop_database, ensure_database
from local.postgres import Postgres
from shared.kit.db import Database

# Whatever differs from the template's is a schema, or statistics, that the next test did not ask for.
_SHAPE = """
    SELECT (SELECT max(oid) FROM pg_class), (SELECT max(oid) FROM pg_constraint), (SELECT max(oid) FROM pg_trigger),
           (SELECT max(oid) FROM pg_proc), (SELECT count(*) FROM pg_attribute WHERE NOT attisdropped),
           (SELECT count(*) FROM pg_statistic), (SELECT max(version) FROM schema_migrations)
    """
_TABLES = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'schema_migrations'
    """
_RESTART = """
    SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence
    WHERE pg_sequence_last_value(seqrelid) IS NOT NULL
    """
_KEPT = "SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = to_regnamespace('kept') AND relkind = 'r'"
_CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL($1::int[])
    """
# A table with more is made anew, also of what is gone, which every statement about it is planned again for.
_GROWN = f"{_TABLES} AND pg_relation_size(oid) > 512 * 1024"
_IDLE: dict[str, Database] = {}  # by address


@asynccontextmanager
async def opened(url: str, service: str) -> AsyncIterator[Database]:
    """The database of a service, over the connections of whoever had it before."""
    database = _IDLE.pop(url, None) or await Database.connect(url, service)
    try:
        yield database
    finally:
        if url not in _IDLE and _is_at_rest(database):
            _IDLE[url] = database
        else:
            await database.close()


async def leave(database: Addresses) -> None:
    """Nobody of us is connected to it any more: for who looks whether its service runs."""
    if kept := _IDLE.pop(database.url, None):
        await kept.close()


def _is_at_rest(database: Database) -> bool:
    pools = (database.pool, database.looking)
    return not any(pool.is_closing() or pool.get_size() > pool.get_idle_size() for pool in pools)


async def _processes_of(database: Database) -> list[int]:
    """Those of the server that wait for this one."""
    async with AsyncExitStack() as held:
        pools = [pool for pool in (database.pool, database.looking) for _ in range(pool.get_idle_size())]
        return [(await held.enter_async_context(pool.acquire())).get_server_pid() for pool in pools]


class Databases:
    """The databases of one server. Making one takes hundreds of files and much of a second, emptying one far less."""

    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres
        self.idle: dict[str, list[Addresses]] = defaultdict(list)
        self._templates: dict[str, Addresses] = {}
        self._shapes: dict[str, asyncpg.Record] = {}
        self._owners: dict[str, asyncpg.Connection] = {}
        self._numbers = itertools.count(1)

    def template(self, service: str) -> Addresses:
        """The migrated, empty database of a service. Nobody may stay connected to a template: copies would fail."""
        if service not in self._templates:
            with ThreadPoolExecutor(1) as thread:  # a loop may be running in this one
                making = ensure_database(self.postgres, service, f"template_{service}")
                self._templates[service] = thread.submit(asyncio.run, making).result()
        return self._templates[service]

    async def lend(self, service: str, template: Addresses | None = None) -> Addresses:
        """A migrated database of this service: empty, or with what a template of one's own holds."""
        template = template or self.template(service)
        if self.idle[template.name]:
            return self.idle[template.name].pop()
        name = f"test_{service}_{os.getpid()}_{next(self._numbers)}"
        return await copy_database(self.postgres, service, template.name, name)

    async def keep(self, database: Addresses) -> None:
        """Make a template of this one: whoever is lent a copy finds what it holds now."""
        owner = await self._owner(database)
        await owner.execute("CREATE SCHEMA kept")
        for table in await _used(owner):
            await owner.execute(f"CREATE TABLE kept.{table} AS TABLE public.{table}")
        await self._leave(database)

    async def take_back(self, service: str, database: Addresses, template: Addresses | None = None) -> None:
        """Make it what it was for the next test; one whose schema was changed, or analysed, is dropped."""
        template = template or self.template(service)
        owner = await self._owner(database)
        waiting = await _processes_of(_IDLE[database.url]) if database.url in _IDLE else []
        await owner.execute(_CUT, waiting)
        if await owner.fetchrow(_SHAPE) == await self._shape(template):
            await _restore(owner)
            self.idle[template.name].append(database)
        else:
            await self._leave(database)
            await drop_database(self.postgres, database.name)

    async def _owner(self, database: Addresses) -> asyncpg.Connection:
        known = self._owners.get(database.name)
        if known is None or known.is_closed():
            known = self._owners[database.name] = await asyncpg.connect(self.postgres.url(database.name))
        return known

    async def _leave(self, database: Addresses) -> None:
        await self._owners.pop(database.name).close()
        await leave(database)

    async def _shape(self, template: Addresses) -> asyncpg.Record:
        if template.name not in self._shapes:
            conn = await asyncpg.connect(self.postgres.url(template.name))
            try:
                self._shapes[template.name] = await conn.fetchrow(_SHAPE)
            finally:
                await conn.close()
        return self._shapes[template.name]

    async def close(self) -> None:
        """Leave them all."""
        for lent in itertools.chain(*self.idle.values()):
            await self._leave(lent)


async def renew(owner: asyncpg.Connection) -> None:
    """Tables that hold nothing are as on the first day, without the pages of what is gone."""
    used = await _used(owner)
    await owner.execute(f"TRUNCATE {', '.join(t for t in await _tables(owner) if t not in used)}")


async def _tables(owner: asyncpg.Connection) -> list[str]:
    return [row[0] for row in await owner.fetch(_TABLES)]


async def _used(owner: asyncpg.Connection) -> list[str]:
    """Each table that holds anything."""
    looks = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in await _tables(owner))  # noqa: S608
    return [row[0] for row in await owner.fetch(" UNION ALL ".join(looks))]


async def _restore(owner: asyncpg.Connection) -> None:
    """As it was, but for a few pages of what is gone."""
    grown, kept = [[row[0] for row in await owner.fetch(which)] for which in (_GROWN, _KEPT)]
    work = [f"TRUNCATE {table}" for table in grown]
    work += [f"DELETE FROM {table}" for table in await _used(owner) if table not in grown]  # noqa: S608
    work += [f"INSERT INTO {table} OVERRIDING SYSTEM VALUE TABLE kept.{table}" for table in kept]
    if work:
        await owner.execute("; ".join(work))
    if not kept:  # else the next number is none of those that are there
        await owner.execute(_RESTART)
