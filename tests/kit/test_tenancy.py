"""A transaction sees the organisations it was opened for, and nobody else's rows."""

import asyncpg
import pytest

from local.databases import SERVICES
from tests.heard import Heard
from tests.kit.conftest import feedback

pytestmark = pytest.mark.db


@pytest.fixture
async def two_tenants(stage):
    await stage.deliver(Heard(feedback("f1", "ana")), Heard(feedback("f1", "ana"), organization="globex"))
    return stage


@pytest.mark.parametrize("table", ["facts", "people"])
async def test_another_tenants_rows_are_invisible(two_tenants, table):
    async with two_tenants.database.transaction(["acme"]) as conn:
        rows = await conn.fetch(f"SELECT organization FROM {table}")  # noqa: S608

    assert {row["organization"] for row in rows} == {"acme"}


async def test_without_an_organisation_there_is_nothing_to_see(two_tenants):
    async with two_tenants.database.transaction(()) as conn:
        assert await conn.fetch("SELECT organization FROM facts") == []


async def test_another_tenants_rows_cannot_be_written(two_tenants):
    async with two_tenants.database.transaction(["acme"]) as conn:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute("INSERT INTO people (organization, candidate) VALUES ('globex', 'eve')")


async def test_a_batch_derives_each_tenant_from_its_own_facts_only(two_tenants):
    said = await two_tenants.fetch("SELECT organization, body FROM facts WHERE topic = 'candidate-pooled'")

    assert {row["organization"] for row in said} == {"acme", "globex"}


async def test_the_application_may_not_change_the_schema(database):
    async with database.transaction("*") as conn:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute("CREATE TABLE loot (everything text)")


@pytest.mark.parametrize("service", SERVICES)
async def test_every_table_of_business_data_is_fenced(fresh_database, service):
    addresses = await fresh_database(service)
    connection = await asyncpg.connect(addresses.url)

    rows = await connection.fetch(
        """
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization'
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'dead_letters'
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        """
    )
    await connection.close()

    assert [row["relname"] for row in rows] == []
