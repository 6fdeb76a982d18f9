"""Derived tables: what follows from facts about somebody, kept as it holds now. One statement writes each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any, Generic, TypeVar

from shared.kit.db import Connection

Row = TypeVar("Row")

_BREAK = "chr(10)"  # between the texts of a list: unnest would make one list of all rows' lists


@dataclass(frozen=True)
class DerivedTable(Generic[Row]):
    """A table with one writer. `columns`: with their types in SQL; each is the attribute of a row that has its name.

    `whose`: the column of whom its rows are about. `named`: the attributes that are called otherwise. `once`: columns
    written with a new row only; `alike`: those given once for all rows. `resets`: columns that change with the others,
    and to what. `about`: the columns that name what else has to follow when a row comes, changes or goes. In SQL, `t`
    being the row that is there and `excluded` what it would become: `removable` says which may go, `changeable` which
    may change. `found_by`: the column whose values `find` is asked for.
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
        await conn.execute(self.statement, *of, *self._values(rows, given))

    async def add(self, conn: Connection, rows: Sequence[Row], **given: Any) -> None:
        """Keep these rows, whatever else there is."""
        await self.keep(conn, ([], []), rows, **given)

    async def keep_and_tell(
        self, conn: Connection, of: tuple[list[str], list[str]], rows: Sequence[Row], **given: Any
    ) -> list[Row]:
        """The same; those of the rows that are new or changed."""
        changed = {tuple(row) for row in await conn.fetch(self.telling, *of, *self._values(rows, given))}
        key = attrgetter(*map(self._attribute, self.key))
        return [row for row in rows if key(row) in changed]

    async def keep_and_find(
        self, conn: Connection, of: tuple[list[str], list[str]], rows: Sequence[Row], **given: Any
    ) -> set[tuple[str, str]]:
        """The same; (organisation, id) of whatever the columns of `about` name in rows that came, changed or went."""
        found = await conn.fetch(self.telling, *of, *self._values(rows, given))
        return {(organization, about) for organization, about in found}

    async def find(self, conn: Connection, of: tuple[list[str], list[str]]) -> list[tuple[Any, ...]]:
        """The rows of those in `of`, organisations and values of `found_by`: their `columns`, in the key's order."""
        return [tuple(row) for row in await conn.fetch(self.finding, *of)]

    @cached_property
    def finding(self) -> str:
        """The statement that finds rows by what `found_by` names."""
        return f"""
        SELECT {_listed("t", self.columns)} FROM unnest($1::text[], $2::text[]) AS k(organization, id)
        CROSS JOIN LATERAL (SELECT * FROM {self.name} t WHERE t.organization = k.organization
                            AND t.{self.found_by} = k.id OFFSET 0) t
        ORDER BY {_listed("t", self.key)}
        """  # noqa: S608 - the program's names, no values

    @cached_property
    def statement(self) -> str:
        """Removes, inserts and updates what differs; in the order of the key, so that nobody waits for each other."""
        columns, key = ", ".join(self.columns), ", ".join(self.key)
        listed = [c for c in self.columns if c not in self.alike]
        changing = [c for c in self.columns if c not in {*self.key, *self.once}]
        there, new = _listed("t", changing), _listed("excluded", changing)
        return f"""
        WITH wanted AS (
            SELECT {", ".join(map(self._taken, self.columns))}
            FROM unnest({", ".join(map(self._parameter, listed))}) AS w({", ".join(listed)})
        ), gone AS (
            DELETE FROM {self.name} t USING unnest($1::text[], $2::text[]) AS k(organization, id)
            WHERE t.organization = k.organization AND t.{self.whose} = k.id AND t.{self.whose} <> ''
              AND ({self.removable}) AND ({_listed("t", self.key)}) NOT IN (SELECT {key} FROM wanted)
        )
        INSERT INTO {self.name} AS t ({columns}) SELECT * FROM wanted ORDER BY {key}
        ON CONFLICT ({key}) DO UPDATE
        SET ({", ".join([*changing, *self.resets])}) = ROW({", ".join([new, *self.resets.values()])})
        WHERE ({self.changeable}) AND ({there}) IS DISTINCT FROM ({new})
        """  # noqa: S608 - the program's names, no values

    @cached_property
    def telling(self) -> str:
        """The statement that returns the keys of what it wrote; or what is named by whatever it wrote or removed."""
        if not self.about:
            return f"{self.statement} RETURNING {_listed('t', self.key)}"
        kept, _, written = self.statement.rpartition("INSERT INTO")
        old, new = _listed("old", self.about), _listed("new", self.about)
        return f"""
        {kept.rstrip().removesuffix(")")} RETURNING t.organization, ARRAY[{_listed("t", self.about)}] AS names
        ), written AS (
            INSERT INTO {written} RETURNING new.organization, ARRAY[{old}, {new}] AS names
        )
        SELECT DISTINCT w.organization, n.about FROM (TABLE gone UNION ALL TABLE written) w
        CROSS JOIN LATERAL unnest(w.names) AS n(about) WHERE n.about IS NOT NULL
        """  # noqa: S608 - the program's names, no values

    def _parameter(self, column: str) -> str:
        """After whom the rows are about; lists come as texts."""
        number, kind = [*self.columns].index(column) + 3, self.columns[column].removesuffix("[]")
        return f"${number}::{kind}" if column in self.alike else f"${number}::{kind}[]"

    def _taken(self, column: str) -> str:
        if column in self.alike:
            return f"{self._parameter(column)} AS {column}"
        return f"string_to_array({column}, {_BREAK}) AS {column}" if self._is_list(column) else column

    def _is_list(self, column: str) -> bool:
        return self.columns[column].endswith("[]")

    def _attribute(self, column: str) -> str:
        return self.named.get(column, column)

    def _values(self, rows: Sequence[Row], given: Mapping[str, Any]) -> list[Any]:
        return [given[c] if c in self.alike else self._value(c, rows) for c in self.columns]

    def _value(self, column: str, rows: Sequence[Row]) -> list[Any]:
        found = map(attrgetter(self._attribute(column)), rows)
        return ["\n".join(map(str, listed)) for listed in found] if self._is_list(column) else list(found)


def _listed(table: str, columns: Iterable[str]) -> str:
    return ", ".join(f"{table}.{column}" for column in columns)
