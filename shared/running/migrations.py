"""The schema: the kit's migrations and the service's, applied by dbmate, checked at every start."""

import asyncio
import os
import sysconfig
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg

ROOT = Path(str(files("shared"))).parent


class SchemaOutdated(Exception):
    """The database's schema is older than this program."""


class MigrationFailed(Exception):
    """The migration tool refused; the message is its own."""


def folders(service: str) -> list[Path]:
    """Where the migrations of a service lie, the kit's first; it may have none of its own."""
    both = ROOT / "shared" / "kit" / "schema", ROOT / "services" / service / "schema"
    return [folder for folder in both if folder.is_dir()]


def wanted(service: str) -> list[str]:
    """The versions a service needs: the numbers of its migrations and the kit's."""
    return sorted(file.name.split("_")[0] for folder in folders(service) for file in folder.glob("*.sql"))


def newest(service: str) -> str:
    """The number of a service's last migration."""
    return wanted(service)[-1]


async def migrate(service: str, owner_url: str, application_role: str) -> None:
    """Bring a service's database to its newest schema and let the application role use it, without DDL.

    Raises MigrationFailed with what dbmate says.
    """
    await _run_dbmate(service, owner_url)
    owner = await asyncpg.connect(owner_url)
    try:
        for grant in _GRANTS:
            await owner.execute(await owner.fetchval("SELECT format($1, $2::text)", grant, application_role))
    finally:
        await owner.close()


_GRANTS = (
    "GRANT USAGE ON SCHEMA public TO %I",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %I",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO %I",
    "REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM %I",
    "REVOKE UPDATE, DELETE ON reads FROM %I",
)


async def _run_dbmate(service: str, owner_url: str) -> None:
    arguments = [word for folder in folders(service) for word in ("--migrations-dir", str(folder))]
    process = await asyncio.create_subprocess_exec(
        str(Path(sysconfig.get_path("scripts")) / "dbmate"),
        *arguments,
        "--no-dump-schema",
        "migrate",
        env={**os.environ, "DATABASE_URL": _for_dbmate(owner_url)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise MigrationFailed(f"migrating {service}: {output.decode(errors='replace').strip()}")


def _for_dbmate(url: str) -> str:
    """dbmate insists on TLS unless told; a URL that says nothing means what asyncpg takes it to mean on a socket."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    query.setdefault("sslmode", "disable")
    return urlunsplit(parts._replace(scheme="postgres", query=urlencode(query)))


async def check_schema(connection: asyncpg.Connection, service: str) -> str:
    """The schema's version. Raises SchemaOutdated, naming the command, when this program needs a newer one."""
    try:
        applied = [row[0] for row in await connection.fetch("SELECT version FROM schema_migrations ORDER BY version")]
    except asyncpg.UndefinedTableError:
        applied = []
    if missing := sorted(set(wanted(service)) - set(applied)):
        raise SchemaOutdated(
            f"the schema of {service} is at {applied[-1] if applied else 'nothing'}, this program needs "
            f"{', '.join(missing)}: run `talentloop migrate {service}`"
        )
    return str(applied[-1])
