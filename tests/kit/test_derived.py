"""A derived table keeps what is given for those it is given for, and tells what that changed."""

from collections.abc import AsyncIterator
from datetime import date
from typing import NamedTuple

import pytest

from shared.kit.db import Connection, Database
from shared.kit.derived import DerivedTable

pytestmark = pytest.mark.db


class Shelf(NamedTuple):
    """What somebody has on one shelf."""

    organization: str
    candidate: str
    shelf: str
    books: tuple[str, ...]


SHELVES = DerivedTable[Shelf](
    "shelves",
    key=("organization", "candidate", "shelf"),
    columns={
        "organization": "text", "candidate": "text", "shelf": "text", "titles": "text[]",
        "kept_since": "date",
    },
    named={"titles": "books"},
    once=["kept_since"],
    alike=["kept_since"],
    resets={"lent_to": "NULL"},
    removable="t.shelf <> 'heirlooms'",
    changeable="t.shelf <> 'heirlooms'",
)  # fmt: skip
MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)
ANA = ["acme"], ["ana"]


def shelf(name: str, *books: str, of: str = "ana") -> Shelf:
    return Shelf("acme", of, name, books)


async def keep(conn: Connection, *shelves: Shelf, on: date = MONDAY) -> list[Shelf]:
    return await SHELVES.keep_and_tell(conn, ANA, shelves, kept_since=on)


async def titles(conn: Connection) -> dict[tuple[str, str], list[str]]:
    rows = await conn.fetch("SELECT candidate, shelf, titles FROM shelves ORDER BY 1, 2")
    return {(row["candidate"], row["shelf"]): row["titles"] for row in rows}


@pytest.fixture
async def conn(fresh_database) -> AsyncIterator[Connection]:
    database = await Database.connect((await fresh_database("interviews")).owner_url, "interviews")
    async with database.transaction("acme") as conn:
        await conn.execute(
            """
            CREATE TEMP TABLE shelves (
                organization text, candidate text, shelf text, titles text[], kept_since date, lent_to text,
                PRIMARY KEY (organization, candidate, shelf)) ON COMMIT DROP
            """
        )
        yield conn
    await database.close()


async def test_what_is_not_kept_any_more_goes_and_nobody_elses(conn):
    await SHELVES.add(conn, [shelf("left", "Emma", of="ben")], kept_since=MONDAY)
    await keep(conn, shelf("left", "Persuasion", "Emma"), shelf("right"))

    await keep(conn, shelf("right", "Middlemarch"))

    assert await titles(conn) == {("ana", "right"): ["Middlemarch"], ("ben", "left"): ["Emma"]}


async def test_only_what_differs_is_written_and_told(conn):
    first = [shelf("left", "Emma"), shelf("right", "Persuasion")]
    assert await keep(conn, *first) == first

    assert await keep(conn, *first, on=TUESDAY) == []
    assert await keep(conn, first[0], shelf("right", "Emma"), on=TUESDAY) == [shelf("right", "Emma")]

    rows = await conn.fetch("SELECT kept_since FROM shelves")
    assert {row["kept_since"] for row in rows} == {MONDAY}


async def test_a_change_resets_and_what_may_not_change_or_go_stays(conn):
    await keep(conn, shelf("left", "Emma"), shelf("heirlooms", "Bible"))
    await conn.execute("UPDATE shelves SET lent_to = 'ben'")

    await keep(conn, shelf("left", "Persuasion"), shelf("heirlooms", "Koran"))
    await keep(conn, shelf("left", "Persuasion"))

    rows = await conn.fetch("SELECT shelf, titles, lent_to FROM shelves ORDER BY 1")
    assert [tuple(row) for row in rows] == [("heirlooms", ["Bible"], "ben"), ("left", ["Persuasion"], None)]
