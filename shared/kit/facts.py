"""Facts: the newest version of everything a service listens to. Saving them is the inbox: what comes back is news."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from shared.kit import superseded
from shared.kit.columns import joined, parted
from shared.kit.db import Connection
from shared.kit.versions import Fact, NewFact, Outgoing


class SavedFacts(NamedTuple):
    """What changed what we know, and the versions among those given that do not stand: older ones, and repetitions."""

    news: list[NewFact]
    older: list[Fact]


async def save_facts(
    conn: Connection,
    facts: Sequence[Fact],
    owned: list[str],
    known_at: datetime | None = None,
    records: Sequence[Outgoing] = (),
) -> SavedFacts:
    """Keep what is newer than what we know, and return it as news. `known_at`: when others told us.

    `records`: one for each fact, to be published, in this order, if it is news. What does not stand, or no longer,
    leaves its name among the passed events.
    An echo of a version we hold only fills in its place on Kafka; for facts this service owns also a later one, since
    compaction keeps the last.
    """
    if not facts:
        return SavedFacts([], [])
    rows = await conn.fetch(
        """
        WITH given AS MATERIALIZED (
            SELECT * FROM unnest(
                string_to_array($1, chr(31)), string_to_array($2, chr(31)), string_to_array($3, chr(31)),
                string_to_array($4, chr(31), chr(30)), string_to_array($5, chr(31), chr(30)),
                string_to_array($6, chr(31))::timestamptz[], string_to_array($7, chr(31)),
                string_to_array($8, chr(31)), string_to_array($9, chr(31), chr(30)), $10::boolean[], $11::int[],
                $12::bigint[], string_to_array($13, chr(31))::jsonb[], string_to_array($17, chr(31)),
                string_to_array($18, chr(31), chr(30)), string_to_array($19, chr(31))) WITH ORDINALITY
                AS u(organization, fact, topic, candidate, job, time, event, source, causation, historical, partition,
                     "offset", body, key, value, headers, position)
        ), saved AS (
            INSERT INTO facts AS f (organization, fact, topic, candidate, job, time, event, source, causation,
                                    historical, partition, "offset", body, known_at)
            SELECT DISTINCT ON (u.organization, u.topic, u.fact) u.organization, u.fact, u.topic, u.candidate, u.job,
                   u.time, u.event, u.source, u.causation, u.historical, u.partition, u."offset", u.body,
                   $16::timestamptz
            FROM given u
            ORDER BY u.organization, u.topic, u.fact, stands_at(u.topic, u.body, u.time) DESC,
                     withdraws(u.topic, u.body) DESC, u.time DESC, u.event DESC,
                     CASE WHEN $15 THEN u.body::text END DESC, u."offset" DESC
            ON CONFLICT (organization, fact, topic) DO UPDATE
            SET (candidate, job, time, event, source, causation, historical, partition, "offset", saved_at, known_at,
                 body)
              = (excluded.candidate, excluded.job, excluded.time, excluded.event, excluded.source, excluded.causation,
                 excluded.historical, excluded.partition, excluded."offset",
                 CASE WHEN f.event = excluded.event AND f.time = excluded.time AND f.body = excluded.body
                      THEN f.saved_at ELSE now() END,
                 CASE WHEN f.event = excluded.event AND f.time = excluded.time AND f.body = excluded.body
                      THEN f.known_at ELSE excluded.known_at END,
                 excluded.body)
            WHERE (stands_at(f.topic, f.body, f.time), withdraws(f.topic, f.body), f.time, f.event, f.body::text)
                < (stands_at(excluded.topic, excluded.body, excluded.time), withdraws(excluded.topic, excluded.body),
                   excluded.time, excluded.event, excluded.body::text)
               OR (f.event = excluded.event AND f.time = excluded.time AND f.body = excluded.body
                   AND excluded.partition IS NOT NULL
                   AND (f.partition IS NULL OR (f.topic = ANY($14::text[]) AND f.partition = excluded.partition
                                                AND f."offset" < excluded."offset")))
            RETURNING new.organization, new.topic, new.fact, new.candidate, new.job, old.candidate AS former_candidate,
                      old.job AS former_job, new.event, old.event AS former_event, old.source, old.time, old.causation,
                      new.time AS said_at,
                      old.topic IS NULL OR (old.event, old.time) IS DISTINCT FROM (new.event, new.time)
                      OR old.body IS DISTINCT FROM new.body AS is_news
        ), replaced AS (
            INSERT INTO passed_events (organization, fact, topic, event, source, time, causation, is_late)
            SELECT organization, fact, topic, former_event, source, time, causation, false FROM saved
            WHERE is_news AND former_event <> event ORDER BY 1, 2, 3, 4, 5 ON CONFLICT DO NOTHING
        ), published AS (
            INSERT INTO outbox (topic, key, value, headers)
            SELECT topic, convert_to(key, 'UTF8'), convert_to(value, 'UTF8'), convert_to(headers, 'UTF8') FROM given
            WHERE key IS NOT NULL
              AND ((organization, topic, fact) IN (SELECT organization, topic, fact FROM saved WHERE is_news)) IS TRUE
            ORDER BY position
        )
        SELECT organization, topic, fact, candidate, job, former_candidate, former_job, event, said_at, is_news
        FROM saved
        """,
        *_columns(facts),
        owned,
        len({(f.organization, f.topic, f.fact) for f in facts}) < len(facts),
        known_at,
        joined([r.key.decode() for r in records]) if records else None,
        joined([r.value.decode() if r.value else None for r in records]) if records else None,
        joined([r.headers.decode() for r in records]) if records else None,
    )
    older: list[Fact] = []
    if len(rows) < len(facts):  # nearly always everything stands
        stands = {
            (organization, topic, fact, event, said_at) for organization, topic, fact, *_, event, said_at, _ in rows
        }
        older = [f for f in facts if (f.organization, f.topic, f.fact, f.event, f.time) not in stands]
        await superseded.note_older(conn, older)
    return SavedFacts([NewFact(*news) for *news, _, _, is_news in rows if is_news], older)


def _columns(facts: Sequence[Fact]) -> list[Any]:
    organization, fact, topic, candidate, job, time, event, source, causation, *others, body = zip(*facts, strict=True)
    names = [joined(column) for column in (organization, fact, topic, candidate, job)]
    said = [joined(column) for column in ([at.isoformat() for at in time], event, source, causation)]
    return [*names, *said, *map(list, others), joined(body)]


async def find_overwritten(conn: Connection, facts: Iterable[Fact], owned: list[str]) -> list[Fact]:
    """The newest versions that an older version, read at a higher offset of the same partition, would outlive.

    Compaction keeps the last offset, so the owner of the topic must say these again.
    """
    placed = [f for f in facts if f.topic in owned]
    if not placed:
        return []
    rows = await conn.fetch(
        """
        SELECT DISTINCT ON (f.organization, f.topic, f.fact) f.organization, f.fact, f.topic, f.candidate, f.job,
               f.time, f.event, f.source, f.causation, f.historical, f.partition, f."offset", f.body
        FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::timestamptz[])
             AS u(organization, topic, fact, partition, "offset", event, time)
        CROSS JOIN LATERAL (SELECT * FROM facts f WHERE f.organization = u.organization AND f.fact = u.fact
                            AND f.topic = u.topic OFFSET 0) f
        WHERE f.partition = u.partition AND f."offset" < u."offset" AND (f.event, f.time) <> (u.event, u.time)
        """,
        [f.organization for f in placed],
        [f.topic for f in placed],
        [f.fact for f in placed],
        [f.partition for f in placed],
        [f.offset for f in placed],
        [f.event for f in placed],
        [f.time for f in placed],
    )
    return [Fact(*row) for row in rows]


async def remember_people(conn: Connection, pairs: Iterable[tuple[str, str]]) -> bool:
    """These people are to be derived later, in batches; whether there are any."""
    return await _remember(conn, "person", sorted(set(pairs)))


async def remember_jobs(conn: Connection, pairs: Iterable[tuple[str, str]]) -> bool:
    """These jobs are to be derived later; whether there are any."""
    return await _remember(conn, "job", sorted(set(pairs)))


async def remember_pairs(conn: Connection, pairs: Iterable[tuple[str, str, str]]) -> bool:
    """These people, (organisation, job, person), are to be derived later, for that job only; whether there are any."""
    return await _remember(
        conn, "pair", sorted((organization, f"{job}/{person}") for organization, job, person in pairs)
    )


async def _remember(conn: Connection, kind: str, pairs: list[tuple[str, str]]) -> bool:
    if not pairs:
        return False
    await conn.execute(
        """
        INSERT INTO waiting (organization, kind, id)
        SELECT organization, $3, id FROM unnest($1::text[], $2::text[]) AS u(organization, id) ORDER BY 1, 2
        ON CONFLICT (organization, kind, id) DO UPDATE SET failed_at = NULL
        """,
        *parted(pairs),
        kind,
    )
    return True


async def remember_organizations(conn: Connection, organizations: list[str]) -> None:
    """Everyone of these organisations is to be derived later."""
    await conn.execute(
        """
        INSERT INTO waiting (organization, kind, id)
        SELECT organization, 'person', candidate FROM people WHERE organization = ANY($1::text[])
        ORDER BY 1, 3 ON CONFLICT (organization, kind, id) DO UPDATE SET failed_at = NULL
        """,
        organizations,
    )


async def find_waiting(conn: Connection, kind: str, limit: int) -> list[tuple[str, str]]:
    """(organisation, id) of what is still to be derived and nobody is at work on."""
    rows = await conn.fetch(
        """
        SELECT organization, id FROM waiting WHERE kind = $1 AND failed_at IS NULL LIMIT $2
        FOR NO KEY UPDATE SKIP LOCKED
        """,
        kind,
        limit,
    )
    return [(row["organization"], row["id"]) for row in rows]


async def claim_waiting(conn: Connection, kind: str, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of `pairs` that still wait: they are derived in this transaction. After their people are locked."""
    rows = await conn.fetch(
        """
        DELETE FROM waiting WHERE ctid = ANY(ARRAY(
            SELECT w.ctid FROM unnest($1::text[], $2::text[]) AS u(organization, id)
            CROSS JOIN LATERAL (SELECT ctid FROM waiting w WHERE w.organization = u.organization AND w.kind = $3
                                AND w.id = u.id OFFSET 0) w)) RETURNING organization, id
        """,
        *parted(sorted(set(pairs))),
        kind,
    )
    return [(row["organization"], row["id"]) for row in rows]


async def remember_all(conn: Connection) -> int:
    """Every person and every job is to be derived again; how many there are."""
    status = await conn.execute(
        """
        INSERT INTO waiting (organization, kind, id)
        SELECT organization, 'person', candidate FROM people
        UNION SELECT organization, 'job', fact FROM facts WHERE topic = 'job-opened'
        ORDER BY 1, 2, 3 ON CONFLICT (organization, kind, id) DO UPDATE SET failed_at = NULL
        """
    )
    return int(status.split()[-1])


async def count_waiting(conn: Connection) -> int:
    """How many people and jobs are still to be derived."""
    count: int = await conn.fetchval("SELECT count(*) FROM waiting WHERE failed_at IS NULL")
    return count


async def is_waiting(conn: Connection) -> bool:
    """True while people or jobs are still to be derived."""
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM waiting WHERE failed_at IS NULL)"))


async def find_waiting_kinds(conn: Connection) -> set[str]:
    """What there is to do: `person`, `job`, `pair` to be derived, `record` to be tried again."""
    rows = await conn.fetch(
        """
        SELECT kind FROM unnest(ARRAY['person', 'job', 'pair']) AS kind
        WHERE EXISTS (SELECT FROM waiting w WHERE w.kind = kind.kind AND w.failed_at IS NULL)
        UNION ALL SELECT 'record' WHERE EXISTS (SELECT FROM dead_letters WHERE state = 'redriving')
        """
    )
    return {kind for (kind,) in rows}


async def fail_waiting(conn: Connection, kind: str, pair: tuple[str, str], now: datetime) -> None:
    """Deriving this one failed: leave it alone until it is noted again."""
    await conn.execute(
        "UPDATE waiting SET failed_at = $4 WHERE organization = $1 AND kind = $2 AND id = $3",
        pair[0],
        kind,
        pair[1],
        now,
    )
