"""Derived tables: what follows from facts about somebody, kept as it holds now. One statement writes each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any, Generic, TypeVar

from pydantic_core import to_json

from shared.kit.db import Connection

Row = TypeVar("Row")


@dataclass(frozen=True)
class DerivedTable(Generic[Row]):
    """A table with one writer. `columns`: with their types in SQL; each is the attribute of a row that has its name.

    `whose`: the column of whom its rows are about. `named`: the attributes that are called otherwise. `once`: columns
    written with a new row only; `alike`: those given once for all rows. `resets`: columns that change with the others,
    and to what. `about`: the columns that name what else has to follow when a row comes, changes or goes. In SQL, `t`
    being the row that is there and `excluded` what it would become: `removable` says which may go, `changeable` which
    may change. `found_by`: the column whose values rows are found by.
    """

    name: str
    key: Sequence[str]
    columns: Mapping[str, str]
    whose: str = "candidate"
    named: Mapping[str, str] = field(default_factory=dict)
    once: Sequence[str] = ()
    alike: Sequence[str] = ()
    resets: Mapping[str, str] = field(default_factory=dict)
    about: Sequence[str] = ()
    found_by: str = ""
    removable: str = "true"
    changeable: str = "true"

    async def keep(self, conn: Connection, of: tuple[list[str], list[str]], rows: Sequence[Row], **given: Any) -> None:
        """Keep these rows and no others of those in `of`: organisations, and ids. `given`: the columns alike in all."""
        await conn.execute(self.statement, *of, self.document(rows), *self._alike(given))

    async def add(self, conn: Connection, rows: Sequence[Row], **given: Any) -> None:
        """Keep these rows, whatever else there is."""
        await self.keep(conn, ([], []), rows, **given)

    async def keep_and_tell(
        self, conn: Connection, of: tuple[list[str], list[str]], rows: Sequence[Row], **given: Any
    ) -> list[Row]:
        """The same; those of the rows that are new or changed."""
        changed = {tuple(row) for row in await conn.fetch(self.telling, *of, self.document(rows), *self._alike(given))}
        key = attrgetter(*map(self._attribute, self.key))
        return [row for row in rows if key(row) in changed]

    @cached_property
    def document_of(self) -> str:
        """The rows that `found_by` finds for `k`, an organisation and a value: their `columns`, in the key's order."""
        columns, key = _listed("t", self.columns), _listed("t", self.key)
        return f"""
        (SELECT coalesce(json_agg(json_build_array({columns}) ORDER BY {key}), '[]')
         FROM (SELECT * FROM {self.name} t WHERE t.organization = k.organization AND t.{self.found_by} = k.id
               OFFSET 0) t)
        """  # noqa: S608 - the program's names, no values

    @cached_property
    def statement(self) -> str:
        """Removes, inserts and updates what differs; in the order of the key, so that nobody waits for each other."""
        return f"WITH {self.wanting('wanted', 3)}, gone AS ({self.removing('wanted')}) {self.writing('wanted')}"

    @cached_property
    def telling(self) -> str:
        """The statement that returns the keys of what it wrote, too."""
        return f"{self.statement} RETURNING {_listed('t', self.key)}"

    def wanting(self, wanted: str, number: int) -> str:
        """The part that reads the document, the parameter of this number; columns that are alike come after it."""
        given = {c: f"${number + n}::{self.columns[c]} AS {c}" for n, c in enumerate(self.alike, start=1)}
        taken = ", ".join(given.get(c) or self._taken(c) for c in self.columns)
        typed = ", ".join(map(self._typed, self._documented))
        return f"{wanted} AS (SELECT {taken} FROM json_to_recordset(${number}::json) AS w({typed}))"  # noqa: S608 - the program's names, no values

    def removing(self, wanted: str) -> str:
        """The part that removes what is not wanted any more."""
        return f"""
        DELETE FROM {self.name} t USING unnest($1::text[], $2::text[]) AS k(organization, id)
        WHERE t.organization = k.organization AND t.{self.whose} = k.id AND t.{self.whose} <> ''
          AND ({self.removable}) AND ({_listed("t", self.key)}) NOT IN (SELECT {", ".join(self.key)} FROM {wanted})
        """  # noqa: S608 - the program's names, no values

    def writing(self, wanted: str) -> str:
        """The part that writes what differs."""
        columns, key = ", ".join(self.columns), ", ".join(self.key)
        changing = [c for c in self.columns if c not in {*self.key, *self.once}]
        there, new = _listed("t", changing), _listed("excluded", changing)
        return f"""
        INSERT INTO {self.name} AS t ({columns}) SELECT * FROM {wanted} ORDER BY {key}
        ON CONFLICT ({key}) DO UPDATE
        SET ({", ".join([*changing, *self.resets])}) = ROW({", ".join([new, *self.resets.values()])})
        WHERE ({self.changeable}) AND ({there}) IS DISTINCT FROM ({new})
        """  # noqa: S608 - the program's names, no values

    def document(self, rows: Sequence[Row]) -> str:
        """The rows in one parameter: half of the time that a list for each column takes, value by value."""
        values = attrgetter(*map(self._attribute, self._documented))
        return to_json([dict(zip(self._documented, values(row), strict=True)) for row in rows]).decode()

    @cached_property
    def _documented(self) -> list[str]:
        return [c for c in self.columns if c not in self.alike]

    def _typed(self, column: str) -> str:
        return f"{column} {'text' if self.columns[column] == 'jsonb' else self.columns[column]}"

    def _taken(self, column: str) -> str:
        return f"{column}::jsonb" if self.columns[column] == "jsonb" else column

    def _attribute(self, column: str) -> str:
        return self.named.get(column, column)

    def _alike(self, given: Mapping[str, Any]) -> list[Any]:
        return [given[c] for c in self.alike]


@dataclass(frozen=True)
class DerivedTables:
    """Tables that follow from the same facts, written and found together."""

    tables: Sequence[DerivedTable[Any]]

    async def keep(self, conn: Connection, of: tuple[list[str], list[str]], rows: Sequence[Sequence[Any]]) -> None:
        """Keep these rows, table by table, and no others of those in `of`."""
        await self.keep_and_find(conn, of, rows)

    async def keep_and_find(
        self, conn: Connection, of: tuple[list[str], list[str]], rows: Sequence[Sequence[Any]]
    ) -> set[tuple[str, str]]:
        """The same.

        Returns (organisation, id) of whatever the columns of `about` name in rows that came, changed or went.
        """
        documents = [table.document(own) for table, own in zip(self.tables, rows, strict=True)]
        return {(organization, about) for organization, about in await conn.fetch(self.statement, *of, *documents)}

    async def find(self, conn: Connection, of: tuple[list[str], list[str]]) -> dict[tuple[str, str], str]:
        """By (organisation, value of `found_by`) the rows of all tables, as one document: half of what columns cost."""
        rows = await conn.fetch(self.finding, *of)
        return {(organization, value): document for organization, value, document in rows}

    @cached_property
    def finding(self) -> str:
        """The statement that finds rows."""
        documents = ", ".join(table.document_of for table in self.tables)
        return f"""
        SELECT k.organization, k.id, json_build_array({documents})
        FROM unnest($1::text[], $2::text[]) AS k(organization, id)
        """  # noqa: S608 - the program's names, no values

    @cached_property
    def statement(self) -> str:
        """One statement, as each is a round trip."""
        steps = [step for number, table in enumerate(self.tables) for step in _steps(table, number)]
        changes = (f"TABLE gone_{number} UNION ALL TABLE written_{number}" for number in range(len(self.tables)))
        return f"""
        WITH {", ".join(steps)}
        SELECT DISTINCT w.organization, n.about FROM ({" UNION ALL ".join(changes)}) w
        CROSS JOIN LATERAL unnest(w.names) AS n(about) WHERE n.about IS NOT NULL
        """  # noqa: S608 - the program's names, no values


def _steps(table: DerivedTable[Any], number: int) -> tuple[str, str, str]:
    wanted, both = f"wanted_{number}", [f"{version}.{column}" for version in ("old", "new") for column in table.about]
    gone = f"{table.removing(wanted)} RETURNING t.organization, ARRAY[{_listed('t', table.about)}]::text[] AS names"
    written = f"{table.writing(wanted)} RETURNING new.organization, ARRAY[{', '.join(both)}]::text[] AS names"
    return table.wanting(wanted, number + 3), f"gone_{number} AS ({gone})", f"written_{number} AS ({written})"


def _listed(table: str, columns: Iterable[str]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)
