"""One backup of one database: a zip file with a manifest and every table in PostgreSQL's binary COPY format."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import asyncpg

from cli.backup import sql
from cli.backup.sql import BackupTable, Sequence
from cli.errors import Failed, UserMistake
from local.files import replacing

FORMAT = 2
_MANIFEST = "manifest.json"


class Manifest(NamedTuple):
    """What an archive holds: whose database, made by which migrations, taken when."""

    service: str
    migrations: list[str]
    taken_at: str
    tables: list[BackupTable]
    sequences: list[Sequence]


async def write(conn: asyncpg.Connection, service: str, path: Path) -> Manifest:
    """Save one consistent state of the whole database, while the service goes on. Raises Failed on an empty one."""
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        await sql.show_everyone(conn)
        manifest = await _describe(conn, service)
        with _created(path) as archive:
            archive.writestr(_MANIFEST, json.dumps({"format": FORMAT, **manifest._asdict()}))
            for table in manifest.tables:
                with archive.open(table.name, "w", force_zip64=True) as member:
                    output = cast("BinaryIO", member)
                    await conn.copy_from_table(table.name, output=output, columns=table.columns, format="binary")
    return manifest


@contextmanager
def _created(path: Path) -> Iterator[ZipFile]:
    try:
        with replacing(path) as file, ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as archive:
            yield archive
    except PermissionError:
        raise _not_allowed(path, "write") from None


def _not_allowed(path: Path, to: str) -> UserMistake:
    who = "--user $(id -u):$(id -g)"
    return UserMistake(f"User {os.getuid()} may not {to} {path}: run this as its owner, in a container with {who}.")


async def _describe(conn: asyncpg.Connection, service: str) -> Manifest:
    migrations = await sql.load_migrations(conn)
    if not migrations:
        raise Failed(f"The database of {service} has no schema yet: there is nothing to back up.")
    now = await sql.load_now(conn)
    return Manifest(service, migrations, now, await sql.load_tables(conn), await sql.load_sequences(conn))


@contextmanager
def opened(path: Path) -> Iterator[tuple[ZipFile, Manifest]]:
    """An archive to read from. Raises UserMistake when the file is none."""
    try:
        with ZipFile(path) as archive:
            yield archive, _read_manifest(archive)
    except FileNotFoundError:
        raise UserMistake(f"There is no backup {path}.") from None
    except PermissionError:
        raise _not_allowed(path, "read") from None
    except (BadZipFile, KeyError, ValueError) as error:
        raise UserMistake(f"{path} is not a whole backup ({error}).") from None


def _read_manifest(archive: ZipFile) -> Manifest:
    held: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    if held.pop("format") != FORMAT:
        raise ValueError("made by another release")
    tables = [BackupTable(*table) for table in held.pop("tables")]
    return Manifest(**held | {"tables": tables, "sequences": [Sequence(*s) for s in held["sequences"]]})


async def bring_back(conn: asyncpg.Connection, archive: ZipFile, manifest: Manifest) -> None:
    """Replace everything in a database by what the archive holds, in one transaction. As the schema's owner."""
    names = [table.name for table in manifest.tables]
    async with conn.transaction():
        await sql.empty(conn, [table.name for table in await sql.load_tables(conn)])
        for table in manifest.tables:
            with archive.open(table.name) as member:
                source = cast("BinaryIO", member)
                await conn.copy_to_table(table.name, source=source, columns=table.columns, format="binary")
        for sequence in manifest.sequences:
            await sql.set_sequence(conn, sequence)
        await sql.protect(conn, names)
