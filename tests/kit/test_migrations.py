"""The schema a program needs: every migration of its service and of the kit, not only the last."""

import asyncpg
import pytest

from shared.running.migrations import SchemaOutdated, check_schema, newest, wanted

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


@pytest.mark.parametrize("version", wanted("notifications"))
async def test_a_schema_that_lacks_any_migration_is_refused_by_its_number(owner, version):
    await owner.execute("DELETE FROM schema_migrations WHERE version = $1", version)

    with pytest.raises(SchemaOutdated, match=f"needs {version}: run `talentloop migrate notifications`"):
        await check_schema(owner, "notifications")
