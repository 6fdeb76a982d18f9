"""What a service keeps of somebody beside facts: the names of its tables, and the one statement that reads them all."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from shared.kit.db import Connection

Rows = list[dict[str, Any]]
Held = dict[str, Rows]  # by the table's name


class HeldTable(NamedTuple):
    """A table with rows about somebody. `also`: what is shown beside its columns, in SQL.

    Its rows are theirs by `candidate`; or those `by` which another such table, `through`, leads to.
    """

    name: str
    through: str | None = None
    by: Sequence[str] = ()
    also: str = ""


class Holdings(NamedTuple):
    """The tables about somebody. `readable`: their rows as a person may have them."""

    tables: Sequence[HeldTable] = ()
    readable: Callable[[Held], Held] = lambda held: held


NOTHING = Holdings()  # but facts


async def load_held(conn: Connection, tables: Iterable[HeldTable], organization: str, ids: Sequence[str]) -> Held:
    """The rows of each table about these ids."""
    rows = await conn.fetch(statement_of(tables), organization, ids)
    return {row["name"]: json.loads(row["found"]) if row["found"] else [] for row in rows}


def statement_of(tables: Iterable[HeldTable]) -> str:
    """One round trip for all of them, each by the index that begins with whose rows they are."""
    return " UNION ALL ".join(
        f"SELECT '{table.name}' AS name, jsonb_agg(to_jsonb(t)) AS found"  # noqa: S608 - the program's names, no values
        f" FROM unnest($2::text[]) AS k(candidate) {_walk(table)}"
        for table in tables
    )


def _walk(table: HeldTable) -> str:
    theirs = "x.candidate = k.candidate AND x.candidate <> ''"  # as partial indexes say it
    if table.through is None:
        return _step(table.name, theirs, "t", table.also)
    leads = " AND ".join(f"x.{column} = u.{column}" for column in table.by)
    return f"{_step(table.through, theirs, 'u')} {_step(table.name, leads, 't', table.also)}"


def _step(table: str, which: str, name: str, also: str = "") -> str:
    shown = f"x.*, {also}" if also else "x.*"
    return f"CROSS JOIN LATERAL (SELECT {shown} FROM {table} x WHERE x.organization = $1 AND {which} OFFSET 0) {name}"  # noqa: S608
