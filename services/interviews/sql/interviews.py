"""Interviews: what was said of them, what became of them, and which are due."""

from collections.abc import Sequence
from datetime import datetime

from services.interviews.domain import Heard, Interview
from shared.kit.db import Connection
from shared.kit.people import Pair, People


async def load_heard(conn: Connection, people: People) -> list[Heard]:
    """All that was said of every interview of these people, under any of their ids."""
    rows = await conn.fetch(
        """
        SELECT h.organization, h.interview, h.candidate, h.application, coalesce(h.job, a.job), h.scheduled_for,
               h.ends_at, h.completed_at, h.cancelled_slot, h.cancelled_at, h.missed_slot, h.missed_at, h.feedback_at
        FROM (
            SELECT k.organization, f.interview, min(k.candidate) AS candidate, min(f.application) AS application,
                   min(f.job) AS job,
                   max(f.starts_at) FILTER (WHERE f.topic = 'interview-scheduled') AS scheduled_for,
                   max(f.ends_at) AS ends_at,
                   max(f.completed_at) FILTER (WHERE f.basis = 'said') AS completed_at,
                   max(f.starts_at) FILTER (WHERE f.topic = 'interview-cancelled') AS cancelled_slot,
                   max(f.cancelled_at) AS cancelled_at,
                   max(f.starts_at) FILTER (WHERE f.topic = 'interview-missed') AS missed_slot,
                   max(f.missed_at) AS missed_at,
                   min(f.submitted_at) AS feedback_at
            FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
            CROSS JOIN LATERAL (SELECT * FROM interview_facts f WHERE f.organization = k.organization
                                AND f.candidate = k.candidate OFFSET 0) f
            GROUP BY k.organization, f.interview
        ) h
        LEFT JOIN LATERAL (
            SELECT job FROM facts a WHERE a.organization = h.organization AND a.fact = h.application
              AND a.topic = 'application-submitted' OFFSET 0) a ON true
        ORDER BY 1, 2
        """,
        *people.columns,
    )
    return [Heard(*row) for row in rows]


async def save_interviews(conn: Connection, people: People, interviews: Sequence[Interview]) -> None:
    """Keep these interviews and no others of these people. The only writer of `interviews`."""
    await conn.execute(
        """
        WITH gone AS (
            DELETE FROM interviews i USING unnest($1::text[], $2::text[]) AS k(organization, candidate)
            WHERE i.organization = k.organization AND i.candidate = k.candidate
              AND NOT EXISTS (SELECT FROM unnest($3::text[], $4::text[]) AS w(organization, interview)
                              WHERE w.organization = i.organization AND w.interview = i.interview)
        )
        INSERT INTO interviews AS i (organization, interview, candidate, application, job, state, basis, starts_at,
                                     ends_at, completed_at, due_at)
        SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                             $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[])
        ORDER BY 1, 2
        ON CONFLICT (organization, interview) DO UPDATE
        SET (candidate, application, job, state, basis, starts_at, ends_at, completed_at, due_at)
          = (excluded.candidate, excluded.application, excluded.job, excluded.state, excluded.basis,
             excluded.starts_at, excluded.ends_at, excluded.completed_at, excluded.due_at)
        WHERE (i.candidate, i.application, i.job, i.state, i.basis, i.starts_at, i.ends_at, i.completed_at, i.due_at)
          IS DISTINCT FROM
              (excluded.candidate, excluded.application, excluded.job, excluded.state, excluded.basis,
               excluded.starts_at, excluded.ends_at, excluded.completed_at, excluded.due_at)
        """,
        *people.ids,
        *(list(column) for column in zip(*interviews, strict=True)),
        *([] for _ in range(0 if interviews else len(Interview._fields))),
    )


async def find_due(conn: Connection, now: datetime, limit: int) -> list[Pair]:
    """Whose interviews time alone may have changed."""
    rows = await conn.fetch(
        "SELECT organization, candidate FROM interviews WHERE due_at <= $1 ORDER BY due_at LIMIT $2", now, limit
    )
    return [(row[0], row[1]) for row in rows]
