"""What the page of one candidate is put together from."""

from collections.abc import Collection
from typing import NamedTuple

from services.candidates.domain.page_facts import PageFacts
from services.candidates.domain.page_news import Fields
from shared.contracts import (
    BY_TOPIC,
    ClosingReason,
    Event,
    JobClosed,
    JobOpened,
    LegalFrame,
    NewsPublished,
    OrganizationConfigured,
    legal_frame,
)
from shared.kit.db import Connection
from shared.kit.people import People

AT_ONCE = 50  # notes

TOPICS = (
    "application-decided",
    "application-decision-reversed",
    "application-submitted",
    "candidate-responded",
    "feedback-released",
    "interview-cancelled",
    "interview-completed",
    "interview-missed",
    "interview-scheduled",
    "outreach-sent",
    "request-answered",
)


class OrganizationProfile(NamedTuple):
    """How an organisation shows itself."""

    name: str
    language: str
    timezone: str
    holding_after: int
    closing_reasons: tuple[ClosingReason, ...] = ()
    legal: LegalFrame = LegalFrame()


async def load_told(conn: Connection, people: People) -> PageFacts:
    """Everything of one person that their page speaks of, and the jobs it is about or could be."""
    rows = await conn.fetch(
        """
        SELECT f.topic, f.body, f.job, f.fact, f.historical
        FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
        CROSS JOIN LATERAL (SELECT topic, body, job, fact, historical, time FROM facts f
                            WHERE f.organization = k.organization AND f.candidate = k.candidate OFFSET 0) f
        WHERE f.topic = ANY($3::text[])
        ORDER BY f.time, f.topic
        """,
        *people.ids,
        TOPICS,
    )
    events = [_event(topic, body) for topic, body, *_ in rows]
    [(organization, _)] = people.pairs
    known = await _load_jobs(conn, organization, {row["job"] for row in rows if row["job"]})
    fields = Fields.of([e for e in known if isinstance(e, JobOpened)])
    known += await _load_openings(conn, organization, fields.families)
    return PageFacts(
        organization,
        events,
        {e.job: e for e in known if isinstance(e, JobOpened)},
        {e.job: e for e in known if isinstance(e, JobClosed)},
        await _load_news(conn, organization, fields),
        {(row["topic"], row["fact"]) for row in rows if row["historical"]},
    )


async def load_proposed(conn: Connection, people: People) -> dict[str, str]:
    """The jobs that a person proposed to them, with the match: accepted, and not withdrawn since."""
    rows = await conn.fetch(
        """
        SELECT m.job, m.match
        FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
        CROSS JOIN LATERAL (SELECT job, fact AS match, time FROM facts m WHERE m.organization = k.organization
                            AND m.candidate = k.candidate AND m.topic = 'candidate-matched' OFFSET 0) m
        CROSS JOIN LATERAL (SELECT body FROM facts r WHERE r.organization = k.organization AND r.fact = m.match
                            AND r.topic = 'match-reviewed' OFFSET 0) r
        LEFT JOIN LATERAL (SELECT time FROM facts w WHERE w.organization = k.organization AND w.fact = m.match
                           AND w.topic = 'match-withdrawn' OFFSET 0) w ON true
        WHERE r.body ->> 'outcome' = 'accepted' AND (w.time IS NULL OR w.time < m.time)
        """,
        *people.ids,
    )
    return {row["job"]: row["match"] for row in rows}


async def load_organization(conn: Connection, organization: str) -> OrganizationProfile:
    """How an organisation shows itself; one that said nothing yet goes by its id."""
    body = await conn.fetchval(
        """SELECT body FROM facts WHERE organization = $1 AND fact = $1 AND topic = 'organization-configured'""",
        organization,
    )
    if body is None:
        return OrganizationProfile(organization, "en", "Etc/UTC", 10)
    said = OrganizationConfigured.model_validate_json(body)
    legal = legal_frame(dict(said))
    return OrganizationProfile(said.name, said.language, said.timezone, said.holding_after, said.closing_reasons, legal)


async def _load_jobs(conn: Connection, organization: str, jobs: Collection[str]) -> list[Event]:
    rows = await conn.fetch(
        """
        SELECT f.topic, f.body FROM unnest($2::text[]) AS k(job)
        CROSS JOIN LATERAL (SELECT topic, body FROM facts f WHERE f.organization = $1 AND f.fact = k.job
                            AND f.topic IN ('job-closed', 'job-opened') OFFSET 0) f
        """,
        organization,
        sorted(jobs),
    )
    return [_event(topic, body) for topic, body in rows]


async def _load_openings(conn: Connection, organization: str, families: Collection[str]) -> list[Event]:
    """The open jobs of these families."""
    rows = await conn.fetch(
        """
        SELECT f.topic, f.body FROM unnest($2::text[]) AS k(family)
        CROSS JOIN LATERAL (SELECT job FROM jobs j WHERE j.organization = $1 AND j.family = k.family
                            AND j.is_open OFFSET 0) j
        CROSS JOIN LATERAL (SELECT topic, body FROM facts f WHERE f.organization = $1 AND f.fact = j.job
                            AND f.topic IN ('job-closed', 'job-opened') OFFSET 0) f
        """,
        organization,
        sorted(families),
    )
    return [_event(topic, body) for topic, body in rows]


async def _load_news(conn: Connection, organization: str, fields: Fields) -> list[NewsPublished]:
    """The newest first, as far back as whoever applied in these fields of work is shown them."""
    found: list[NewsPublished] = []
    is_read = False
    while not is_read:
        rows = await conn.fetch(
            """
            SELECT body FROM facts WHERE organization = $1 AND topic = 'news-published'
            ORDER BY body ->> 'published_at' DESC, fact DESC LIMIT $2 OFFSET $3
            """,
            organization,
            AT_ONCE,
            len(found),
        )
        found += [NewsPublished.model_validate_json(row["body"]) for row in rows]
        is_read = len(rows) < AT_ONCE or not fields.may_hear_more(found)
    return found


def _event(topic: str, body: str) -> Event:
    return BY_TOPIC[topic].model_validate_json(body)
