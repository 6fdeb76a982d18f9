"""Where bytes of a person can lie on a machine, and how each place is made to let go of what was deleted."""

import asyncio
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import NamedTuple

import asyncpg
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from local.databases import SERVICES
from local.postgres import Postgres
from shared.kafka.topics import administration, wanted

# Numbers only, and large because Kafka makes them so beforehand.
INDEXES = (".index", ".timeindex")
MAILS, COLLEAGUES = "mail", "@halden.example"
# What PostgreSQL writes over in its own time: log files are deleted as soon as a checkpoint has passed them instead.
LOG_IS_DELETED = ("wal_recycle = off", "min_wal_size = '32MB'", "max_wal_size = '32MB'")
# What Kafka does within days, in a second.
AT_ONCE = {
    "max.compaction.lag.ms": "1",
    "min.compaction.lag.ms": "0",
    "segment.ms": "100",
    "min.cleanable.dirty.ratio": "0.001",
    "delete.retention.ms": "0",
    "file.delete.delay.ms": "0",
}


class Search(NamedTuple):
    """What was searched, and every file in which a marker stands, from the home on."""

    files: int
    bytes: int
    found: list[str]

    def __str__(self) -> str:
        return f"{self.files} files, {self.bytes} bytes, {len(self.found)} with a marker"

    @property
    def places(self) -> set[str]:
        """The servers whose files they are."""
        return {name.partition("/")[0] for name in self.found}


def search(home: Path, markers: tuple[bytes, ...], reader: str) -> Search:
    """Look into every file there is, for their name, the first marker, and the others.

    Mails that were delivered are their reader's. A colleague's may name whom it is about, and says no more of them.
    """
    read = {str(path.relative_to(home)): _read(path) for path in _files(home)}
    found = [name for name, data in read.items() if any(m in data for m in _sought(markers, reader, name, data))]
    return Search(len(read), sum(map(len, read.values())), sorted(found))


def _sought(markers: tuple[bytes, ...], reader: str, name: str, data: bytes) -> tuple[bytes, ...]:
    addresses = _readers(data) if name.startswith(f"{MAILS}/") else set()
    if addresses == {reader}:
        return ()
    is_colleagues = addresses and all(address.endswith(COLLEAGUES) for address in addresses)
    return markers[1:] if is_colleagues else markers


def _files(home: Path) -> Iterator[Path]:
    for path in home.rglob("*"):
        if path.suffix not in INDEXES and path.is_file():
            yield path


def _readers(data: bytes) -> set[str]:
    """To whom a mail is."""
    mail = message_from_bytes(data, policy=policy.default)
    headers = [mail[name] for name in ("To", "Cc") if mail[name]]
    return {address.addr_spec for header in headers for address in header.addresses}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # Kafka and PostgreSQL remove files all the time
        return b""


async def keep_plainly(postgres: Postgres) -> None:
    """Nothing is compressed from now on, so that bytes can be found at all."""
    for service in SERVICES:
        admin = await asyncpg.connect(postgres.url(service))
        try:
            columns = await admin.fetch(
                """
                SELECT table_name, column_name FROM information_schema.columns c
                JOIN information_schema.tables t USING (table_schema, table_name)
                WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type IN ('text', 'jsonb', 'bytea')
                """
            )
            for table, column in columns:
                await admin.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET STORAGE EXTERNAL')
            for setting in LOG_IS_DELETED:
                await admin.execute(f"ALTER SYSTEM SET {setting}")
            await admin.execute("SELECT pg_reload_conf()")
        finally:
            await admin.close()


async def vacuum(postgres: Postgres) -> None:
    """PostgreSQL forgets deleted rows, what its statistics remember of them, and its log until now."""
    for service in SERVICES:
        admin = await asyncpg.connect(postgres.url(service))
        try:
            for statement in ("VACUUM (FULL, ANALYZE)", "VACUUM FULL pg_statistic", "SELECT pg_switch_wal()"):
                await admin.execute(statement)
            await admin.execute("CHECKPOINT")
        finally:
            await admin.close()


async def count_kept_mails(postgres: Postgres, markers: tuple[bytes, ...]) -> int:
    """How many mails the service itself keeps, sent or come in, that hold any of the markers."""
    admin = await asyncpg.connect(postgres.url("notifications"))
    try:
        found: int = await admin.fetchval(
            """
            SELECT count(*) FROM (SELECT content FROM letters UNION ALL SELECT content FROM incoming) kept
            WHERE EXISTS (SELECT FROM unnest($1::bytea[]) AS m(marker) WHERE position(marker IN content) > 0)
            """,
            list(markers),
        )
        return found
    finally:
        await admin.close()


async def compact_at_once(bootstrap: str) -> None:
    """Kafka forgets what a tombstone erases as soon as something is written behind it."""
    topics = [topic for topic in wanted("") if topic.config["cleanup.policy"] == "compact"]
    async with administration({"bootstrap_servers": bootstrap}) as admin:
        whole = [ConfigResource(ConfigResourceType.TOPIC, t.name, configs={**t.config, **AT_ONCE}) for t in topics]
        await admin.alter_configs(whole)


async def until_nowhere(home: Path, markers: tuple[bytes, ...], reader: str, seconds: int = 60) -> Search:
    """Where they still stand when Kafka has had so much time; nowhere, as soon as that is so.

    While a file has them that had them before, the others are not looked into.
    """
    seen, given_up = search(home, markers, reader), time.monotonic() + seconds
    while seen.found and time.monotonic() < given_up:
        await asyncio.sleep(0.2)
        if not any(marker in _read(home / name) for name in seen.found for marker in markers):
            seen = search(home, markers, reader)
    return seen
