"""Interviews: what was said of them, what became of them, and which are due."""

from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from services.interviews.domain.differences import Differences
from services.interviews.domain.interviews import Interview, ToldInterview
from shared.contracts import Basis, Interviewer
from shared.contracts.reading import InterviewState, SaidOfInterview
from shared.kit.db import Connection
from shared.kit.people import Pair, People

_INTERVIEWERS = TypeAdapter(tuple[Interviewer, ...])


async def load_heard_interviews(conn: Connection, people: People) -> list[ToldInterview]:
    """All that was said of every interview of these people.

    An application counts for the person it names only; the job is that of the interview's own facts, else of its
    application. Who a completion names as interviewers were those who came.
    """
    rows = await conn.fetch(
        """
        SELECT i.organization, i.person, i.interview, i.candidate, i.application, coalesce(i.job, a.job) AS job,
               i.starts_at, i.ends_at, i.completed_at, i.assumed_at, i.assumed_slot, i.cancelled_at, i.cancelled_slot,
               i.missed_at, i.missed_slot, i.judged_at, i.judged_by, i.interviewers
        FROM (
            SELECT k.organization, k.person, k.ids, f.interview,
                   coalesce(max(f.candidate) FILTER (WHERE f.topic = 'interview-scheduled'), max(f.candidate))
                       AS candidate,
                   coalesce(max(f.application) FILTER (WHERE f.topic = 'interview-scheduled'), max(f.application))
                       AS application,
                   coalesce(max(f.job) FILTER (WHERE f.topic = 'interview-scheduled'), max(f.job)) AS job,
                   max(f.starts_at) FILTER (WHERE f.topic = 'interview-scheduled') AS starts_at,
                   max(f.ends_at) FILTER (WHERE f.topic = 'interview-scheduled') AS ends_at,
                   max(f.said_at) FILTER (WHERE f.basis = 'said') AS completed_at,
                   max(f.said_at) FILTER (WHERE f.basis = 'assumed') AS assumed_at,
                   max(f.starts_at) FILTER (WHERE f.basis = 'assumed') AS assumed_slot,
                   max(f.said_at) FILTER (WHERE f.topic = 'interview-cancelled') AS cancelled_at,
                   max(f.starts_at) FILTER (WHERE f.topic = 'interview-cancelled') AS cancelled_slot,
                   max(f.said_at) FILTER (WHERE f.topic = 'interview-missed') AS missed_at,
                   max(f.starts_at) FILTER (WHERE f.topic = 'interview-missed') AS missed_slot,
                   max(f.said_at) FILTER (WHERE f.topic = 'feedback-submitted' AND stands(f.said_at, f.withdrawn_at))
                       AS judged_at,
                   array_agg(f.interviewer) FILTER (WHERE f.topic = 'feedback-submitted'
                       AND stands(f.said_at, f.withdrawn_at)) AS judged_by,
                   coalesce((array_agg(f.interviewers) FILTER (WHERE f.basis = 'said' AND f.interviewers <> '[]'))[1],
                            (array_agg(f.interviewers) FILTER (WHERE f.topic = 'interview-scheduled'))[1])
                       AS interviewers
            FROM (SELECT *, array_agg(candidate) OVER (PARTITION BY organization, person) AS ids
                  FROM unnest($1::text[], $2::text[], $3::text[]) AS u(organization, person, candidate)) k
            CROSS JOIN LATERAL (SELECT * FROM interview_facts f WHERE f.organization = k.organization
                                AND f.candidate = k.candidate OFFSET 0) f
            GROUP BY k.organization, k.person, k.ids, f.interview
        ) i
        LEFT JOIN LATERAL (
            SELECT (array_agg(a.job ORDER BY a.topic DESC) FILTER (WHERE a.job IS NOT NULL))[1] AS job
            FROM application_facts a
            WHERE i.job IS NULL AND a.organization = i.organization AND a.application = i.application
              AND a.topic IN ('application-submitted', 'application-decided') AND a.candidate = ANY(i.ids) OFFSET 0
        ) a ON true
        """,
        *people.columns,
    )
    return [
        ToldInterview(
            organization, person, interview, candidate, application, job,
            SaidOfInterview(*said), frozenset(judged_by or ()), _named(interviewers),
        )
        for organization, person, interview, candidate, application, job, *said, judged_by, interviewers in rows
    ]  # fmt: skip


def _named(interviewers: str | None) -> tuple[Interviewer, ...]:
    return _INTERVIEWERS.validate_json(interviewers) if interviewers else ()


async def load_interviews(conn: Connection, people: People) -> list[Interview]:
    """What is kept of these people's interviews, under any of their ids."""
    rows = await conn.fetch(
        """
        SELECT i.organization, i.candidate, i.interview, i.application, i.job, i.state, i.basis, i.starts_at,
               i.ended_at, i.interviewers, i.owed_by, i.due_at
        FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
        CROSS JOIN LATERAL (SELECT * FROM interviews i WHERE i.organization = k.organization
                            AND i.candidate = k.candidate OFFSET 0) i
        """,
        *people.ids,
    )
    return [to_interview(row) for row in rows]


def to_interview(row: Any) -> Interview:
    """A row of the table, its columns in the table's order."""
    *known, state, basis, starts_at, ended_at, interviewers, owed_by, due_at = row
    became = InterviewState(state), Basis(basis) if basis else None
    return Interview._make((*known, *became, starts_at, ended_at, tuple(interviewers), tuple(owed_by), due_at))


async def save_interviews(conn: Connection, differences: Differences[Interview]) -> None:
    """Write what changed and remove what is gone. The only writer of the table."""
    if differences.gone:
        await _delete(conn, differences.gone)
    if differences.changed:
        await _upsert(conn, sorted(differences.changed, key=lambda i: i.key))


async def _delete(conn: Connection, gone: list[Interview]) -> None:
    await conn.execute(
        """
        DELETE FROM interviews i
        USING unnest($1::text[], $2::text[], $3::text[]) AS k(organization, candidate, interview)
        WHERE i.organization = k.organization AND i.candidate = k.candidate AND i.interview = k.interview
        """,
        [i.organization for i in gone],
        [i.candidate for i in gone],
        [i.interview for i in gone],
    )


async def _upsert(conn: Connection, interviews: list[Interview]) -> None:
    await conn.execute(
        """
        INSERT INTO interviews (organization, candidate, interview, application, job, state, basis, starts_at, ended_at,
                                interviewers, owed_by, due_at)
        SELECT organization, candidate, interview, application, job, state, basis, starts_at, ended_at,
               string_to_array(interviewers, ','), string_to_array(owed_by, ','), due_at
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                    $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::timestamptz[])
             AS u(organization, candidate, interview, application, job, state, basis, starts_at, ended_at, interviewers,
                  owed_by, due_at)
        ON CONFLICT (organization, candidate, interview) DO UPDATE
        SET (application, job, state, basis, starts_at, ended_at, interviewers, owed_by, due_at)
          = (excluded.application, excluded.job, excluded.state, excluded.basis, excluded.starts_at, excluded.ended_at,
             excluded.interviewers, excluded.owed_by, excluded.due_at)
        """,
        [i.organization for i in interviews],
        [i.candidate for i in interviews],
        [i.interview for i in interviews],
        [i.application for i in interviews],
        [i.job for i in interviews],
        [i.state for i in interviews],
        [i.basis for i in interviews],
        [i.starts_at for i in interviews],
        [i.ended_at for i in interviews],
        [",".join(i.interviewers) for i in interviews],
        [",".join(i.owed_by) for i in interviews],
        [i.due_at for i in interviews],
    )


async def find_due(conn: Connection, now: datetime, limit: int) -> list[Pair]:
    """Whose interviews are due to be assumed completed, the longest waiting first."""
    rows = await conn.fetch(
        "SELECT organization, candidate FROM interviews WHERE due_at <= $1 ORDER BY due_at LIMIT $2", now, limit
    )
    return [(organization, candidate) for organization, candidate in rows]
