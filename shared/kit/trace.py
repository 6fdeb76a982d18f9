"""Events by their names: what became of one here, and what it caused. The same for HTTP and for `talentloop trace`."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from shared.kit.db import Connection


class EventState(StrEnum):
    """What became of an event."""

    STORED = "stored"  # it is the version that stands
    SUPERSEDED = "superseded"  # it stood until a newer version came
    IGNORED = "ignored"  # a newer version was known already, or came with it
    PARKED = "parked"  # it was not acceptable, or could not be worked off


class TracedEvent(NamedTuple):
    """One event as one service knows it. `body` of what stands; `code` and `field` of what is parked."""

    organization: str
    event: str
    source: str
    state: EventState
    topic: str
    fact: str | None
    time: datetime | None
    received_at: datetime
    cause: str | None
    code: str | None
    field: str | None
    body: str | None
    candidate: str | None


async def find_events(conn: Connection, organization: str | None, events: Sequence[str]) -> list[TracedEvent]:
    """Every event of one of these ids, of one organisation or of all that the transaction sees."""
    rows = await conn.fetch(
        """
        SELECT e.* FROM unnest($2::text[]) AS k(event)
        CROSS JOIN LATERAL (
            SELECT organization, event, source, 'stored' AS state, topic, fact, time, saved_at AS received_at,
                   causation AS cause, NULL AS code, NULL AS field, body, candidate
            FROM facts f WHERE f.event = k.event AND ($1::text IS NULL OR f.organization = $1)
            UNION ALL
            SELECT organization, event, source, CASE WHEN is_late THEN 'ignored' ELSE 'superseded' END, topic, fact,
                   time, at, causation, NULL, NULL, NULL,
                   (SELECT candidate FROM facts f WHERE f.organization = p.organization AND f.fact = p.fact
                      AND f.topic = p.topic)
            FROM passed_events p WHERE p.event = k.event AND ($1::text IS NULL OR p.organization = $1)
            UNION ALL
            SELECT organization, event, coalesce(source, ''), 'parked', topic, NULL, NULL, first_at, NULL, code, field,
                   NULL, NULL
            FROM dead_letters d WHERE d.event = k.event AND d.organization IS NOT NULL
              AND d.state IN ('parked', 'redriving') AND ($1::text IS NULL OR d.organization = $1)
        ) e
        """,
        organization,
        sorted(set(events)),
    )
    return [TracedEvent(*row)._replace(state=EventState(row["state"])) for row in rows]


async def find_effects(conn: Connection, organization: str, causes: Sequence[str]) -> list[TracedEvent]:
    """What was said because of one of these events, what was replaced since included; in the order of time."""
    rows = await conn.fetch(
        """
        SELECT e.* FROM unnest($2::text[]) AS k(event)
        CROSS JOIN LATERAL (
            SELECT organization, event, source, 'stored' AS state, topic, fact, time, saved_at AS received_at,
                   causation AS cause, NULL AS code, NULL AS field, body, candidate
            FROM facts f WHERE f.organization = $1 AND f.causation = k.event
            UNION ALL
            SELECT organization, event, source, CASE WHEN is_late THEN 'ignored' ELSE 'superseded' END, topic, fact,
                   time, at, causation, NULL, NULL, NULL,
                   (SELECT candidate FROM facts f WHERE f.organization = p.organization AND f.fact = p.fact
                      AND f.topic = p.topic)
            FROM passed_events p WHERE p.organization = $1 AND p.causation = k.event
        ) e
        ORDER BY e.time, e.event
        """,
        organization,
        sorted(set(causes)),
    )
    return [TracedEvent(*row)._replace(state=EventState(row["state"])) for row in rows]
