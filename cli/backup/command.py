"""`talentloop backup` and `restore`: the services' databases, and the way back to an older state."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

from cli import where
from cli.asking import Yes, confirm
from cli.backup import archive, sql
from cli.backup.archive import Manifest
from cli.errors import Failed
from local.databases import SERVICES

Folder = Annotated[  # `readable`: what may not be read is named below, with what helps
    Path, typer.Argument(help="The folder the backups lie in: SERVICE.zip of each service.", readable=False)
]
Services = Annotated[list[str] | None, typer.Argument(help="Services; all when none is named.")]


def backup(folder: Folder, services: Services = None) -> None:
    """Save the databases while the services go on, each as SERVICE.zip. An older backup there is replaced.

    A backup holds people's data: keep it as you keep the database. secrets/ and Kafka are backed up beside it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for service in [where.check_service(name) for name in services or SERVICES]:
        path = folder / f"{service}.zip"
        manifest = where.run(_back_up(service, path))
        print(f"{service}: {path}, schema {manifest.migrations[-1]}, {path.stat().st_size:,} bytes")


def restore(
    folder: Folder,
    services: Services = None,
    yes: Yes = False,
) -> None:
    """Bring databases back to a backup. Stop the services first; once started, they learn from Kafka what they missed.

    Reads NAME_MIGRATION_DATABASE_URL: only the schema's owner may. Nothing is mailed twice.
    """
    chosen = [where.check_service(name) for name in services or SERVICES]
    confirm(f"Everything in the database of {', '.join(chosen)} will be replaced.", yes=yes)
    for service in chosen:
        manifest = where.run(_restore(service, folder / f"{service}.zip"))
        print(f"{service}: as it was at {manifest.taken_at}")


async def _back_up(service: str, path: Path) -> Manifest:
    async with _connection(where.database_url(service)) as conn:
        return await archive.write(conn, service, path)


async def _restore(service: str, path: Path) -> Manifest:
    with archive.opened(path) as (backup, manifest):
        async with _connection(where.database_url(service, "MIGRATION_DATABASE_URL")) as conn:
            await _check(conn, service, manifest)
            await archive.bring_back(conn, backup, manifest)
            return manifest


async def _check(conn: asyncpg.Connection, service: str, manifest: Manifest) -> None:
    """Raises Failed when the backup does not belong here, or somebody works on the database."""
    if manifest.service != service:
        raise Failed(f"This is a backup of {manifest.service}, not of {service}.")
    if differing := set(await sql.load_migrations(conn)) ^ set(manifest.migrations):
        raise Failed(
            f"The backup of {service} and its database differ in migrations ({', '.join(sorted(differing))}): "
            f"run the release that made it, `talentloop migrate {service}`, restore, then upgrade."
        )
    if users := await sql.count_users(conn, service):
        raise Failed(f"{service} is running ({users} connections): stop it first.")


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    conn = await asyncpg.connect(url)
    try:
        yield conn
    finally:
        await conn.close()
