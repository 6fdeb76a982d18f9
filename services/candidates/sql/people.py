"""What people read about people: who somebody is, their profile and consents, and the team of a job."""

import json
from collections.abc import Mapping
from typing import Any

from services.candidates.domain.consent import answers
from shared.kit.db import Connection
from shared.kit.people import People, find_people


async def load_person(conn: Connection, organization: str, candidate: str) -> People:
    """Somebody with all their ids, by any of them. Not locked."""
    return People(await find_people(conn, [(organization, candidate)]), {})


async def load_profile(conn: Connection, people: People) -> dict[str, Any] | None:
    """The newest profile under any id, or None."""
    row = await conn.fetchrow(
        """
        SELECT f.body
        FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
        CROSS JOIN LATERAL (SELECT body, time FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate AND f.topic = 'candidate-registered' OFFSET 0) f
        ORDER BY f.time DESC, k.candidate DESC LIMIT 1
        """,
        *people.ids,
    )
    return json.loads(row[0]) if row else None


async def load_consents(conn: Connection, people: People) -> list[Mapping[str, Any]]:
    """For each purpose the answer that counts."""
    rows = await conn.fetch(
        """
        SELECT f.topic, f.body
        FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
        CROSS JOIN LATERAL (SELECT topic, body FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate OFFSET 0) f
        WHERE f.topic IN ('candidate-responded', 'consent-changed')
        """,
        *people.ids,
    )
    said: dict[str, list[dict[str, Any]]] = {"candidate-responded": [], "consent-changed": []}
    for topic, body in rows:
        said[topic].append(json.loads(body))
    return answers(said["consent-changed"], said["candidate-responded"])


async def load_merge(conn: Connection, organization: str, candidate: str) -> dict[str, Any] | None:
    """Whom this id stands for, as it was last said, or None."""
    body: str | None = await conn.fetchval(
        "SELECT body FROM facts WHERE organization = $1 AND fact = $2 AND topic = $3",  # a literal walks every merge
        organization,
        candidate,
        "candidate-merged",
    )
    return json.loads(body) if body else None


async def find_known(conn: Connection, organization: str, candidate: str) -> bool:
    """True when any fact that is still kept is about this id; that it was erased is none."""
    return bool(
        await conn.fetchval(
            """
            SELECT EXISTS (SELECT FROM facts WHERE organization = $1 AND candidate = $2
                           AND topic NOT IN ('candidate-erased', 'erasure-completed'))
            """,
            organization,
            candidate,
        )
    )


async def load_hiring_managers(conn: Connection, organization: str, job: str) -> set[str]:
    """Who manages the hiring for a job."""
    rows = await conn.fetch(
        """
        SELECT member.value ->> 'user'
        FROM openings o CROSS JOIN LATERAL jsonb_array_elements(o.team) AS member(value)
        WHERE o.organization = $1 AND o.job = $2 AND member.value ->> 'role' = 'hiring_manager'
        """,
        organization,
        job,
    )
    return {row[0] for row in rows}


async def find_managed_jobs(conn: Connection, organization: str, user: str) -> list[str]:
    """The jobs somebody manages the hiring for."""
    rows = await conn.fetch(
        """
        SELECT job FROM openings
        WHERE organization = $1 AND team @> jsonb_build_array(jsonb_build_object('user', $2::text,
                                                                                 'role', 'hiring_manager'))
        ORDER BY job
        """,
        organization,
        user,
    )
    return [row[0] for row in rows]


async def find_job_of(conn: Connection, organization: str, application: str) -> str | None:
    """The job somebody applied for, or None."""
    job: str | None = await conn.fetchval(
        """
        SELECT (array_agg(job ORDER BY topic DESC) FILTER (WHERE job IS NOT NULL))[1] FROM applications
        WHERE organization = $1 AND application = $2 AND topic IN ('application-submitted', 'application-decided')
        """,
        organization,
        application,
    )
    return job
