"""Every SQL statement of the program is found by its syntax tree and prepared against the migrated schema."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

ROOT = Path(__file__).parent.parent
SERVICES = ("interviews", "candidates", "notifications")
CALLS = {"fetch", "fetchrow", "fetchval", "execute", "executemany", "prepare", "cursor"}
SQL = re.compile(r"^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s", re.IGNORECASE)

pytestmark = pytest.mark.db


class Statement(NamedTuple):
    """One statement and where it stands."""

    place: str
    text: str


def statements(file: Path) -> Iterator[Statement]:
    """The string literals of a file that are SQL. Docstrings are not."""
    tree = ast.parse(file.read_text())
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
        if is_text and SQL.match(node.value):
            yield Statement(f"{file.relative_to(ROOT)}:{node.lineno}", node.value)


HOUSES = ("kit", "kafka", "people", "web", "running")


def is_room_for_sql(file: Path) -> bool:
    """SQL lives in a `sql` room; in the houses every service runs on, beside the one thing it is for."""
    parts = file.relative_to(ROOT).parts
    return (parts[0] == "shared" and parts[1] in HOUSES) or "sql" in parts or file.name == "sql.py"


def python_files(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def test_there_is_no_sql_outside_of_its_rooms():
    files = [f for f in python_files("services", "shared", "cli") if not is_room_for_sql(f)]

    astray = [s.place for file in files for s in statements(file)]

    assert astray == [], "move these statements into the service's sql room"


def test_no_statement_is_put_together_from_parts():
    mixed = []
    for file in python_files("services", "shared", "cli"):
        for node in ast.walk(ast.parse(file.read_text())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS
            if is_call and node.args and isinstance(node.args[0], ast.JoinedStr | ast.BinOp):
                mixed.append(f"{file.relative_to(ROOT)}:{node.lineno}")

    assert mixed == [], "parameterise these statements: values never become part of SQL"


@pytest.mark.parametrize("service", SERVICES)
async def test_every_statement_fits_the_schema(service, fresh_database):
    database = await fresh_database(service)
    files = python_files("shared/kit", f"services/{service}")
    found = [s for file in files for s in statements(file)]
    connection = await asyncpg.connect(database.url)

    wrong = []
    for statement in found:
        try:
            await connection.prepare(statement.text)
        except asyncpg.PostgresError as error:
            wrong.append(f"{statement.place}: {error}")
    await connection.close()

    assert wrong == []
    assert len(found) > 20
