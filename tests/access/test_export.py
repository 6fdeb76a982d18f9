"""An access export holds every row about somebody: what a table of the schema keeps of them is in it, or excused."""

import json

import pytest

from shared.people.export import export
from tests.access.worlds import World

pytestmark = pytest.mark.db

# What names a person: a table with one of these columns is about people.
OF_PEOPLE = ["candidate", "candidates", "recipient", "person", "letter", "mailbox"]
EXCUSED = {
    "facts": "under `facts`, in the order of time",
    "reads": "under `opened`, without who it was",
    "names": "those of profiles, word by word, for the search",
    "words": "those of `descriptions`, one by one, for the search",
    "link_requests": "until the clock looks, a moment later",
}
NOT_BY_COLUMN = {"passed_events", "dead_letters"}  # found by the facts they were, or by their bytes


async def tables_of(world: World) -> set[str]:
    rows = await world.stage.fetch(
        """
        SELECT DISTINCT table_name FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND column_name = ANY($1)
        """,
        OF_PEOPLE,
    )
    return {row["table_name"] for row in rows}


async def rows_of(world: World, table: str, ids: list[str], letters: list[str]) -> int:
    """How many rows a table has about these ids."""
    rows = [json.loads(r["row"]) for r in await world.stage.fetch(f"SELECT to_jsonb(t) AS row FROM {table} t")]  # noqa: S608
    return len([r for r in rows if r.get("candidate") in ids or ("candidate" not in r and r.get("letter") in letters)])


async def test_it_holds_every_row_of_every_table_about_them(world: World):
    async with world.stage.database.transaction(["acme"]) as conn:
        whole = await export(conn, world.service.holdings, "acme", "amara")

    tables = await tables_of(world) - EXCUSED.keys()
    assert tables <= whole.held.keys(), "export the table in the service's sql/held.py, or excuse it here"
    assert whole.held.keys() - tables == NOT_BY_COLUMN
    letters = [letter["letter"] for letter in whole.held.get("letters", [])]
    for table in tables:
        assert len(whole.held[table]) == await rows_of(world, table, whole.ids, letters), table
    assert len([table for table in tables if whole.held[table]]) >= 3
    assert all(run["asked"]["job"] == run["job"] for run in whole.held.get("runs", []))
    shown = (await world.ask("GET /candidates/{candidate}/export", world.mine, "auditor")).json()
    assert shown["held"].keys() == {table for table, rows in whole.held.items() if rows}


async def test_it_names_no_colleague_but_by_a_number(world: World):
    text = (await world.ask("GET /candidates/{candidate}/export", world.mine, "auditor")).text

    shown = [u for u in ("ada", "ben", "cy", "ines", "tomas") if f'"{u}"' in text or f"/{u}" in text]
    assert shown == []
    assert [name for name in ("Lindqvist", "Noor", "Lukas") if name in text] == []
    assert '"amara"' in text
