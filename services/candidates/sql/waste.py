"""What came of interviews: letters, memberships, accepted matches, relations; and the calendar they are counted by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.candidates.domain.pool import place
from services.candidates.domain.records import CandidateRecord
from services.candidates.domain.waste import (
    CountedInterview,
    JudgedInterview,
    Returns,
    SaidReturn,
    concerns,
    interviews_of,
    judge,
)
from services.candidates.sql.jobs import load_known_jobs, load_people
from services.candidates.sql.records import load_records
from shared.business_days import Calendar
from shared.contracts import MemberStatus, Return, first_of
from shared.kit.db import Connection
from shared.kit.people import Jobs, Pair, People, find_people, slices

AT_ONCE = 1000  # people that are held at once


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
    conn: Connection, organization: str, jobs: Sequence[str] | None, family: str | None, cycle: str | None
) -> list[str]:
    """Everyone with an application or interview of these jobs, family and cycle, by the id that stands for them."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT coalesce(p.person, f.candidate)
        FROM (
            SELECT a.candidate
            FROM (
                SELECT job FROM unnest($2::text[]) AS k(job)
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
        jobs,
        family,
        cycle,
    )
    return [row[0] for row in rows]


async def judge_concerned(
    conn: Connection,
    organization: str,
    jobs: Sequence[str] | None,
    family: str | None,
    cycle: str | None,
    now: datetime,
) -> list[CountedInterview]:
    """What every completed interview of these jobs, family and cycle came to; nobody else is looked at."""
    if jobs is None and family is None and cycle is None:
        return await judge_everyone(conn, organization, now)
    days = await load_calendar(conn, organization)
    counted = await load_tallied(conn, organization, jobs)
    for some in slices(await find_concerned(conn, organization, jobs, family, cycle), AT_ONCE):
        people = await load_people(conn, [(organization, person) for person in some])
        counted += await _judge(conn, people, days, now)
    return [c for c in counted if concerns(c, jobs, family, cycle)]


async def judge_everyone(conn: Connection, organization: str, now: datetime) -> list[CountedInterview]:
    """What every completed interview of an organisation came to, from the facts and the pool as they stand."""
    days = await load_calendar(conn, organization)
    counted = await load_tallied(conn, organization)
    after = ""
    while people := await load_everyone(conn, organization, after, AT_ONCE):
        counted += await _judge(conn, people, days, now)
        after = max(person for _, person in people.pairs)
    return counted


async def load_tallied(
    conn: Connection, organization: str, jobs: Sequence[str] | None = None
) -> list[CountedInterview]:
    """What the interviews of those who were erased came to, of these jobs or of all. A job says family and cycle."""
    rows = await conn.fetch(
        """
        SELECT t.job, coalesce(j.family, CASE WHEN t.job IS NULL THEN 'general' END) AS family, j.cycle, t.counted_in,
               t.returned, t.without_loop, t.rediscovered, t.with_feedback, t.times
        FROM (
            SELECT job, body ->> 'counted_in' AS counted_in, body ->> 'returned' AS returned,
                   body ->> 'without_loop' AS without_loop, (body ->> 'rediscovered')::boolean AS rediscovered,
                   (body ->> 'with_feedback')::boolean AS with_feedback, count(*) AS times
            FROM facts WHERE organization = $1 AND topic = 'interview-tallied' AND ($2::text[] IS NULL OR job = ANY($2))
            GROUP BY 1, 2, 3, 4, 5, 6
        ) t
        LEFT JOIN LATERAL (SELECT family, cycle FROM jobs j WHERE j.organization = $1 AND j.job = t.job OFFSET 0) j
               ON true
        ORDER BY t.job, t.counted_in
        """,
        organization,
        jobs,
    )
    return [
        CountedInterview(
            None,
            job,
            family,
            cycle,
            first_of(counted_in),
            _one(returned),
            _one(without_loop),
            rediscovered,
            with_feedback,
        )
        for job, family, cycle, counted_in, returned, without_loop, rediscovered, with_feedback, times in rows
        for _ in range(times)
    ]


def _one(returned: str | None) -> Return | None:
    return Return(returned) if returned else None


async def _judge(conn: Connection, people: People, days: Calendar, now: datetime) -> list[CountedInterview]:
    records = await load_records(conn, people)
    calendars = dict.fromkeys(people.organizations, days)
    judged, _ = await load_judged_and_said(conn, people, records, calendars, now)
    return [j.counted for j in judged]


async def load_judged_and_said(
    conn: Connection,
    people: People,
    records: Sequence[CandidateRecord],
    calendars: Mapping[str, Calendar],
    now: datetime,
) -> tuple[list[JudgedInterview], list[SaidReturn]]:
    """What each completed interview of these people came to, and of which was said before; `records` are theirs."""
    returns = await load_returns(conn, people)
    closings = await _load_closings(conn, records)
    places = await _load_places_before(conn, people, records, now)
    judged: list[JudgedInterview] = []
    for record in records:
        pair = (record.organization, record.candidate)
        came = returns[pair]._replace(applications=record.applications)
        came = came._replace(places=places.get(pair, came.places))
        completed = interviews_of(record, came.rediscovered, closings)
        judged += judge(completed, came, calendars[record.organization])
    return judged, [said for came in returns.values() for said in came.said]


async def _load_places_before(
    conn: Connection, people: People, records: Iterable[CandidateRecord], now: datetime
) -> dict[Pair, frozenset[tuple[str, MemberStatus]]]:
    """Where those stood in the pool who asked to be erased: to ask takes nothing back that an interview came to."""
    asked = people.only({(r.organization, r.candidate) for r in records if r.restricted})
    whole = await load_records(conn, asked, judged=asked.pairs)
    return {
        (r.organization, r.candidate): frozenset(
            (p.family, p.status) for p in place([r._replace(restricted=False)], now) if p.status
        )
        for r in whole
    }


async def _load_closings(conn: Connection, records: Sequence[CandidateRecord]) -> dict[Pair, datetime]:
    """When those jobs that are not open were closed."""
    named = {(r.organization, a.job) for r in records for a in r.applications}
    named |= {(r.organization, i.job) for r in records for i in r.interviews}
    known = await load_known_jobs(conn, Jobs((organization, job) for organization, job in named if job))
    return {(job.organization, job.job): job.closed_at for job in known if job.closed_at and not job.is_open}


async def load_returns(conn: Connection, people: People) -> dict[Pair, Returns]:
    """What came of these people, their applications left out. A letter that bounced counts once it is sent again."""
    rows = await conn.fetch(
        """
        WITH k AS MATERIALIZED (
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS u(organization, person, candidate)
        ), heard AS MATERIALIZED (
            SELECT k.organization, k.person, k.candidate, f.topic, f.fact, f.job, f.body FROM k
            CROSS JOIN LATERAL (SELECT topic, fact, job, body FROM facts f WHERE f.organization = k.organization
                AND f.candidate = k.candidate AND f.topic >= 'application-submitted' AND f.topic <= 'referral-made'
                OFFSET 0) f
            WHERE f.topic IN ('application-submitted', 'feedback-released', 'interview-returned', 'match-reviewed',
                              'mentorship-accepted', 'referral-made')
        )
        SELECT l.organization, l.person, 'letter' AS what, f.body ->> 'interview' AS name, NULL AS status,
               NULL AS candidate, NULL AS job
        FROM (
            SELECT r.organization, r.person, item.value ->> 'feedback' AS feedback FROM heard r
            LEFT JOIN LATERAL (
                SELECT true AS hard FROM facts b WHERE b.organization = r.organization AND b.fact = r.fact
                  AND b.topic = 'outreach-bounced' AND b.body ->> 'bounce' = 'hard'
                  AND NOT EXISTS (SELECT FROM facts s WHERE s.organization = b.organization AND s.fact = b.fact
                                  AND s.topic = 'outreach-sent' AND s.time > b.time) OFFSET 0) b ON true
            CROSS JOIN LATERAL jsonb_array_elements((r.body -> 'strengths') || (r.body -> 'development')) AS item(value)
            WHERE r.topic = 'feedback-released' AND b.hard IS NULL
        ) l
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = l.organization AND f.fact = l.feedback
                            AND f.topic = 'feedback-submitted' OFFSET 0) f
        WHERE f.body ->> 'interview' IS NOT NULL
        UNION ALL
        SELECT k.organization, k.person, 'place', m.family, m.status, NULL, NULL FROM k
        CROSS JOIN LATERAL (SELECT family, status FROM members m WHERE m.organization = k.organization
                            AND m.candidate = k.candidate OFFSET 0) m
        WHERE m.status <> 'left'
        UNION ALL
        SELECT h.organization, h.person, 'rediscovered', h.fact, NULL, NULL, NULL FROM heard h
        WHERE h.topic = 'application-submitted' AND h.body ->> 'origin' = 'rediscovered'
        UNION ALL
        SELECT h.organization, h.person, 'accepted', j.family, NULL, NULL, NULL FROM heard h
        CROSS JOIN LATERAL (SELECT family FROM jobs j WHERE j.organization = h.organization AND j.job = h.job
                            OFFSET 0) j
        WHERE h.topic = 'match-reviewed' AND h.body ->> 'outcome' = 'accepted'
        UNION ALL
        SELECT h.organization, h.person, 'related', h.fact, NULL, NULL, NULL FROM heard h
        WHERE h.topic IN ('mentorship-accepted', 'referral-made')
        UNION ALL
        SELECT h.organization, h.person, 'said', h.fact, h.body ->> 'application', h.candidate, h.job FROM heard h
        WHERE h.topic = 'interview-returned'
        """,
        *people.columns,
    )
    found: dict[Pair, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for organization, person, what, name, status, candidate, job in rows:
        found[organization, person][what].append((name, status, candidate, job))
    return {pair: _returns(pair[0], found[pair]) for pair in people.pairs}


def _returns(organization: str, found: Mapping[str, Sequence[Any]]) -> Returns:
    return Returns(
        rediscovered=frozenset(name for name, *_ in found["rediscovered"]),
        letters=frozenset(name for name, *_ in found["letter"]),
        places=frozenset((name, MemberStatus(status)) for name, status, *_ in found["place"]),
        accepted=frozenset(name for name, *_ in found["accepted"]),
        related=bool(found["related"]),
        said=[SaidReturn(organization, *told) for told in found["said"]],
    )


async def load_calendar(conn: Connection, organization: str) -> Calendar:
    """The days this organisation works. Unconfigured: weekends only, UTC."""
    return (await load_calendars(conn, [organization]))[organization]


async def load_calendars(conn: Connection, organizations: Iterable[str]) -> dict[str, Calendar]:
    """The days that these organisations work."""
    rows = await conn.fetch(
        """
        SELECT k.organization, body ->> 'country' AS country, body ->> 'subdivision' AS subdivision,
               coalesce(body ->> 'timezone', 'Etc/UTC') AS timezone
        FROM unnest($1::text[]) AS k(organization)
        LEFT JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = k.organization
                           AND f.fact = k.organization AND f.topic = 'organization-configured' OFFSET 0) f ON true
        """,
        sorted(set(organizations)),
    )
    return {organization: Calendar(*days) for organization, *days in rows}
