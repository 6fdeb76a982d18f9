"""What the services keep of one organisation, so that two organisations can be compared."""

import json
import mailbox
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from shared.contracts import BY_TOPIC
from shared.kit.db import Connection, Database
from tests.e2e.week import Week

State = dict[str, list[str]]
Facts = dict[str, list[dict[str, Any]]]

# How a letter left the house, what is made of an address, the machine's clock: no facts decide these.
MACHINE = {
    "letters": {
        "attempts", "retry_at", "leased_until", "mailbox", "message_id", "sender", "address", "language", "content",
    },
    "ledger": {"mailbox"},
    "runs": {"derived_at"},
    "keeping": {"seen_at"},
}  # fmt: skip
RECEIPT = {"event", "causation", "source", "partition", "offset", "saved_at", "known_at"}
FAREWELLS = ("candidate-left-pool", "match-withdrawn")  # said only to whom something was said before

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def load_state_of(week: Week, databases: Sequence[Database], mails: Path) -> State:
    """`service.table` -> rows, `service.heard` and `service.said` -> facts, and `mails`."""
    state: State = {"mails": load_mails(week, mails)}
    for database in databases:
        async with database.transaction(week.organization) as conn:
            for table, rows in (await _load_tables(conn)).items():
                state[f"{database.service}.{table}"] = sorted(_comparable(week, row) for row in rows)
    return state


async def load_facts(week: Week, databases: Sequence[Database]) -> Facts:
    """Every fact each service keeps of a week, as it was said."""
    statement = "SELECT topic, fact, event, time, body FROM facts ORDER BY topic, fact"
    found: Facts = {}
    for database in databases:
        async with database.transaction(week.organization) as conn:
            found[database.service] = [dict(row) for row in await conn.fetch(statement)]
    return found


def load_mails(week: Week, folder: Path) -> list[str]:
    """`person: subject` of every mail to somebody of this week."""
    box = mailbox.Maildir(folder)
    found = [message_from_bytes(letter.as_bytes(), policy=policy.default) for letter in box]
    sent = [(mail["To"].addresses[0], mail["Subject"]) for mail in found]
    return sorted(f"{to.username}: {subject}" for to, subject in sent if to.domain == f"{week.organization}.example")


async def _load_tables(conn: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every table of business data, whatever tables there are; row-level security leaves the organisation's rows."""
    names = await conn.fetch(
        """
        SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_name)
        WHERE c.column_name = 'organization' AND t.table_type = 'BASE TABLE'
          AND table_name NOT IN ('dead_letters', 'demands', 'lanes', 'passed_events', 'past_matches', 'reads')
        ORDER BY 1
        """
    )
    tables = {name: await _load_table(conn, name) for (name,) in names}
    facts = tables.pop("facts")
    if "runs" in tables:
        tables["runs"] = _of_matches(tables)
    return tables | {"heard": list(_heard(facts)), "said": list(_said(facts, conn.service, tables.get("letters", [])))}


async def _load_table(conn: Connection, name: str) -> list[dict[str, Any]]:
    rows = [json.loads(row[0]) for row in await conn.fetch(f"SELECT to_jsonb(t) FROM {name} t")]  # noqa: S608
    return [{key: value for key, value in row.items() if key not in MACHINE.get(name, ())} for row in rows]


def _of_matches(tables: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """What was looked at on the way to a match is kept for an audit, but depends on the way."""
    last = {match["run"] for match in tables["matches"]}
    return [run for run in tables["runs"] if run["run"] in last]


def _heard(facts: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What the platform said."""
    for fact in facts:
        if fact["source"] == "platform":
            yield {key: value for key, value in fact.items() if key not in RECEIPT}


def _said(facts: Sequence[dict[str, Any]], service: str, letters: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What the service said that stands: the newest of what replaces one another, why a letter is still held back.

    That an interview counts no more is said only of one that did.
    """
    held = {letter["letter"] for letter in letters if letter["state"] == "suppressed"}
    newest: dict[tuple[Any, ...], dict[str, Any]] = {}
    for fact in sorted(facts, key=lambda f: datetime.fromisoformat(f["time"])):
        if fact["source"] == f"talentloop/{service}":
            newest[BY_TOPIC[fact["topic"]].replaces or (fact["topic"],), fact["fact"]] = fact
    for fact in newest.values():
        is_over = fact["topic"] == "outreach-suppressed" and fact["fact"] not in held
        is_over |= fact["topic"] == "interview-returned" and fact["body"].get("counted_from") is None
        if fact["topic"] not in FAREWELLS and not is_over:
            yield {key: fact[key] for key in ("topic", "fact", "candidate", "job", "historical", "body")}


def _comparable(week: Week, row: dict[str, Any]) -> str:
    """One row as text, without the organisation's name and the ids that are made of it."""
    return _ID.sub("<id>", json.dumps(row, sort_keys=True).replace(week.organization, "halden"))


def differences(found: State, expected: State) -> list[str]:
    """What one state holds and the other does not, a line for each row."""
    lines = []
    for name in sorted({*found, *expected}):
        here, there = Counter(found.get(name, [])), Counter(expected.get(name, []))
        lines += [f"{name} has too much: {row}" for row in (here - there).elements()]
        lines += [f"{name} lacks: {row}" for row in (there - here).elements()]
    return lines
