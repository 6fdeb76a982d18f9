"""What was read so far, in a nameless file of this process that goes when it ends: memory stays small."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cli.backfill.facts import ORDER, DatedFact

_TABLES = (
    "CREATE TABLE interviews (interview TEXT PRIMARY KEY, line INTEGER, digest BLOB) WITHOUT ROWID",
    "CREATE TABLE applications (application TEXT PRIMARY KEY, candidate TEXT, job TEXT, line INTEGER) WITHOUT ROWID",
    "CREATE TABLE facts (place INTEGER, fact TEXT, time TEXT, mapped TEXT, body BLOB, topic TEXT, key TEXT,"
    " PRIMARY KEY (place, fact)) WITHOUT ROWID",
    "CREATE TABLE openings (place INTEGER, fact TEXT, time TEXT, mapped TEXT, body BLOB, topic TEXT, key TEXT,"
    " PRIMARY KEY (fact, time)) WITHOUT ROWID",
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

    def save_opening(self, fact: DatedFact) -> None:
        """One of the instants from which a job may be open."""
        self._file.execute(
            """
            INSERT INTO openings VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (fact, time) DO UPDATE
            SET mapped = excluded.mapped, body = excluded.body WHERE excluded.mapped < mapped
            """,
            _row(fact),
        )

    def settle_openings(self, closing: str, rest: timedelta) -> None:
        """Of each job the earliest stands; without a fact of the topic `closing` that after its last long rest."""
        self._file.execute(
            """
            WITH dated AS (SELECT *, lag(time) OVER (PARTITION BY fact ORDER BY time) AS before FROM openings),
              begun AS (
                SELECT place, fact, max(time) AS time FROM dated
                WHERE before IS NULL OR julianday(time) - julianday(before) > ?
                  AND NOT EXISTS (SELECT 1 FROM facts c WHERE c.place = ? AND c.fact = dated.fact)
                GROUP BY place, fact)
            INSERT INTO facts
            SELECT place, fact, time, mapped, body, topic, key FROM begun JOIN openings USING (place, fact, time)
            """,
            (rest / timedelta(days=1), ORDER.index(closing)),
        )

    def forget(self, topic: str, since: datetime) -> None:
        """Forget the facts of a topic that are said for then or later; `since` in UTC."""
        self._file.execute("DELETE FROM facts WHERE place = ? AND time >= ?", (ORDER.index(topic), since.isoformat()))

    def count_facts(self, *topics: str) -> int:
        """How many there are of these topics, or of all."""
        places = json.dumps([ORDER.index(topic) for topic in topics or ORDER])
        counted = self._file.execute(
            "SELECT count(*) FROM facts WHERE place IN (SELECT value FROM json_each(?))", (places,)
        )
        return int(counted.fetchone()[0])

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
