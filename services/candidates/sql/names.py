"""What people are called, and who has to do with them."""

from typing import NamedTuple

from shared.kit.db import Connection


class KnownName(NamedTuple):
    """Who somebody is, by one of their ids."""

    candidate: str
    person: str
    name: str
    preferred_name: str | None


async def load_names(conn: Connection, organization: str, candidates: list[str], limit: int) -> list[KnownName]:
    """The newest names of these people, in the order of the ids that are asked for."""
    rows = await conn.fetch(
        """
        SELECT k.candidate, f.person, f.body ->> 'name' AS name, f.body ->> 'preferred_name' AS preferred_name
        FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (
            SELECT p.person, f.body
            FROM people_named(ARRAY[$1::text], ARRAY[k.candidate]) p
            CROSS JOIN LATERAL (SELECT body, time FROM facts f WHERE f.organization = $1 AND f.candidate = p.candidate
                                AND f.topic = 'candidate-registered' OFFSET 0) f
            ORDER BY f.time DESC LIMIT 1) f
        ORDER BY k.candidate COLLATE "C" LIMIT $3
        """,
        organization,
        candidates,
        limit,
    )
    return [KnownName(*row) for row in rows]


async def find_met(
    conn: Connection, organization: str, candidates: list[str], manager: str | None, interviewer: str | None
) -> list[str]:
    """Those of these people who applied for a job of this hiring manager, or whom this interviewer interviews."""
    rows = await conn.fetch(
        """
        SELECT k.candidate FROM unnest($2::text[]) AS k(candidate)
        WHERE EXISTS (
            SELECT FROM people_named(ARRAY[$1::text], ARRAY[k.candidate]) p
            CROSS JOIN LATERAL (SELECT topic, job, body FROM facts f WHERE f.organization = $1
                                AND f.candidate = p.candidate OFFSET 0) f
            LEFT JOIN LATERAL (SELECT team FROM openings o WHERE o.organization = $1 AND o.job = f.job OFFSET 0) o
                ON f.topic IN ('application-submitted', 'application-decided')
            WHERE o.team @> jsonb_build_array(jsonb_build_object('user', $3::text, 'role', 'hiring_manager'))
               OR (f.topic IN ('interview-completed', 'interview-scheduled')
                   AND f.body -> 'interviewers' @> jsonb_build_array(jsonb_build_object('user', $4::text))))
        ORDER BY k.candidate COLLATE "C"
        """,
        organization,
        candidates,
        manager,
        interviewer,
    )
    return [row[0] for row in rows]
