"""The schema a program needs: every migration of its service and of the kit, not only the last."""

import re

import asyncpg
import pytest

from local.databases import SERVICES
from shared.running.migrations import SchemaOutdated, check_schema, folders, migrate, newest, wanted

pytestmark = pytest.mark.db


@pytest.fixture
async def owner(fresh_database):
    addresses = await fresh_database("notifications")
    conn = await asyncpg.connect(addresses.owner_url)
    change = conn.transaction()
    await change.start()
    yield conn
    await change.rollback()
    await conn.close()


async def test_a_schema_that_has_it_all_is_as_new_as_its_last_migration(owner):
    assert await check_schema(owner, "notifications") == newest("notifications")


@pytest.mark.parametrize("service", SERVICES)
def test_each_migration_has_a_number_of_its_own(service):
    assert len(set(wanted(service))) == len(wanted(service))


@pytest.mark.parametrize("version", wanted("notifications"))
async def test_a_schema_that_lacks_any_migration_is_refused_by_its_number(owner, version):
    await owner.execute("DELETE FROM schema_migrations WHERE version = $1", version)

    with pytest.raises(SchemaOutdated, match=f"needs {version}: run `talentloop migrate notifications`"):
        await check_schema(owner, "notifications")


@pytest.mark.parametrize("service", SERVICES)
def test_the_kits_tables_are_the_kits_no_service_alters_one(service):
    kit, own = ("\n".join(file.read_text() for file in folder.glob("*.sql")) for folder in folders(service))
    tables = set(re.findall(r"create table (\w+)", kit))

    altered = set(re.findall(r"(?i)(?:alter|drop)\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(\w+)", own))

    assert "waiting" in tables
    assert not tables & altered


@pytest.mark.parametrize("service", ["candidates", "notifications"])
async def test_whatever_a_schema_allowed_to_wait_before_a_pair_may_wait_and_nothing_unknown(service, fresh_database):
    addresses = await fresh_database(service)
    owner = await asyncpg.connect(addresses.owner_url)
    await owner.execute("SELECT set_config('app.organizations', '*', false)")
    kinds = "('person', 'job', 'pair')" if service == "candidates" else "('person', 'job')"
    await owner.execute(
        f"""
        ALTER TABLE waiting DROP CONSTRAINT waiting_kind_check;
        ALTER TABLE waiting ADD CONSTRAINT waiting_kind_check CHECK (kind IN {kinds});
        DELETE FROM schema_migrations WHERE version = '004';
        INSERT INTO waiting (organization, kind, id) VALUES ('acme', 'person', 'amara')
        """  # noqa: S608 - as it was before
    )

    await migrate(service, addresses.owner_url, service)

    await owner.execute("INSERT INTO waiting (organization, kind, id) VALUES ('acme', 'pair', 'data-1/amara')")
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute("INSERT INTO waiting (organization, kind, id) VALUES ('acme', 'else', 'amara')")
    assert await owner.fetchval("SELECT count(*) FROM waiting") == 2
    await owner.close()
