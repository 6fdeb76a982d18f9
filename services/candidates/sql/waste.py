"""What came of interviews: letters, memberships, accepted matches, relations; and the calendar they are counted by."""

from collections import defaultdict
from typing import NamedTuple

from services.candidates.domain.waste import Returns
from shared.business_days import Calendar
from shared.contracts import MemberStatus
from shared.kit.db import Connection
from shared.kit.people import Pair, People, find_people


async def load_everyone(conn: Connection, organization: str, after: str, limit: int) -> People:
    """The next people of an organisation after an id, with all their ids. Empty at the end."""
    rows = await conn.fetch(
        """
        SELECT p.candidate FROM people p
        WHERE p.organization = $1 AND p.candidate > $2
          AND (SELECT a.person FROM aliases a WHERE a.organization = p.organization
               AND a.candidate = p.candidate) IS NULL
        ORDER BY p.candidate LIMIT $3
        """,
        organization,
        after,
        limit,
    )
    return People(await find_people(conn, [(organization, row[0]) for row in rows]), {})


async def find_concerned(
    conn: Connection, organization: str, job: str | None, family: str | None, cycle: str | None
) -> list[str]:
    """Everyone with an application or interview of this job, family and cycle, by the id that stands for them."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT coalesce(p.person, f.candidate)
        FROM (
            SELECT a.candidate
            FROM (
                SELECT job FROM unnest(ARRAY[$2::text]) AS k(job) WHERE $2 IS NOT NULL
                UNION ALL SELECT job FROM jobs j WHERE $2 IS NULL AND j.organization = $1 AND j.family = $3
                UNION ALL
                SELECT job FROM jobs j WHERE $2 IS NULL AND $3 IS NULL AND j.organization = $1 AND j.cycle = $4
            ) j
            CROSS JOIN LATERAL (
                SELECT candidate FROM facts f WHERE f.organization = $1 AND f.job = j.job
                  AND f.topic IN ('application-submitted', 'application-decided')
                UNION ALL
                SELECT candidate FROM facts f WHERE f.organization = $1 AND f.job = j.job
                  AND f.topic >= 'interview-cancelled' AND f.topic <= 'interview-scheduled'
                OFFSET 0) a
            UNION ALL
            SELECT candidate FROM facts g WHERE $2 IS NULL AND $3 = 'general' AND g.organization = $1
              AND g.topic = 'application-submitted' AND g.job IS NULL
        ) f
        LEFT JOIN LATERAL (SELECT person FROM aliases s WHERE s.organization = $1 AND s.candidate = f.candidate
                           OFFSET 0) p ON true
        ORDER BY 1
        """,
        organization,
        job,
        family,
        cycle,
    )
    return [row[0] for row in rows]


async def load_returns(conn: Connection, people: People) -> dict[Pair, Returns]:
    """What came of these people, their applications left out."""
    letters = await _load_letters(conn, people)
    places = await _load_places(conn, people)
    others = await _load_others(conn, people)
    return {
        pair: Returns(
            rediscovered=frozenset(others[pair].rediscovered),
            letters=frozenset(letters[pair]),
            places=frozenset(places[pair]),
            accepted=frozenset(others[pair].accepted),
            related=others[pair].related,
        )
        for pair in people.pairs
    }


class _Others(NamedTuple):
    rediscovered: list[str]
    accepted: list[str]
    related: bool


async def _load_letters(conn: Connection, people: People) -> dict[Pair, set[str]]:
    """The interviews of which a released letter uses an item; one that bounced counts once it is sent again."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT l.organization, l.person, f.body ->> 'interview' AS interview
        FROM (
            SELECT k.organization, k.person, item.value ->> 'feedback' AS feedback
            FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
            CROSS JOIN LATERAL (SELECT fact, body FROM facts r WHERE r.organization = k.organization
                                AND r.candidate = k.candidate AND r.topic = 'feedback-released' OFFSET 0) r
            LEFT JOIN LATERAL (
                SELECT true AS hard FROM facts b WHERE b.organization = k.organization AND b.fact = r.fact
                  AND b.topic = 'outreach-bounced' AND b.body ->> 'bounce' = 'hard'
                  AND NOT EXISTS (SELECT FROM facts s WHERE s.organization = b.organization AND s.fact = b.fact
                                  AND s.topic = 'outreach-sent' AND s.time > b.time) OFFSET 0) b ON true
            CROSS JOIN LATERAL jsonb_array_elements((r.body -> 'strengths') || (r.body -> 'development')) AS item(value)
            WHERE b.hard IS NULL
        ) l
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = l.organization AND f.fact = l.feedback
                            AND f.topic = 'feedback-submitted' OFFSET 0) f
        WHERE f.body ->> 'interview' IS NOT NULL
        """,
        *people.columns,
    )
    found: dict[Pair, set[str]] = defaultdict(set)
    for organization, person, interview in rows:
        found[organization, person].add(interview)
    return found


async def _load_places(conn: Connection, people: People) -> dict[Pair, set[tuple[str, MemberStatus]]]:
    """Family and status of those in the pool."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, m.family, m.status
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT family, status FROM members m WHERE m.organization = k.organization
                            AND m.candidate = k.candidate OFFSET 0) m
        WHERE m.status <> 'left'
        """,
        *people.columns,
    )
    found: dict[Pair, set[tuple[str, MemberStatus]]] = defaultdict(set)
    for organization, person, family, status in rows:
        found[organization, person].add((family, MemberStatus(status)))
    return found


async def _load_others(conn: Connection, people: People) -> dict[Pair, _Others]:
    """Applications that we brought about, families of accepted matches, and whether anybody stands by them."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person,
               array_agg(f.fact) FILTER (WHERE f.topic = 'application-submitted'
                                         AND f.body ->> 'origin' = 'rediscovered') AS rediscovered,
               array_agg(j.family) FILTER (WHERE f.topic = 'match-reviewed' AND f.body ->> 'outcome' = 'accepted')
                   AS accepted,
               bool_or(f.topic IN ('mentorship-accepted', 'referral-made')) AS related
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT topic, fact, job, body FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate OFFSET 0) f
        LEFT JOIN LATERAL (SELECT family FROM jobs j WHERE j.organization = k.organization AND j.job = f.job
                           OFFSET 0) j ON true
        WHERE f.topic IN ('application-submitted', 'match-reviewed', 'mentorship-accepted', 'referral-made')
        GROUP BY k.organization, k.person
        """,
        *people.columns,
    )
    found: dict[Pair, _Others] = defaultdict(lambda: _Others([], [], related=False))
    for organization, person, rediscovered, accepted, related in rows:
        found[organization, person] = _Others(rediscovered or [], [f for f in accepted or [] if f], related)
    return found


async def load_calendar(conn: Connection, organization: str) -> Calendar:
    """The days this organisation works. Unconfigured: weekends only, UTC."""
    row = await conn.fetchrow(
        """
        SELECT body ->> 'country' AS country, body ->> 'subdivision' AS subdivision, body ->> 'timezone' AS timezone
        FROM facts
        WHERE organization = $1 AND fact = $1 AND topic = 'organization-configured'
        """,
        organization,
    )
    return Calendar(*row) if row else Calendar(None, None, "Etc/UTC")
