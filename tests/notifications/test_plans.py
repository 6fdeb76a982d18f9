"""Every statement is planned on an empty and on a never analysed database, and must walk the index written for it."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.notifications.facts import applied, completed, decided, halden, invited, job, profile

pytestmark = pytest.mark.db

ROOM = Path(__file__).parents[2] / "services" / "notifications" / "sql"
STATEMENT = re.compile(r"\s*(SELECT|INSERT INTO|DELETE FROM|UPDATE|WITH)\s")
MANY = 150  # enough that the tables have pages
LISTS = {"waits_by_age", "letters_waiting", "tasks_open", "pauses_pkey"}  # what is listed for a whole organisation


def statements() -> list[str]:
    trees = [ast.parse(file.read_text()) for file in sorted(ROOM.glob("*.py"))]
    texts = [n.value for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    return [t for t in texts if isinstance(t, str) and STATEMENT.match(t)]


async def plan(conn, statement: str) -> list[str]:
    count = max((int(n) for n in re.findall(r"\$(\d+)", statement)), default=0)
    arguments = f"({','.join(['NULL'] * count)})" if count else ""
    await conn.raw.execute(f"PREPARE planned AS {statement}")
    rows = await conn.raw.fetch(f"EXPLAIN (COSTS OFF) EXECUTE planned{arguments}")
    await conn.raw.execute("DEALLOCATE planned")
    return [row[0].strip() for row in rows]


def faults(lines: list[str]) -> list[str]:
    """Scans of whole tables, and walks through an index by nothing but the organisation or the topic."""
    found = [line for line in lines if "Seq Scan" in line]
    for line, condition in pairwise(lines):
        index = re.search(r"(?:using|Index Scan on) (\w+)", line)
        if index and "Index Cond" in condition and index[1] not in LISTS:
            columns = set(re.findall(r"\(?\b(\w+) (?:=|>|<|>=|<=) ", condition)) - {"organization", "topic"}
            found += [f"{line} {condition}"] if not columns and "ROW(" not in condition else []
    return found


@pytest.mark.parametrize("filled", [False, True])
async def test_every_statement_walks_the_index_written_for_it(halden_stage, filled):
    if filled:
        await halden_stage.move_to("2026-11-13 16:05")
        await halden_stage.deliver(halden("approve"), job())
        for n in range(MANY):
            person = f"person-{n}"
            await halden_stage.deliver(profile(person), applied(person), completed(person))
            await halden_stage.deliver(decided(person), invited(person))

    async with halden_stage.database.transaction(["acme"]) as conn:
        wrong = {s[:200]: f for s in statements() if (f := faults(await plan(conn, s)))}

    assert wrong == {}
