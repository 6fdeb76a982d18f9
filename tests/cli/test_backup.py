"""`talentloop backup` and `restore`: everything comes back, nothing is restored where it does not belong."""

import stat
from collections.abc import Callable
from zipfile import ZipFile

import asyncpg
import pytest

from shared.kit.db import Database
from tests.databases import leave
from tests.programs import talentloop

pytestmark = pytest.mark.db


@pytest.fixture
async def addresses(fresh_database):
    fresh = await fresh_database("candidates")
    await leave(fresh)
    return fresh


@pytest.fixture
def command(addresses, tmp_path) -> Callable:
    """The command, on a candidates database of its own."""

    def call(name, *arguments, service="candidates"):
        return talentloop(
            name, str(tmp_path / "backups"), service, *arguments, home=tmp_path,
            CANDIDATES_DATABASE_URL=addresses.url, CANDIDATES_MIGRATION_DATABASE_URL=addresses.owner_url,
            NOTIFICATIONS_DATABASE_URL=addresses.url, NOTIFICATIONS_MIGRATION_DATABASE_URL=addresses.owner_url,
        )  # fmt: skip

    return call


async def run(addresses, *statements: str) -> list:
    """The answer to the last of some statements, as somebody who sees everyone."""
    raw = await asyncpg.connect(addresses.url)
    try:
        await raw.execute("SELECT set_config('app.organizations', '*', false)")
        for statement in statements[:-1]:
            await raw.execute(statement)
        return [tuple(row) for row in await raw.fetch(statements[-1])]
    finally:
        await raw.close()


OUTBOX = "INSERT INTO outbox (topic, key, value, headers) VALUES ('job-opened', 'acme/j', 'v', '[]')"
PEOPLE = "INSERT INTO people (organization, candidate) VALUES ('acme', 'amara'), ('other', 'noor')"
EVERYTHING = "SELECT organization, candidate FROM people ORDER BY 1"


async def test_every_organisation_comes_back_and_numbers_go_on(addresses, command, tmp_path):
    backups = tmp_path / "backups"
    await run(addresses, PEOPLE, OUTBOX, "SELECT 1")
    saved = command("backup")
    assert [stat.filemode(x.stat().st_mode) for x in (backups, backups / "candidates.zip")] == [
        "drwx------",
        "-rw-------",
    ]
    await run(addresses, "DELETE FROM people", OUTBOX, "DELETE FROM outbox", "SELECT 1")

    restored = command("restore", "--yes")

    assert (saved.returncode, restored.returncode) == (0, 0), saved.stderr + restored.stderr
    assert await run(addresses, EVERYTHING) == [("acme", "amara"), ("other", "noor")]
    assert await run(addresses, OUTBOX, "SELECT id FROM outbox ORDER BY id") == [(1,), (2,)]


async def test_nobody_is_signed_in_by_a_backup(fresh_database, tmp_path):
    console = await fresh_database("console")

    saved = talentloop("backup", str(tmp_path), "console", home=tmp_path, CONSOLE_DATABASE_URL=console.url)

    assert saved.returncode == 0, saved.stderr
    tables = [name for [name] in await run(console, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    left_out = set(tables) - set(ZipFile(tmp_path / "console.zip").namelist())
    assert left_out == {"sessions", "sign_ins", "logouts", "clock", "schema_migrations"}


async def test_the_policies_hold_for_the_owner_again_afterwards(addresses, command):
    await run(addresses, PEOPLE, "SELECT 1")
    command("backup")
    command("restore", "--yes")

    owner = await asyncpg.connect(addresses.owner_url)
    seen = await owner.fetchval("SELECT count(*) FROM people")
    await owner.close()

    assert seen == 0


async def test_a_running_service_is_not_restored_under_its_feet(addresses, command):
    command("backup")
    service = await Database.connect(addresses.url, "candidates")
    async with service.transaction("*") as conn:
        await conn.execute("SELECT 1")
        refused = command("restore", "--yes")
    await service.close()

    assert refused.returncode == 1
    assert refused.stderr == "candidates is running (1 connections): stop it first.\n"


async def test_a_backup_of_another_service_or_schema_is_refused(addresses, command, tmp_path):
    command("backup")
    (tmp_path / "backups" / "candidates.zip").rename(tmp_path / "backups" / "notifications.zip")
    another = command("restore", "--yes", service="notifications")
    command("backup")
    owner = await asyncpg.connect(addresses.owner_url)
    await owner.execute("INSERT INTO schema_migrations (version) VALUES ('004a')")  # not the newest: the kit's
    await owner.close()
    newer = command("restore", "--yes")

    assert (another.returncode, newer.returncode) == (1, 1)
    assert "a backup of candidates, not of notifications" in another.stderr
    assert "differ in migrations (004a): run the release that made it" in newer.stderr


@pytest.mark.parametrize("content", [None, b"half of a zip"])
async def test_what_is_no_backup_changes_nothing(addresses, command, tmp_path, content):
    await run(addresses, PEOPLE, "SELECT 1")
    (tmp_path / "backups").mkdir()
    if content:
        (tmp_path / "backups" / "candidates.zip").write_bytes(content)

    refused = command("restore", "--yes")

    assert refused.returncode == 2
    assert "candidates.zip" in refused.stderr
    assert len(await run(addresses, EVERYTHING)) == 2


async def test_without_a_yes_it_asks_first(addresses, command):
    await run(addresses, PEOPLE, "SELECT 1")
    command("backup")

    asked = command("restore")

    assert asked.returncode == 2
    assert "will be replaced" in asked.stderr
