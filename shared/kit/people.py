"""Who a transaction is about: organisations, people and jobs, found and locked in one order."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple, Self, TypeVar

from shared.contracts import Event
from shared.kit.columns import parted
from shared.kit.db import Connection, see_and_lock

Item = TypeVar("Item")
Pair = tuple[str, str]
Columns = tuple[list[str], list[str], list[str]]


class Person(NamedTuple):
    """One person: the id that stands for them, and every id they were known by (their own included)."""

    organization: str
    candidate: str
    ids: tuple[str, ...]
    erased_at: datetime | None


@cache
def topics_of(events: tuple[type[Event], ...]) -> frozenset[str]:
    """The topics of these events."""
    return frozenset(event.topic for event in events)


class People:
    """The people a transaction is about, locked. One row per id in `columns`, so facts of merged ids are found.

    `news`: by topic, whom what was just heard is about; None where they are derived whole, whatever changed.
    """

    __slots__ = ("columns", "erased", "news", "pairs")

    def __init__(
        self,
        rows: Iterable[tuple[str, str, str]],
        erased: dict[Pair, datetime],
        news: Mapping[str, Collection[Pair]] | None = None,
    ) -> None:
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        self.columns: Columns = (list(columns[0]), list(columns[1]), list(columns[2]))
        self.pairs = list(dict.fromkeys(zip(self.columns[0], self.columns[1], strict=True)))
        self.erased = erased
        self.news = news

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def organizations(self) -> set[str]:
        """Whose they are."""
        return set(self.columns[0])

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
        return type(self)([row for row in rows if row[:2] in wanted], self.erased, self.news)

    def told(self, news: Mapping[str, Collection[Pair]]) -> Self:
        """The same people, and what was heard of them."""
        return type(self)(zip(*self.columns, strict=True), self.erased, news)

    def heard_in(self, events: tuple[type[Event], ...]) -> Self:
        """Those whom news of these events is about; everyone where they are derived whole."""
        if self.news is None:
            return self
        topics = topics_of(events)
        return self.only(set[Pair]().union(*(pairs for topic, pairs in self.news.items() if topic in topics)))

    @property
    def ids(self) -> tuple[list[str], list[str]]:
        """Organisations and ids, one row per id."""
        return self.columns[0], self.columns[2]


class Jobs:
    """The jobs a transaction is about."""

    __slots__ = ("columns", "pairs")

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.pairs = sorted(set(pairs))
        self.columns = parted(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)


async def lock_organizations(conn: Connection, organizations: Mapping[str, bool]) -> None:
    """Take each organisation's lock, exclusively where the value is true, in the order of the lock's key."""
    await see_and_lock(conn, None, organizations)


async def lock_people(conn: Connection, pairs: Iterable[Pair], *, skip_locked: bool = False) -> People:
    """Find everyone `pairs` names by any id, and lock them in key order.

    With `skip_locked`, for the clock and the post: only who is free, and their organisations' locks are shared first.
    """
    if skip_locked:
        pairs = list(pairs)
        await lock_organizations(conn, {organization: False for organization, _ in pairs})
    named = sorted(set(pairs))
    if not named:
        return People([], {})
    lock = _lock_free if skip_locked else _lock
    ids = await lock(conn, named)
    if _may_be_parted(ids):
        ids = await lock(conn, named)
    missing = [one for one in ids if not one.is_held]  # nearly always everyone is known
    if missing:
        made = await _insert_missing(conn, missing)
        ids = _with_ours(ids) if made == len(missing) else await lock(conn, named)
    busy = {(o, p) for o, p, _, is_held, _ in ids if not is_held}
    erased = {(o, c): at for o, _, c, _, at in ids if at is not None}
    return People([(o, p, c) for o, p, c, _, _ in ids if (o, p) not in busy], erased)


async def hold_people(conn: Connection, organization: str, *candidates: str) -> People:
    """Lock them, nobody being at work on the whole organisation: what is read of them from here on stays so."""
    await lock_organizations(conn, {organization: False})
    return await lock_people(conn, [(organization, candidate) for candidate in candidates])


class KnownId(NamedTuple):
    """One id of somebody, beside the one that stands for them."""

    organization: str
    person: str
    candidate: str


async def find_people(conn: Connection, pairs: Iterable[Pair]) -> list[KnownId]:
    """Every id of everyone `pairs` names, in key order of the ids. Locks nobody."""
    rows = await conn.fetch(
        "SELECT organization, person, candidate FROM people_named($1, $2)",
        *parted(sorted(set(pairs))),
    )
    return [KnownId(*row) for row in rows]


async def find_ids(conn: Connection, organization: str, candidate: str) -> list[str]:
    """Every id of whoever this one names, their own included."""
    return [known.candidate for known in await find_people(conn, [(organization, candidate)])]


class _Id(NamedTuple):
    """One id of somebody named. `is_held`: this transaction has locked its row."""

    organization: str
    person: str
    candidate: str
    is_held: bool
    erased_at: datetime | None


def _may_be_parted(ids: Sequence[_Id]) -> bool:
    """Whether one of somebody's ids was erased, perhaps while we waited for them: they are other people since then."""
    several = {one for one, count in Counter((i.organization, i.person) for i in ids).items() if count > 1}
    return any(i.erased_at is not None and (i.organization, i.person) in several for i in ids)


def _with_ours(ids: Sequence[_Id]) -> list[_Id]:
    """What this transaction has just made is locked by it and known to nobody else."""
    return [one if one.is_held else one._replace(is_held=True, erased_at=None) for one in ids]


async def _insert_missing(conn: Connection, ids: Sequence[_Id]) -> int:
    """How many of these were missing still; nobody else holds those."""
    status = await conn.execute(
        """
        INSERT INTO people (organization, candidate)
        SELECT organization, candidate FROM unnest($1::text[], $2::text[]) AS u(organization, candidate)
        ORDER BY 1, 2 ON CONFLICT DO NOTHING
        """,
        [one.organization for one in ids],
        [one.candidate for one in ids],
    )
    return int(status.split()[-1])


async def _lock(conn: Connection, named: Sequence[Pair]) -> list[_Id]:
    """Every id of everyone named, locked in key order where there is a row to lock."""
    rows = await conn.fetch(
        """
        SELECT i.organization, i.person, i.candidate, p.candidate IS NOT NULL AS is_held, p.erased_at
        FROM people_named($1, $2) i
        LEFT JOIN LATERAL (SELECT candidate, erased_at FROM people p WHERE p.organization = i.organization
                           AND p.candidate = i.candidate FOR NO KEY UPDATE) p ON true
        """,
        *parted(named),
    )
    return [_Id(*row) for row in rows]


async def _lock_free(conn: Connection, named: Sequence[Pair]) -> list[_Id]:
    """The same, of whom nobody else holds."""
    rows = await conn.fetch(
        """
        SELECT i.organization, i.person, i.candidate, p.candidate IS NOT NULL AS is_held, p.erased_at
        FROM people_named($1, $2) i
        LEFT JOIN LATERAL (SELECT candidate, erased_at FROM people p WHERE p.organization = i.organization
                           AND p.candidate = i.candidate FOR NO KEY UPDATE SKIP LOCKED) p ON true
        """,
        *parted(named),
    )
    return [_Id(*row) for row in rows]


def slices(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """So many at a time, for what is too many to be held at once."""
    return (items[first : first + size] for first in range(0, len(items), size))
