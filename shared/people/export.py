"""Everything a service holds about one person, as they may have it: others behind names like `colleague 2`."""

import base64
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Self

from shared.contracts import CandidateRegistered, UserRegistered
from shared.kit.db import Connection
from shared.kit.people import find_ids
from shared.lint.folding import fold
from shared.people.holdings import Held, HeldTable, Holdings, Rows, load_held
from shared.people.read_log import list_readings_of

# What the kit keeps: since when they are erased, their ids, versions that passed.
OF_THE_KIT = (HeldTable("people"), HeldTable("aliases"), HeldTable("passed_events", "facts", ["fact", "topic"]))

# Fields of contracts and columns that name a user of the organisation; `by` also says a role, which is nobody's name.
NAMING = frozenset(
    {
        "approved_by", "author", "by", "by_user", "colleague", "decided_by", "done_by", "edited_by",
        "interviewer", "interviewers",
        "owed_by", "owner", "recipient", "referrer", "submitted_by", "user",
    }
)  # fmt: skip
ROLES = frozenset({"candidate", "interviewer", "organization", "platform", "retention", "talentloop"})
CODES = frozenset({"kind", "state", "stream", "topic", "variant"})  # words of ours, whoever is called like one
# What an interviewer keeps to themselves never leaves the service: that there is one is said, not what it says.
WITHHELD = frozenset({"private-feedback-draft", "private-interview-note"})
AT_MOST_READINGS = 10_000
_NEWEST = 2**63 - 1
_KEY = re.compile(r"[A-Za-z0-9._:/-]*[._:/-][A-Za-z0-9._:/-]*")  # ids in the shape of one made of parts


class ExportItem(NamedTuple):
    """One fact. `body` is None for what an interviewer keeps to themselves, and where no colleague's name is known."""

    topic: str
    fact: str
    time: datetime
    source: str
    historical: bool
    body: dict[str, Any] | None
    job: str | None


class Export(NamedTuple):
    """One person in one service: every id, every fact in the order of time, what else is kept, when it was opened."""

    ids: list[str]
    facts: list[ExportItem]
    held: Held
    opened: list[tuple[datetime, str]]


async def export(conn: Connection, holdings: Holdings, organization: str, candidate: str) -> Export:
    """Everything about somebody, by any of their ids; empty lists for a stranger.

    A service that never hears what colleagues are called could not mask them: of facts it says that it holds them, and
    whoever owns them shows what they say.
    """
    ids = await find_ids(conn, organization, candidate)
    found = await _load(conn, organization, ids)
    held = holdings.readable(await load_held(conn, (*holdings.tables, *OF_THE_KIT), organization, ids))
    held["dead_letters"] = await _load_parked(conn, organization, ids)
    told = dict.fromkeys(user for part in (*(item.body for item in found), held) for user in _users(part))
    team = dict.fromkeys(await _load_team(conn, organization, [item.job for item in found if item.job]))
    colleagues = [user for user in {**told, **team} if user not in ids]
    users = {user: f"colleague {number}" for number, user in enumerate(colleagues, 1)}
    mask = Mask.of(users, set(ids), await _load_names(conn, organization, users), _names_of(found))
    knows_names = conn.service in UserRegistered.listens
    if not knows_names:
        held["dead_letters"] = [{**record, "value": None} for record in held["dead_letters"]]
    readings = await list_readings_of(conn, organization, ids, None, _NEWEST, AT_MOST_READINGS)
    return Export(
        ids,
        [
            mask.named(
                i._replace(body=mask.applied(i.body)) if knows_names and i.topic not in WITHHELD else _withheld(i)
            )
            for i in found
        ],
        mask.applied(held),
        [(r.at, r.route) for r in readings],
    )


class Mask(NamedTuple):
    """Who is called what: users by their id, and the names they go by in texts. Their own ids stay."""

    users: Mapping[str, str]
    own: set[str]
    names: re.Pattern[str] | None
    said: Mapping[str, str]
    keys: re.Pattern[str] | None

    @classmethod
    def of(cls, users: Mapping[str, str], own: set[str], said: Mapping[str, str], own_names: set[str]) -> Self:
        """A mask that leaves the person their own names, whoever shares them."""
        theirs = {form for name in own_names for form in _forms(name)}
        others = {form: label for name, label in said.items() for form in _forms(name) - theirs}
        named = {user.casefold(): label for user, label in users.items() if not user.isdigit()}
        ids = {user: label for user, label in named.items() if user not in theirs}
        return cls(users, own, _any_of(others), ids | others, _any_of(ids | others))

    def named(self, item: ExportItem) -> ExportItem:
        """An item whose own name and job are masked, too: platforms make ids of names."""
        return item._replace(fact=self._key(item.fact), job=item.job and self._key(item.job))

    def applied(self, value: Any, field: str = "") -> Any:
        """The same with others masked."""
        if isinstance(value, dict):
            return {key: self.applied(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.applied(inner, field) for inner in value]
        if not isinstance(value, str) or field in CODES:
            return value
        if field in NAMING and value not in ROLES | self.own:
            return self.users.get(value, "somebody")
        if _KEY.fullmatch(value):
            return self._key(value)
        return self._without(self.names, value) if self.names else value

    def _key(self, key: str) -> str:
        """Word by word, also a colleague's id; but no id of their own."""
        if self.keys is None:
            return key
        return "/".join(part if part in self.own else self._without(self.keys, part) for part in key.split("/"))

    def _without(self, others: re.Pattern[str], text: str) -> str:
        """The same with labels in place of names, however they are written."""
        folded, said, read_to = fold(text), list[str](), 0
        for found in others.finditer(folded.text):
            start, end = folded.span(*found.span())
            said += [text[read_to:start], self.said[found.group()]]
            read_to = end
        return "".join([*said, text[read_to:]])


def _any_of(names: Collection[str]) -> re.Pattern[str] | None:
    """Any of these as words of their own, the longest first; an underscore ends a word as well."""
    either = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.compile(rf"(?<![^\W_])(?:{either})(?![^\W_])") if names else None


def _forms(name: str) -> set[str]:
    """A name as it is found in folded texts: `ü` as `u` and as `ue`."""
    return {fold(name).text, fold(name, umlauts=True).text} - {""}


def _withheld(item: ExportItem) -> ExportItem:
    """That there is one; its author is part of what it is called."""
    return item._replace(fact=item.fact.partition("/")[0], body=None)


def _users(value: Any, field: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _users(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _users(inner, field)
    elif isinstance(value, str) and field in NAMING and value not in ROLES:
        yield value


def _names_of(found: Iterable[ExportItem]) -> set[str]:
    """What they are called themselves."""
    bodies = [item.body for item in found if item.topic == CandidateRegistered.topic and item.body]
    names = [name for body in bodies for name in (body["name"], body.get("preferred_name")) if name]
    return {part for name in names for part in _parts(name)}


async def _load_names(conn: Connection, organization: str, users: Mapping[str, str]) -> dict[str, str]:
    """Who is meant by which name: those who had to do with them by each part of it, all others by the whole."""
    rows = await conn.fetch(
        """
        SELECT fact AS user, body ->> 'name' AS name FROM facts
        WHERE organization = $1 AND topic = 'user-registered' ORDER BY fact
        """,
        organization,
    )
    said = {name: users.get(user, "somebody") for user, name in rows}
    return said | {part: users[user] for user, name in rows if user in users for part in _parts(name)}


def _parts(name: str) -> Iterable[str]:
    """What a colleague may be called in a text: the whole name, and each part of three letters or more."""
    return {name, *(part for part in name.split() if len(part) > 2)}


async def _load_team(conn: Connection, organization: str, jobs: Sequence[str]) -> list[str]:
    """Who works on these jobs."""
    rows = await conn.fetch(
        """
        SELECT member.value ->> 'user' FROM unnest($2::text[]) AS k(job)
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = $1 AND f.fact = k.job
                            AND f.topic = 'job-opened' OFFSET 0) f
        CROSS JOIN LATERAL jsonb_array_elements(f.body -> 'team') AS member(value)
        ORDER BY 1
        """,
        organization,
        sorted(set(jobs)),
    )
    return [row[0] for row in rows]


async def _load(conn: Connection, organization: str, ids: list[str]) -> list[ExportItem]:
    rows = await conn.fetch(
        """
        SELECT f.topic, f.fact, f.time, f.source, f.historical, f.body, f.job
        FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM facts f WHERE f.organization = $1 AND f.candidate = k.candidate OFFSET 0) f
        ORDER BY f.time, f.topic, f.fact
        """,
        organization,
        ids,
    )
    return [ExportItem(*row)._replace(body=json.loads(row["body"])) for row in rows]


async def _load_parked(conn: Connection, organization: str, ids: Sequence[str]) -> Rows:
    """What was parked about them.

    A parked record that tells no organisation might be about somebody else's candidate: it is not shown.
    """
    rows = await conn.fetch(
        """
        SELECT jsonb_build_object(
            'topic', d.topic, 'code', d.code, 'field', d.field, 'first_at', d.first_at, 'state', d.state,
            'value', encode(d.value, 'base64'))
        FROM dead_letters d
        WHERE d.organization = $1 AND EXISTS (
            SELECT FROM unnest($2::text[]) AS k(candidate)
            WHERE position(convert_to('"' || k.candidate || '"', 'UTF8') IN d.value) > 0
               OR position(convert_to('/' || k.candidate || '/', 'UTF8') IN d.key) > 0)
        """,
        organization,
        ids,
    )
    parked: Rows = [json.loads(row[0]) for row in rows]
    return [record | {"value": _readable(record["value"])} for record in parked]


def _readable(value: str | None) -> Any:
    """What was parked, by its fields where it has any."""
    text = base64.b64decode(value or "").decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text
