"""One database and two roles per service: the owner makes the schema, the service itself only fills it."""

from dataclasses import dataclass

import asyncpg

from local.postgres import Postgres
from shared.running import migrations

LISTENING = ("interviews", "candidates", "notifications", "insights")  # to Kafka: they hold facts
SERVICES = (*LISTENING, "console")


@dataclass(frozen=True)
class Addresses:
    """How to reach one service's database: as the service, and as the owner of its schema."""

    name: str
    url: str
    owner_url: str


def addresses(postgres: Postgres, service: str, database: str | None = None) -> Addresses:
    """The addresses of a service's database; its name is the service's unless another is given."""
    name = database or service
    return Addresses(name, postgres.url(name, service), postgres.url(name, f"{service}_owner"))


async def ensure_database(postgres: Postgres, service: str, database: str | None = None) -> Addresses:
    """Create the roles and the database where they are missing, and bring the schema to its newest version."""
    found = addresses(postgres, service, database)
    await _create(postgres, service, found.name)
    await migrations.migrate(service, found.owner_url, service)
    return found


async def copy_database(postgres: Postgres, service: str, template: str, database: str) -> Addresses:
    """A database with the schema and the rights of `template`, to which nobody may be connected."""
    admin = await asyncpg.connect(postgres.url())
    try:
        await admin.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" OWNER "{service}_owner"')
        await _close_to_others(admin, service, database)
    finally:
        await admin.close()
    return addresses(postgres, service, database)


async def drop_database(postgres: Postgres, database: str) -> None:
    """Remove a database, cutting its connections."""
    admin = await asyncpg.connect(postgres.url())
    try:
        await admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    finally:
        await admin.close()


async def _create(postgres: Postgres, service: str, database: str) -> None:
    admin = await asyncpg.connect(postgres.url())
    try:
        for role in (f"{service}_owner", service):
            await _ensure_role(admin, role, postgres.password(role))
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await admin.execute(f'CREATE DATABASE "{database}" OWNER "{service}_owner"')
        await _close_to_others(admin, service, database)
    finally:
        await admin.close()


async def _ensure_role(admin: asyncpg.Connection, role: str, password: str) -> None:
    try:
        await admin.execute(f"CREATE ROLE \"{role}\" LOGIN PASSWORD '{password}'")
    except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        await admin.execute(f"ALTER ROLE \"{role}\" LOGIN PASSWORD '{password}'")


async def _close_to_others(admin: asyncpg.Connection, service: str, database: str) -> None:
    await admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
    await admin.execute(f'GRANT CONNECT ON DATABASE "{database}" TO "{service}"')
