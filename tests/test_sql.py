"""Every SQL statement of the program is found by its syntax tree and prepared against the migrated schema."""

import ast
import importlib.util
import re
from collections.abc import Iterable, Iterator
from os.path import relpath
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import asyncpg
import pytest

from local.databases import SERVICES
from tests.rows import misread

ROOT = Path(__file__).parent.parent
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
            yield Statement(f"{relpath(file, ROOT)}:{node.lineno}", node.value)


# What the command line asks of the schemas of services.
ASKED_BY_COMMANDS = {
    "candidates": ("cli/sql.py", "cli/backup/sql.py"),
    "notifications": ("cli/demo/sql.py",),
    "insights": ("cli/insights/sql.py",),
}
# One passes on what it is given; the others' statements are made of the names of tables, and planned in test_plans.
ASIDE = {ROOT / "shared/kit/db.py", ROOT / "shared/kit/derived.py", ROOT / "shared/people/holdings.py"}
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


class Prepared(NamedTuple):
    """The columns of each statement, and what is wrong with those that cannot be prepared."""

    columns: dict[str, list[str]]
    wrong: list[str]


async def prepared(url: str, found: Iterable[Statement]) -> Prepared:
    connection = await asyncpg.connect(url)
    known = Prepared({}, [])
    for statement in found:
        try:
            attributes = (await connection.prepare(statement.text)).get_attributes()
            known.columns[statement.text] = [attribute.name for attribute in attributes]
        except asyncpg.PostgresError as error:
            known.wrong.append(f"{statement.place}: {error}")
    await connection.close()
    return known


@pytest.mark.parametrize("service", SERVICES)
async def test_every_statement_fits_the_schema_and_each_of_its_columns_what_it_fills(service, fresh_database):
    database = await fresh_database(service)
    files = python_files(*(f"shared/{house}" for house in HOUSES), f"services/{service}")
    files += [ROOT / file for file in ASKED_BY_COMMANDS.get(service, ())]
    found = {file: texts for file in files if file not in ASIDE and (texts := list(statements(file)))}

    known = await prepared(database.url, [s for texts in found.values() for s in texts])

    assert known.wrong == []
    assert [fault for file in found for fault in misread(module_at(file), known.columns)] == []
    assert len(known.columns) > 20


def module_at(file: Path) -> ModuleType:
    return importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))


def module_of(source: str, folder: Path) -> ModuleType:
    """A module made of this text."""
    file = folder / "made_up.py"
    file.write_text(source)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MADE_UP = """
from typing import NamedTuple

class Mail(NamedTuple):
    subject: str
    body: str
    size: int = 0

def mail(subject, body):
    return subject, body

def bodies(rows):
    return {{subject: body for subject, body in rows}}

async def load(conn):
    rows = await conn.fetch("SELECT")
    return {reading}
"""
READINGS = (
    "[Mail(*row) for row in rows]",
    "[mail(*row) for row in rows]",
    "[Mail._make((*row, len(row))) for row in rows]",
    "[Mail(*told, body) for *told, body in rows]",
    "{subject: Mail(subject, *told) for subject, *told in rows}",
    "[body for _, body in rows]",
    "bodies(rows)",
)


@pytest.mark.parametrize("reading", READINGS)
def test_two_swapped_columns_are_found_however_rows_are_read(reading, tmp_path):
    module = module_of(MADE_UP.format(reading=reading), tmp_path)

    assert misread(module, {"SELECT": ["subject", "body"]}) == []
    assert misread(module, {"SELECT": ["body", "subject"]}) != []


@pytest.mark.parametrize(
    "reading",
    ["rows", "rows[0]", "dict(rows)", "sorted(rows)", "[row[1] for row in rows]", "[(*row,) for row in rows]"],
)
def test_no_row_is_read_by_its_places(reading, tmp_path):
    assert misread(module_of(MADE_UP.format(reading=reading), tmp_path), {"SELECT": ["subject", "body"]}) != []


async def test_two_swapped_columns_of_a_real_statement_are_found(fresh_database, tmp_path):
    source = (ROOT / "services/notifications/sql/incoming.py").read_text()
    swapped = source.replace("l.organization, l.letter, l.kind,", "l.organization, l.kind, l.letter,")
    module = module_of(swapped, tmp_path)

    known = await prepared((await fresh_database("notifications")).url, statements(Path(str(module.__file__))))

    [fault] = misread(module, known.columns)
    assert "kind fills letter, letter fills kind" in fault
