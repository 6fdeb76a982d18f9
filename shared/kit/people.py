"""Who a transaction is about: organisations, people and jobs, found and locked in one order."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, Self

from shared.kit.db import Connection

Pair = tuple[str, str]
Columns = tuple[list[str], list[str], list[str]]


class Person(NamedTuple):
    """One person: the id that stands for them, and every id they were known by (their own included)."""

    organization: str
    candidate: str
    ids: tuple[str, ...]
    erased_at: datetime | None


class People:
    """The people a transaction is about, locked. One row per id in `columns`, so facts of merged ids are found."""

    __slots__ = ("columns", "erased", "pairs")

    def __init__(self, rows: Iterable[tuple[str, str, str]], erased: dict[Pair, datetime]) -> None:
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        self.columns: Columns = (list(columns[0]), list(columns[1]), list(columns[2]))
        self.pairs = list(dict.fromkeys(zip(self.columns[0], self.columns[1], strict=True)))
        self.erased = erased

    def __len__(self) -> int:
        return len(self.pairs)

    def __iter__(self) -> Iterator[Person]:
        ids: dict[Pair, list[str]] = {}
        for organization, person, candidate in zip(*self.columns, strict=True):
            ids.setdefault((organization, person), []).append(candidate)
        for (organization, person), joined in ids.items():
            erased = [at for c in joined if (at := self.erased.get((organization, c)))]
            yield Person(organization, person, tuple(joined), max(erased, default=None))

    def only(self, pairs: Collection[Pair]) -> Self:
        """Those of `pairs`, which may name a person by any of their ids."""
        rows = list(zip(*self.columns, strict=True))
        wanted = {(o, p) for o, p, c in rows if (o, c) in pairs}
        if len(wanted) == len(self.pairs):
            return self
        return type(self)([row for row in rows if row[:2] in wanted], self.erased)

    @property
    def ids(self) -> tuple[list[str], list[str]]:
        """Organisations and ids, one row per id."""
        return self.columns[0], self.columns[2]


class Jobs:
    """The jobs a transaction is about."""

    __slots__ = ("columns", "pairs")

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.pairs = sorted(set(pairs))
        self.columns: tuple[list[str], list[str]] = ([o for o, _ in self.pairs], [j for _, j in self.pairs])

    def __len__(self) -> int:
        return len(self.pairs)


async def lock_organizations(conn: Connection, organizations: dict[str, bool]) -> None:
    """Take each organisation's lock, exclusively where the value is true, in the order of the lock's key."""
    await conn.fetchval(
        """
        SELECT count(CASE WHEN exclusive THEN pg_advisory_xact_lock(key)::text
                          ELSE pg_advisory_xact_lock_shared(key)::text END)
        FROM (SELECT hashtextextended(organization, 0) AS key, bool_or(alone) AS exclusive
              FROM unnest($1::text[], $2::boolean[]) AS u(organization, alone) GROUP BY 1 ORDER BY 1) s
        """,
        list(organizations),
        list(organizations.values()),
    )


async def lock_people(conn: Connection, pairs: Iterable[Pair], *, skip_locked: bool = False) -> People:
    """Find everyone `pairs` names by any id, and lock them in key order.

    With `skip_locked`, for the clock and the post: only who is free, and their organisations' locks are shared first.
    """
    if skip_locked:
        pairs = list(pairs)
        await lock_organizations(conn, {organization: False for organization, _ in pairs})
    rows = await find_people(conn, pairs)
    organizations, ids = [r[0] for r in rows], [r[2] for r in rows]
    lock = _lock_free if skip_locked else _lock
    locked = await lock(conn, organizations, ids)
    if len(locked) < len(rows):  # nearly always everyone is known
        await _insert_missing(conn, organizations, ids)
        locked = await lock(conn, organizations, ids)
    erased = {(o, c): at for o, c, at in locked if at is not None}
    if skip_locked and len(locked) < len(rows):
        held = {(o, c) for o, c, _ in locked}
        busy = {(o, p) for o, p, c in rows if (o, c) not in held}
        rows = [row for row in rows if row[:2] not in busy]
    return People(rows, erased)


async def find_people(conn: Connection, pairs: Iterable[Pair]) -> list[tuple[str, str, str]]:
    """(organisation, person, id) for every id of everyone `pairs` names, in key order of the ids. Locks nobody."""
    named = sorted(set(pairs))
    rows = await conn.fetch(
        """
        WITH named AS (
            SELECT DISTINCT u.organization, coalesce(a.person, u.candidate) AS person
            FROM unnest($1::text[], $2::text[]) AS u(organization, candidate)
            LEFT JOIN LATERAL (SELECT person FROM aliases a WHERE a.organization = u.organization
                               AND a.candidate = u.candidate OFFSET 0) a ON true
        )
        SELECT organization, person, person AS candidate FROM named
        UNION ALL
        SELECT n.organization, n.person, a.candidate FROM named n
        CROSS JOIN LATERAL (SELECT candidate FROM aliases a WHERE a.organization = n.organization
                            AND a.person = n.person AND a.person <> '' OFFSET 0) a
        ORDER BY 1, 3
        """,
        [o for o, _ in named],
        [c for _, c in named],
    )
    return [tuple(row) for row in rows]


async def _insert_missing(conn: Connection, organizations: list[str], ids: list[str]) -> None:
    await conn.execute(
        """
        INSERT INTO people (organization, candidate)
        SELECT organization, candidate FROM unnest($1::text[], $2::text[]) AS u(organization, candidate)
        ORDER BY 1, 2 ON CONFLICT DO NOTHING
        """,
        organizations,
        ids,
    )


async def _lock(conn: Connection, organizations: list[str], ids: list[str]) -> list[tuple[str, str, datetime | None]]:
    return await conn.fetch(
        """
        SELECT u.organization, u.candidate, p.erased_at
        FROM unnest($1::text[], $2::text[]) AS u(organization, candidate)
        CROSS JOIN LATERAL (SELECT erased_at FROM people p WHERE p.organization = u.organization
                            AND p.candidate = u.candidate FOR NO KEY UPDATE) p
        """,
        organizations,
        ids,
    )


async def _lock_free(
    conn: Connection, organizations: list[str], ids: list[str]
) -> list[tuple[str, str, datetime | None]]:
    return await conn.fetch(
        """
        SELECT u.organization, u.candidate, p.erased_at
        FROM unnest($1::text[], $2::text[]) AS u(organization, candidate)
        CROSS JOIN LATERAL (SELECT erased_at FROM people p WHERE p.organization = u.organization
                            AND p.candidate = u.candidate FOR NO KEY UPDATE SKIP LOCKED) p
        """,
        organizations,
        ids,
    )
