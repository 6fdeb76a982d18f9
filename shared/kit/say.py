"""Saying: what holds now, compared with what was said last; only the difference is saved and published."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import NamedTuple

from shared.contracts import EACH, EVENTS, Saying, body_json, fact_of
from shared.kit import ids, metrics, outbox
from shared.kit.columns import joined
from shared.kit.db import Connection
from shared.kit.facts import save_facts
from shared.kit.versions import Fact, NewFact


class Said(NamedTuple):
    """One saying that made a difference; `created` when the fact was never said in this topic."""

    news: NewFact
    created: bool


class _Draft(NamedTuple):
    saying: Saying
    fact: str
    topics: tuple[str, ...]  # that replace one another
    body: str


class _Difference(NamedTuple):
    draft: _Draft
    time: datetime
    created: bool
    causation: str | None
    historical: bool


async def save_differences(conn: Connection, sayings: Iterable[Saying], now: datetime, *, publish: bool) -> list[Said]:
    """Keep and publish what differs from the newest version among the topics that replace one another.

    A saying is historical iff its causing fact is. With `publish=False` the fact stays private to this service.
    """
    drafts: dict[tuple[tuple[str, ...], str, str], _Draft] = {}
    for saying in sayings:
        topics = saying.event.replaces or (saying.event.topic,)
        fact = fact_of(saying.organization, saying.event)
        drafts[topics, saying.organization, fact] = _Draft(saying, fact, topics, body_json(saying.event).decode())
    found = await _find_differences(conn, list(drafts.values()), now) if drafts else []
    differences = [d for d in found if d.created or d.draft.saying.event.dated_at is None]
    return await _save(conn, differences, publish=publish) if differences else []


async def _save(conn: Connection, differences: list[_Difference], *, publish: bool) -> list[Said]:
    drafts = {(d.draft.saying.organization, d.draft.saying.event.topic, d.draft.fact): d for d in differences}
    facts = [_fact(conn.service, d) for d in drafts.values()]
    told = zip(facts, drafts.values(), strict=True) if publish else ()
    records = [outbox.outgoing(fact, d.draft.saying.event) for fact, d in told]
    news, _ = await save_facts(conn, facts, [], records=records)
    for n in news:
        metrics.SAID.labels(n.topic).inc()
    return [Said(n, drafts[n.organization, n.topic, n.fact].created) for n in news]


def _fact(service: str, difference: _Difference) -> Fact:
    saying, fact, _, body = difference.draft
    dated_at = saying.event.dated_at
    return Fact(
        saying.organization,
        fact,
        saying.event.topic,
        saying.event.candidate_id,
        saying.event.job_id,
        dated_at or difference.time,
        fact if dated_at else ids.uuid7(),
        source(service),
        difference.causation,
        difference.historical,
        None,
        None,
        body,
    )


def source(service: str) -> str:
    """The `ce_source` of what a service says."""
    return f"talentloop/{service}"


@cache
def owned_topics(service: str) -> list[str]:
    """The topics a service may say."""
    return sorted(event.topic for event in EVENTS if event.owner in (service, EACH))


@cache
def heard_topics(service: str) -> list[str]:
    """The topics a service listens to, its own included."""
    return sorted(event.topic for event in EVENTS if service in event.listens)


async def _find_differences(conn: Connection, drafts: list[_Draft], now: datetime) -> list[_Difference]:
    rows = await conn.fetch(
        """
        SELECT u.position, greatest($5::timestamptz, l.newest + interval '1 microsecond') AS time,
               l.known IS NOT true AS created, c.event AS causation, coalesce(c.historical, false) AS historical
        FROM (
            SELECT *, string_to_array(topics, ',') AS replacing
            FROM unnest(string_to_array($1, chr(31)), string_to_array($2, chr(31)), string_to_array($3, chr(31)),
                        string_to_array($4, chr(31)), string_to_array($6, chr(31)),
                        string_to_array($8, chr(31), chr(30)), string_to_array($9, chr(31), chr(30)))
                 WITH ORDINALITY AS d(organization, topic, fact, body, topics, cause_topic, cause_fact, position)
        ) u
        LEFT JOIN LATERAL (
            SELECT max(f.time) AS newest, bool_or(f.topic = u.topic) AS known,
                   (array_agg(f.topic ORDER BY f.time DESC) FILTER (WHERE f.topic = ANY(u.replacing)))[1] AS topic,
                   (array_agg(f.body ORDER BY f.time DESC) FILTER (WHERE f.topic = ANY(u.replacing)))[1] AS body
            FROM facts f
            WHERE f.organization = u.organization AND f.fact = u.fact AND f.topic = ANY($7::text[])) l ON true
        LEFT JOIN LATERAL (
            SELECT event, historical FROM facts c WHERE c.organization = u.organization AND c.fact = u.cause_fact
              AND c.topic = u.cause_topic OFFSET 0) c ON true
        WHERE CASE WHEN l.topic = u.topic THEN l.body <> u.body::jsonb ELSE true END
        ORDER BY u.position
        """,
        joined([d.saying.organization for d in drafts]),
        joined([d.saying.event.topic for d in drafts]),
        joined([d.fact for d in drafts]),
        joined([d.body for d in drafts]),
        now,
        joined([",".join(d.topics) for d in drafts]),
        sorted({*owned_topics(conn.service), *(topic for d in drafts for topic in d.topics)}),
        joined([d.saying.cause.topic if d.saying.cause else None for d in drafts]),
        joined([d.saying.cause.fact if d.saying.cause else None for d in drafts]),
    )
    return [_Difference(drafts[position - 1], *said) for position, *said in rows]
