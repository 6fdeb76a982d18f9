"""Databases for tests: migrated once for each service, then copied; used ones are emptied and lent again."""

import asyncio
import itertools
import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import asyncpg

from local.databases import Addresses, copy_database, drop_database, ensure_database
from local.postgres import Postgres

# Whatever differs from the template's is a schema, or statistics, that the next test did not ask for.
_SHAPE = """
    SELECT (SELECT max(oid) FROM pg_class), (SELECT max(oid) FROM pg_constraint), (SELECT max(oid) FROM pg_trigger),
           (SELECT max(oid) FROM pg_proc), (SELECT count(*) FROM pg_attribute WHERE NOT attisdropped),
           (SELECT count(*) FROM pg_statistic), (SELECT max(version) FROM schema_migrations)
    """
_USED = """
    SELECT string_agg(quote_ident(relname), ', ') FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'schema_migrations'
      AND pg_relation_size(oid) > 0
    """
_CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    """


class Databases:
    """The databases of one server. Making one takes hundreds of files and much of a second, emptying one far less."""

    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres
        self.idle: dict[str, list[Addresses]] = defaultdict(list)
        self._templates: dict[str, Addresses] = {}
        self._shapes: dict[str, asyncpg.Record] = {}
        self._numbers = itertools.count(1)

    def template(self, service: str) -> Addresses:
        """The migrated, empty database of a service. Nobody may stay connected to it: copies would fail."""
        if service not in self._templates:
            with ThreadPoolExecutor(1) as thread:  # a loop may be running in this one
                making = ensure_database(self.postgres, service, f"template_{service}")
                self._templates[service] = thread.submit(asyncio.run, making).result()
        return self._templates[service]

    async def lend(self, service: str) -> Addresses:
        """A migrated, empty database of this service."""
        if self.idle[service]:
            return self.idle[service].pop()
        name = f"test_{service}_{os.getpid()}_{next(self._numbers)}"
        return await copy_database(self.postgres, service, self.template(service).name, name)

    async def take_back(self, service: str, database: Addresses) -> None:
        """Empty it for the next test; one whose schema was changed, or analysed, is dropped."""
        if await self._emptied(service, database):
            self.idle[service].append(database)
        else:
            await drop_database(self.postgres, database.name)

    async def _emptied(self, service: str, database: Addresses) -> bool:
        conn = await asyncpg.connect(self.postgres.url(database.name))
        try:
            await conn.execute(_CUT)
            if await conn.fetchrow(_SHAPE) != await self._shape(service):
                return False
            if used := await conn.fetchval(_USED):
                await conn.execute(f"TRUNCATE {used} RESTART IDENTITY")
            return True
        finally:
            await conn.close()

    async def _shape(self, service: str) -> asyncpg.Record:
        if service not in self._shapes:
            conn = await asyncpg.connect(self.postgres.url(self.template(service).name))
            try:
                self._shapes[service] = await conn.fetchrow(_SHAPE)
            finally:
                await conn.close()
        return self._shapes[service]
