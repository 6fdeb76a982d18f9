"""Everything a service holds about one person, as they may have it: others behind names like `colleague 2`."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from shared.kit.db import Connection
from shared.kit.people import find_people
from shared.kit.reads import list_readings_of

# Fields of contracts that name a user of the organisation; `by` also says a role, which is nobody's name.
NAMING = frozenset(
    {"approved_by", "by", "decided_by", "interviewer", "author", "owner", "referrer", "submitted_by", "user"}
)
ROLES = frozenset({"candidate", "interviewer", "organization", "platform", "retention", "talentloop"})
WITHHELD = "private-"  # notes and drafts never leave the service: that there is one is said, not what it says
AT_MOST_READINGS = 10_000
_NEWEST = 2**63 - 1


class Item(NamedTuple):
    """One fact. `body` is None for what an interviewer keeps to themselves."""

    topic: str
    fact: str
    time: datetime
    source: str
    historical: bool
    body: dict[str, Any] | None


class Export(NamedTuple):
    """One person in one service: every id, every fact in the order of time, and when colleagues opened them."""

    ids: list[str]
    facts: list[Item]
    opened: list[tuple[datetime, str]]


async def export(conn: Connection, organization: str, candidate: str) -> Export:
    """Everything about somebody, by any of their ids; empty lists for a stranger."""
    ids = [row[2] for row in await find_people(conn, [(organization, candidate)])]
    found = await _load(conn, organization, ids)
    colleagues = list(dict.fromkeys(user for item in found for user in _users(item.body)))
    mask = await _mask(conn, organization, colleagues)
    readings = await list_readings_of(conn, organization, ids, None, _NEWEST, AT_MOST_READINGS)
    return Export(
        ids,
        [i._replace(body=None if i.topic.startswith(WITHHELD) else mask.applied(i.body)) for i in found],
        [(r.at, r.route) for r in readings],
    )


class Mask(NamedTuple):
    """Who is called what: users by their id, and the names they go by in texts."""

    users: dict[str, str]
    names: re.Pattern[str] | None
    said: dict[str, str]

    def applied(self, value: Any, field: str = "") -> Any:
        """The same with others masked."""
        if isinstance(value, dict):
            return {key: self.applied(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.applied(inner, field) for inner in value]
        if not isinstance(value, str):
            return value
        if field in NAMING and value not in ROLES:
            return self.users.get(value, "somebody")
        return self.names.sub(lambda m: self.said[m.group().casefold()], value) if self.names else value


def _users(value: Any, field: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _users(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _users(inner, field)
    elif isinstance(value, str) and field in NAMING and value not in ROLES:
        yield value


async def _mask(conn: Connection, organization: str, colleagues: list[str]) -> Mask:
    users = {user: f"colleague {number}" for number, user in enumerate(colleagues, 1)}
    rows = await conn.fetch(
        """
        SELECT f.fact, f.body ->> 'name' FROM unnest($2::text[]) AS k(colleague)
        CROSS JOIN LATERAL (SELECT fact, body FROM facts f WHERE f.organization = $1 AND f.fact = k.colleague
                            AND f.topic = 'user-registered' OFFSET 0) f
        """,
        organization,
        colleagues,
    )
    said = {part.casefold(): users[user] for user, name in rows for part in _parts(name)}
    longest_first = sorted(said, key=len, reverse=True)
    pattern = rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"
    return Mask(users, re.compile(pattern, re.IGNORECASE) if said else None, said)


def _parts(name: str) -> Iterable[str]:
    """What a colleague may be called in a text: the whole name, and each part of three letters or more."""
    return {name, *(part for part in name.split() if len(part) > 2)}


async def _load(conn: Connection, organization: str, ids: list[str]) -> list[Item]:
    rows = await conn.fetch(
        """
        SELECT f.topic, f.fact, f.time, f.source, f.historical, f.body FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM facts f WHERE f.organization = $1 AND f.candidate = k.candidate OFFSET 0) f
        ORDER BY f.time, f.topic, f.fact
        """,
        organization,
        ids,
    )
    return [Item(row[0], row[1], row[2], row[3], row[4], json.loads(row[5])) for row in rows]
