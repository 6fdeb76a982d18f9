"""Erased people: their facts go, every key this service owns gets a tombstone, and what comes again is dropped.

`candidate-erased` and the receipts hold ids only and stay: they are how every replay and every restored database knows.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

import structlog

from shared.contracts import (
    BY_TOPIC,
    EVENTS,
    CandidateErased,
    CandidateMerged,
    ErasureCompleted,
    InterviewScheduled,
    Saying,
)
from shared.kit import metrics, outbox, superseded
from shared.kit.columns import parted
from shared.kit.db import Connection
from shared.kit.people import Pair, People
from shared.kit.say import owned_topics
from shared.kit.turn import Turn
from shared.kit.versions import Fact, NewFact, Outgoing
from shared.people import aliases

log = structlog.get_logger()

# The instant of its own that a fact of each topic has: a nightly copy of what was erased is still what was erased.
_OWN_INSTANTS = json.dumps(
    {event.topic: event.instants[0] for event in EVENTS if event.instants} | {InterviewScheduled.topic: "starts_at"}
)


Remains = Callable[[Turn, Mapping[Pair, datetime], Sequence[Fact]], Iterable[Saying]]


def nothing_remains(_turn: Turn, _erased: Mapping[Pair, datetime], _gone: Sequence[Fact]) -> Iterable[Saying]:
    """Of what is gone a service says nothing, unless it says what."""
    return ()


async def absorb(turn: Turn, people: People, news: Iterable[NewFact], remains: Remains) -> list[NewFact]:
    """Delete what erasures cover, and its keys on our own topics; who has none yet gets this service's receipt.

    Without news they are derived whole: that somebody was erased may have been heard in a backlog, or be in a backup.

    `remains`: what a service says, of nobody any more, of the facts that are gone and were erased until some instant.

    An erasure covers every fact whose time, or own instant, is not after it, and a profile while the person has not
    applied again (rule 11: a new application is welcome, without history). Returns news about everyone who is another
    person than `people` says, because a merge is among what was deleted.
    """
    heard, conn = list(news), turn.conn
    if just_said := [(n.organization, n.fact) for n in heard if n.topic == CandidateErased.topic]:
        people.erased.update(await mark(conn, just_said))
    if not people.erased:
        return []
    erased = just_said if heard else list(people.erased)
    gone = await _delete_facts(conn, list(people.erased))
    await superseded.forget(conn, gone)
    await turn.say(remains(turn, people.erased, gone))
    owned = set(owned_topics(conn.service))
    await turn.put([outbox.tombstone(f) for f in gone if f.topic in owned and BY_TOPIC[f.topic].compacted])
    is_parted = any(fact.topic == CandidateMerged.topic for fact in gone)
    parted = await aliases.part(conn, people) if is_parted else []
    _count_dropped(gone, heard, erased)
    await _forget_dead_letters(turn, erased, owned)
    late = await _without_receipt(conn, {pair: people.erased[pair] for pair in erased})
    await turn.say(_receipt(conn.service, pair, max(turn.now, people.erased[pair])) for pair in late)
    return parted


async def mark(conn: Connection, erased: Collection[Pair]) -> dict[Pair, datetime]:
    """Keep until when everything of these people is erased."""
    rows = await conn.fetch(
        """
        UPDATE people p SET erased_at = greatest(p.erased_at, (f.body ->> 'erased_at')::timestamptz)
        FROM unnest($1::text[], $2::text[]) AS u(organization, candidate)
        JOIN facts f ON f.organization = u.organization AND f.fact = u.candidate AND f.topic = 'candidate-erased'
        WHERE p.organization = u.organization AND p.candidate = u.candidate
        RETURNING p.organization, p.candidate, p.erased_at
        """,
        *parted(erased),
    )
    return {(organization, candidate): erased_at for organization, candidate, erased_at in rows}


async def _without_receipt(conn: Connection, erased: Mapping[Pair, datetime]) -> list[Pair]:
    """Those of whom this service has not said that it holds nothing of them since they were erased."""
    if not erased:
        return []
    rows = await conn.fetch(
        """
        SELECT u.organization, u.candidate
        FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS u(organization, candidate, erased_at)
        WHERE NOT EXISTS (SELECT FROM facts f WHERE f.organization = u.organization AND f.topic = 'erasure-completed'
                            AND f.fact = u.candidate || '/' || $4 AND (f.body ->> 'at')::timestamptz >= u.erased_at)
        ORDER BY 1, 2
        """,
        *parted(erased),
        list(erased.values()),
        conn.service,
    )
    return [(organization, candidate) for organization, candidate in rows]


async def _delete_facts(conn: Connection, erased: list[Pair]) -> list[Fact]:
    rows = await conn.fetch(
        """
        DELETE FROM facts f USING unnest($1::text[], $2::text[]) AS u(organization, candidate), people p
        WHERE p.organization = u.organization AND p.candidate = u.candidate
          AND f.organization = u.organization AND f.candidate = u.candidate
          AND f.topic NOT IN ('candidate-erased', 'erasure-completed')
          AND (f.time <= p.erased_at OR (f.body ->> ($3::jsonb ->> f.topic))::timestamptz <= p.erased_at
               OR (f.topic = 'candidate-registered' AND NOT EXISTS (
                   SELECT FROM facts a WHERE a.organization = f.organization AND a.candidate = f.candidate
                     AND a.topic = 'application-submitted' AND a.time > p.erased_at
                     AND (a.body ->> 'submitted_at')::timestamptz > p.erased_at)))
        RETURNING f.organization, f.fact, f.topic, f.candidate, f.job, f.time, f.event, f.source, f.causation,
                  f.historical, f.partition, f."offset", f.body
        """,
        *parted(erased),
        _OWN_INSTANTS,
    )
    return [Fact(*row) for row in rows]


async def _forget_dead_letters(turn: Turn, erased: Collection[Pair], owned: Collection[str]) -> None:
    """What was parked and names them goes too; on our own topics also from Kafka, by the key it came with."""
    if not erased:
        return
    rows = await turn.conn.fetch(
        """
        DELETE FROM dead_letters d USING unnest($1::text[], $2::text[]) AS u(organization, candidate)
        WHERE (d.organization = u.organization OR d.organization IS NULL)
          AND (position(convert_to('"' || u.candidate || '"', 'UTF8') IN d.value) > 0
               OR position(convert_to('/' || u.candidate || '/', 'UTF8') IN d.key) > 0)
        RETURNING d.topic, d.key
        """,
        *parted(erased),
    )
    keys = sorted({(topic, key) for topic, key in rows if key and topic in owned})
    await turn.put([Outgoing(topic, None, key, None, b"[]") for topic, key in keys])


def _count_dropped(gone: Sequence[Fact], heard: Iterable[NewFact], erased: Collection[Pair]) -> None:
    """What came again of somebody erased before: counted, and logged without whose it was."""
    came = {(n.organization, n.topic, n.fact) for n in heard}
    again = [
        f for f in gone if (f.organization, f.topic, f.fact) in came and (f.organization, f.candidate) not in erased
    ]
    if again:
        metrics.DROPPED.inc(len(again))
        log.info("facts of erased people dropped", facts=len(again), topics=sorted({f.topic for f in again}))


def _receipt(service: str, pair: Pair, at: datetime) -> Saying:
    """`at` is never before the erasure, though this machine's clock may be behind the other's."""
    organization, candidate = pair
    return Saying(organization, ErasureCompleted(candidate=candidate, service=service, at=at))
