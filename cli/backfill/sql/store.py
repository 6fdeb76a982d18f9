"""What was read so far, in a nameless file of this process that goes when it ends: memory stays small."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from cli.backfill.facts import ORDER, DatedFact

_TABLES = (
    "CREATE TABLE interviews (interview TEXT PRIMARY KEY, line INTEGER, digest BLOB) WITHOUT ROWID",
    "CREATE TABLE applications (application TEXT PRIMARY KEY, candidate TEXT, job TEXT, line INTEGER) WITHOUT ROWID",
    "CREATE TABLE facts (place INTEGER, fact TEXT, time TEXT, mapped TEXT, body BLOB, topic TEXT, key TEXT,"
    " PRIMARY KEY (place, fact)) WITHOUT ROWID",
)


class Applied(NamedTuple):
    """Whose an application is, and where it stood first."""

    candidate: str
    job: str
    line: int


class BackfillStore:
    """Interviews, applications and one version of each fact."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        for table in _TABLES:
            self._file.execute(table)
        self._file.execute("BEGIN")  # one transaction for all: nothing of this outlives the process

    def find_interview(self, interview: str) -> tuple[int, bytes] | None:
        """Its line and the digest of its cells."""
        row = self._file.execute("SELECT line, digest FROM interviews WHERE interview = ?", (interview,)).fetchone()
        return None if row is None else (row[0], row[1])

    def find_application(self, application: str) -> Applied | None:
        """Whose it is."""
        found = self._file.execute(
            "SELECT candidate, job, line FROM applications WHERE application = ?", (application,)
        ).fetchone()
        return None if found is None else Applied(*found)

    def save_interview(self, interview: str, line: int, digest: bytes) -> None:
        """One that is new."""
        self._file.execute("INSERT INTO interviews VALUES (?, ?, ?)", (interview, line, digest))

    def save_application(self, application: str, applied: Applied) -> None:
        """The first stands."""
        self._file.execute(
            "INSERT INTO applications VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", (application, *applied)
        )

    def save_newest(self, fact: DatedFact) -> None:
        """Of several versions the newest stands."""
        self._file.execute(
            """
            INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (place, fact) DO UPDATE
            SET time = excluded.time, mapped = excluded.mapped, body = excluded.body, key = excluded.key
            WHERE (excluded.time, excluded.mapped) > (time, mapped)
            """,
            _row(fact),
        )

    def save_oldest(self, fact: DatedFact) -> None:
        """Of several versions the oldest stands."""
        self._file.execute(
            """
            INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (place, fact) DO UPDATE
            SET time = excluded.time, mapped = excluded.mapped, body = excluded.body, key = excluded.key
            WHERE (excluded.time, excluded.mapped) < (time, mapped)
            """,
            _row(fact),
        )

    def forget(self, topic: str, since: datetime) -> None:
        """Forget the facts of a topic that are said for then or later; `since` in UTC."""
        self._file.execute("DELETE FROM facts WHERE place = ? AND time >= ?", (ORDER.index(topic), since.isoformat()))

    def count_facts(self) -> int:
        """How many there are."""
        return int(self._file.execute("SELECT count(*) FROM facts").fetchone()[0])

    def stream_facts(self) -> Iterator[DatedFact]:
        """In the order they are to be said."""
        rows = self._file.execute(
            "SELECT time, mapped, body, topic, fact, key FROM facts ORDER BY place, time, mapped, fact"
        )
        for at, *rest in rows:
            yield DatedFact(datetime.fromisoformat(at), *rest)


def digest_of(cells: Sequence[str]) -> bytes:
    """Equal for equal cells."""
    return hashlib.sha256(json.dumps(cells).encode()).digest()


def _row(fact: DatedFact) -> tuple[object, ...]:
    place = ORDER.index(fact.topic)
    return (place, fact.fact, fact.time.isoformat(), fact.mapped, fact.body, fact.topic, fact.key)
