"""How the statements of a service are planned, whatever the statistics say: each must walk the index written for it."""

import ast
import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import asyncpg

from local.postgres import Postgres
from shared.kit.db import Connection
from shared.kit.derived import DerivedTable, DerivedTables
from shared.people.export import OF_THE_KIT
from shared.people.holdings import statement_of
from tests.databases import renew
from tests.stage import Stage

SERVICES = Path(__file__).parents[1] / "services"
STATISTICS = ("empty", "never analysed", "analysed when empty", "analysed with one organisation")
MANY = 500  # people: more than the values PostgreSQL guesses in a column it knows nothing of

Table = TypeVar("Table")
_STATEMENT = re.compile(r"\s*(SELECT|INSERT INTO|DELETE FROM|UPDATE|WITH)\s")


async def prepare(stage: Stage, postgres: Postgres, statistics: str, fill: Callable[[], Awaitable[object]]) -> None:
    """Bring a database into one of STATISTICS; `fill` it with MANY people unless it stays empty."""
    [row] = await stage.fetch("SELECT current_database() AS name")
    owner = await asyncpg.connect(postgres.url(row["name"]))
    try:
        await renew(owner)
        if statistics == "analysed when empty":
            await owner.execute("ANALYZE")
        if statistics != "empty":
            await fill()
        if statistics == "analysed with one organisation":
            await owner.execute("ANALYZE")
    finally:
        await owner.close()


async def wrong_plans(stage: Stage, organization: str, walked_whole: Collection[str] = ()) -> str:
    """Each statement with what is wrong in its plan. `walked_whole`: indexes that are there to list an organisation."""
    async with stage.database.transaction([organization]) as conn:
        found = {s: _faults(await plan_of(conn, s), walked_whole) for s in statements_of(stage.database.service)}
    return "\n".join("\n".join([statement, *faults]) for statement, faults in found.items() if faults)


def statements_of(service: str) -> list[str]:
    """Every statement of a service's `sql` room, of its derived tables, and the one that reads what it holds."""
    files = sorted((SERVICES / service / "sql").glob("*.py"))
    trees = [ast.parse(file.read_text()) for file in files]
    texts = [n.value for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    held = statement_of((*import_module(f"services.{service}.sql.held").HOLDINGS.tables, *OF_THE_KIT))
    rooms = [import_module(f"services.{service}.sql.{file.stem}") for file in files]
    several = [*_declared(rooms, DerivedTables)]
    derived = [*(t.telling for t in _declared(rooms, DerivedTable)), *(s.statement for s in several)]
    derived += [s.finding for s in several if all(table.found_by for table in s.tables)]
    return [held, *derived, *(t for t in texts if isinstance(t, str) and _STATEMENT.match(t))]


def _declared(rooms: Iterable[ModuleType], kind: type[Table]) -> Iterator[Table]:
    return (found for room in rooms for found in vars(room).values() if isinstance(found, kind))


async def plan_of(conn: Connection, statement: str) -> list[str]:
    """The lines of the plan a statement has when nothing is known of its values."""
    count = max((int(n) for n in re.findall(r"\$(\d+)", statement)), default=0)
    arguments = f"({','.join(['NULL'] * count)})" if count else ""
    await conn.raw.execute(f"PREPARE planned AS {statement}")
    rows = await conn.raw.fetch(f"EXPLAIN (COSTS OFF) EXECUTE planned{arguments}")
    await conn.raw.execute("DEALLOCATE planned")
    return [row[0].strip() for row in rows]


def _faults(lines: list[str], walked_whole: Collection[str]) -> list[str]:
    """Scans of whole tables, and walks through an index by nothing but the organisation or the topic."""
    found = [line for line in lines if "Seq Scan" in line]
    for line, condition in pairwise(lines):
        index = re.search(r"(?:using|Index Scan on) (\w+)", line)
        if index and "Index Cond" in condition and index[1] not in walked_whole:
            columns = set(re.findall(r"\(?\b(\w+) (?:=|>|<|>=|<=) ", condition)) - {"organization", "topic"}
            found += [f"{line} {condition}"] if not columns and "ROW(" not in condition else []
    return found
