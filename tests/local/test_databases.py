"""Databases: each service has its own, its role cannot change the schema, and nobody else may enter."""

import asyncpg
import pytest

pytestmark = pytest.mark.db


async def test_a_fresh_database_is_migrated_and_empty(fresh_database):
    database = await fresh_database("candidates")

    conn = await asyncpg.connect(database.url)

    assert await conn.fetchval("SELECT count(*) FROM facts") == 0
    await conn.close()


async def test_one_that_was_filled_is_emptied_and_lent_again_however_long_a_run_takes(databases, postgres):
    """Whoever finds one analysed makes another, so nothing but a test may ever analyse one."""
    first = await databases.lend("candidates")
    conn = await asyncpg.connect(first.url)
    await conn.execute("INSERT INTO clock (now_at) VALUES (now())")
    analyses = await conn.fetchval("SHOW autovacuum")
    await conn.close()
    await databases.take_back("candidates", first)

    second = await databases.lend("candidates")
    conn = await asyncpg.connect(second.url)
    left = await conn.fetchval("SELECT count(*) FROM clock")
    await conn.close()
    await databases.take_back("candidates", second)

    assert (second, left, analyses) == (first, 0, "off")


async def test_a_services_role_cannot_change_the_schema(fresh_database):
    database = await fresh_database("candidates")
    conn = await asyncpg.connect(database.url)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.execute("CREATE TABLE mine (id int)")

    await conn.close()


async def test_another_services_role_cannot_enter(fresh_database, postgres):
    await fresh_database("interviews")
    database = await fresh_database("candidates")

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(postgres.url(database.name, "interviews"))


async def test_a_wrong_password_is_refused(fresh_database):
    database = await fresh_database("candidates")

    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(database.url.replace("candidates:", "candidates:x"))


async def test_text_sorts_by_code_point_everywhere(postgres):
    conn = await asyncpg.connect(postgres.url())

    provider, name = await conn.fetchrow("SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'postgres'")

    assert (provider, name) == (b"b", "C.UTF-8")
    await conn.close()
