"""Erased people: their facts go, and every key this service owns gets a tombstone."""

from collections.abc import Iterable
from datetime import datetime

from shared.contracts import CandidateErased
from shared.kit import outbox, passed
from shared.kit.db import Connection
from shared.kit.facts import Fact, News
from shared.kit.people import Pair, People
from shared.kit.say import owned_topics


async def absorb(conn: Connection, people: People, news: Iterable[News]) -> None:
    """Delete every fact of an erased person that is not newer than the erasure; erase its key on our own topics."""
    erased = [(n.organization, n.fact) for n in news if n.topic == CandidateErased.topic]
    if erased:
        people.erased.update(await _mark_erased(conn, erased))
    if not people.erased:
        return
    gone = await _delete_facts(conn, list(people.erased))
    await passed.forget(conn, gone)
    owned = set(owned_topics(conn.service))
    await outbox.put(conn, [outbox.tombstone(fact) for fact in gone if fact.topic in owned])


async def _mark_erased(conn: Connection, erased: list[Pair]) -> dict[Pair, datetime]:
    rows = await conn.fetch(
        """
        UPDATE people p SET erased_at = greatest(p.erased_at, (f.body ->> 'erased_at')::timestamptz)
        FROM unnest($1::text[], $2::text[]) AS u(organization, candidate)
        JOIN facts f ON f.organization = u.organization AND f.fact = u.candidate AND f.topic = 'candidate-erased'
        WHERE p.organization = u.organization AND p.candidate = u.candidate
        RETURNING p.organization, p.candidate, p.erased_at
        """,
        [o for o, _ in erased],
        [c for _, c in erased],
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def _delete_facts(conn: Connection, erased: list[Pair]) -> list[Fact]:
    rows = await conn.fetch(
        """
        DELETE FROM facts f USING unnest($1::text[], $2::text[]) AS u(organization, candidate), people p
        WHERE p.organization = u.organization AND p.candidate = u.candidate
          AND f.organization = u.organization AND f.candidate = u.candidate AND f.time <= p.erased_at
          AND f.topic NOT IN ('candidate-erased', 'erasure-completed')
        RETURNING f.organization, f.fact, f.topic, f.candidate, f.job, f.time, f.event, f.source, f.causation,
                  f.historical, f.partition, f."offset", f.body
        """,
        [o for o, _ in erased],
        [c for _, c in erased],
    )
    return [Fact(*row) for row in rows]
