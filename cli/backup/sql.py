"""What backing up and restoring ask a database."""

from typing import Any, NamedTuple

# The clock of a demo or test goes on, the migrations belong to the program, and no backup signs anybody in again.
_LEFT_OUT = ["clock", "schema_migrations", "sessions", "sign_ins", "logouts"]


class BackupTable(NamedTuple):
    """One table and the columns that are written, in their order."""

    name: str
    columns: list[str]


class Sequence(NamedTuple):
    """How far a sequence has counted; None: it has not begun."""

    name: str
    last: int | None


async def load_migrations(conn: Any) -> list[str]:
    """The migrations that made the schema, in their order."""
    return [row[0] for row in await conn.fetch("SELECT version FROM schema_migrations ORDER BY version")]


async def load_now(conn: Any) -> str:
    """When this transaction began, as text."""
    now: str = await conn.fetchval("SELECT now()::text")
    return now


async def show_everyone(conn: Any) -> None:
    """Let this transaction see every organisation."""
    await conn.execute("SELECT set_config('app.organizations', '*', true)")


async def load_tables(conn: Any) -> list[BackupTable]:
    """Every table of the service."""
    rows = await conn.fetch(
        """
        SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> ALL($1::text[])
          AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        GROUP BY 1 ORDER BY 1
        """,
        _LEFT_OUT,
    )
    return [BackupTable(*row) for row in rows]


async def load_sequences(conn: Any) -> list[Sequence]:
    """Every sequence of the service."""
    rows = await conn.fetch(
        """
        SELECT sequencename::text AS name, last_value AS last FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1
        """
    )
    return [Sequence(*row) for row in rows]


async def count_users(conn: Any, service: str) -> int:
    """How many connections the service's own processes have."""
    count: int = await conn.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1",
        f"talentloop-{service}",
    )
    return count


async def empty(conn: Any, tables: list[str]) -> None:
    """Make room: every row of these tables goes, and their owner may write to them past the policies."""
    await _for_each(conn, "TRUNCATE %I CASCADE", tables)
    await _for_each(conn, "ALTER TABLE %I NO FORCE ROW LEVEL SECURITY", await _protected(conn, tables))


async def protect(conn: Any, tables: list[str]) -> None:
    """The policies hold for the owner too, again."""
    await _for_each(conn, "ALTER TABLE %I FORCE ROW LEVEL SECURITY", await _protected(conn, tables))


async def set_sequence(conn: Any, sequence: Sequence) -> None:
    """Count on from there."""
    await conn.execute(
        "SELECT setval(format('public.%I', $1::text)::regclass, coalesce($2::bigint, 1), $2::bigint IS NOT NULL)",
        *sequence,
    )


async def _protected(conn: Any, tables: list[str]) -> list[str]:
    rows = await conn.fetch(
        "SELECT relname::text FROM pg_class WHERE relname = ANY($1::text[]) AND relrowsecurity AND relkind = 'r'",
        tables,
    )
    return [row[0] for row in rows]


async def _for_each(conn: Any, statement: str, tables: list[str]) -> None:
    for table in tables:
        await conn.execute(await conn.fetchval("SELECT format($1, $2::text)", statement, table))
