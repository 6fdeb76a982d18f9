"""`talentloop read-log trim`: only the schema's owner ends the log."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.programs import talentloop

pytestmark = pytest.mark.db


async def test_the_owner_deletes_what_is_older_and_nobody_else(fresh_database, tmp_path):
    addresses = await fresh_database("candidates")
    connection = await asyncpg.connect(addresses.url)
    await connection.execute("SELECT set_config('app.organizations', '*', false)")
    now = datetime.now(UTC)
    for days in (1, 400, 800):
        await connection.execute(
            """
            INSERT INTO reads (organization, at, reader, candidate, route, request)
            VALUES ('acme', $1, 'ines', 'amara', '/candidates/{candidate}', 'r1')
            """,
            now - timedelta(days=days),
        )

    def trim(url: str, *more: str):
        return talentloop("read-log", "trim", "candidates", *more, home=tmp_path, CANDIDATES_MIGRATION_DATABASE_URL=url)

    first = trim(addresses.owner_url)
    second = trim(addresses.owner_url, "--months", "12")
    refused = trim(addresses.url)
    left = await connection.fetchval("SELECT count(*) FROM reads")
    await connection.close()

    assert (first.stdout, first.returncode) == ("candidates: 1 entries deleted.\n", 0)
    assert second.stdout == "candidates: 1 entries deleted.\n"
    assert refused.returncode != 0
    assert left == 1
