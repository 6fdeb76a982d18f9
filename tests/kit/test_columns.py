"""Many values as one parameter."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.kit.columns import joined
from shared.kit.db import EVERYONE
from shared.kit.facts import save_facts
from shared.kit.versions import Fact, Outgoing

pytestmark = pytest.mark.db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize("column", [[""], ["a", "b\x1fc"], []])
def test_values_that_would_move_to_other_rows_are_refused(column):
    with pytest.raises(ValueError, match="separator"):
        joined(column)


async def test_joined_values_come_apart_as_they_were(stage):
    values = ["a", None, "'{ü}\"", "\\x"]
    async with stage.database.transaction(EVERYONE) as conn:
        found = await conn.fetchval("SELECT string_to_array($1, chr(31), chr(30))", joined(values))

    assert found == values


async def test_of_what_is_saved_a_record_without_a_value_is_published_without_one(stage):
    fact = Fact("acme", "f1", "candidate-erased", None, None, NOW, "e1", "/kit", None, False, None, None, "{}")
    records = [Outgoing("candidate-erased", None, b"acme/f1", None, b"[]")]
    async with stage.database.transaction(EVERYONE) as conn:
        await save_facts(conn, [fact], [], records=records)
        row = await conn.fetchrow("SELECT key, value, headers FROM outbox")

    assert tuple(row) == (b"acme/f1", None, b"[]")


async def test_a_version_that_finds_its_place_on_kafka_is_neither_news_nor_older(stage):
    said = Fact("acme", "c1", "candidate-erased", "c1", None, NOW, "e1", "/kit", None, False, None, None, "{}")
    heard = said._replace(partition=3, offset=7)
    before = said._replace(time=NOW - timedelta(hours=1), partition=3, offset=8)
    async with stage.database.transaction(EVERYONE) as conn:
        await save_facts(conn, [said], ["candidate-erased"])

        assert await save_facts(conn, [heard], ["candidate-erased"]) == ([], [])
        assert await save_facts(conn, [before], ["candidate-erased"]) == ([], [before])
