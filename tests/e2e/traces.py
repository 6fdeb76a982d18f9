"""Where bytes of a person can lie on a machine, and how each place is made to let go of what was deleted."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from local.databases import SERVICES
from local.postgres import Postgres
from shared.kit.topics import administration, wanted

# Numbers only, and large because Kafka makes them so beforehand.
INDEXES = (".index", ".timeindex")
# Left out: mails that were delivered are their reader's, and PostgreSQL writes over old log files in its own time.
NOT_OURS, OVERWRITTEN_IN_TIME = "mail", "postgres/pg_wal"
# What Kafka does within days, in a second.
AT_ONCE = {
    "max.compaction.lag.ms": "1",
    "min.compaction.lag.ms": "0",
    "segment.ms": "100",
    "min.cleanable.dirty.ratio": "0.001",
    "delete.retention.ms": "0",
    "file.delete.delay.ms": "0",
}


def files_with(home: Path, markers: tuple[bytes, ...]) -> list[str]:
    """Every file in which any of the markers stands, from the home on."""
    return sorted(str(path.relative_to(home)) for path in _files(home) if any(m in _read(path) for m in markers))


def _files(home: Path) -> Iterator[Path]:
    for path in home.rglob("*"):
        name = str(path.relative_to(home))
        if (
            path.suffix not in INDEXES
            and path.is_file()
            and not name.startswith((f"{NOT_OURS}/", f"{OVERWRITTEN_IN_TIME}/"))
        ):
            yield path


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
        finally:
            await admin.close()


async def vacuum(postgres: Postgres) -> None:
    """PostgreSQL forgets deleted rows, and what its statistics remember of them."""
    for service in SERVICES:
        admin = await asyncpg.connect(postgres.url(service))
        try:
            for statement in ("VACUUM (FULL, ANALYZE)", "VACUUM FULL pg_statistic", "CHECKPOINT"):
                await admin.execute(statement)
        finally:
            await admin.close()


async def compact_at_once(bootstrap: str) -> None:
    """Kafka forgets what a tombstone erases as soon as something is written behind it."""
    topics = [topic for topic in wanted("") if topic.config["cleanup.policy"] == "compact"]
    async with administration({"bootstrap_servers": bootstrap}) as admin:
        whole = [ConfigResource(ConfigResourceType.TOPIC, t.name, configs={**t.config, **AT_ONCE}) for t in topics]
        await admin.alter_configs(whole)


async def until_nowhere(home: Path, markers: tuple[bytes, ...], seconds: int = 60) -> list[str]:
    """Where they still stand when Kafka has had so much time; nowhere, as soon as that is so."""
    found = files_with(home, markers)
    for _ in range(seconds):
        if not found:
            break
        await asyncio.sleep(1)
        found = files_with(home, markers)
    return found
