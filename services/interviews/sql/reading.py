"""What is asked over HTTP: one fact, pages of facts with their state, counts, and who owes feedback."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from shared.kit.db import Connection


class Wanted(NamedTuple):
    """Which rows, from which id on. `user`: only what this interviewer or hiring manager may see."""

    job: str | None = None
    candidate: str | None = None
    state: str | None = None
    interviewer: str | None = None
    manager: str | None = None
    after: str = ""
    limit: int = 50


class Page(NamedTuple):
    """Rows in the order of their ids."""

    rows: list[dict[str, Any]]


async def load_body(conn: Connection, organization: str, topic: str, fact: str) -> dict[str, Any] | None:
    """The body of one fact, or None."""
    body = await conn.fetchval(
        "SELECT body FROM facts WHERE organization = $1 AND fact = $2 AND topic = $3", organization, fact, topic
    )
    return None if body is None else json.loads(body)


async def load_hiring_managers(conn: Connection, organization: str, job: str) -> list[str]:
    """The users who manage the hiring for a job."""
    rows = await conn.fetch(
        """
        SELECT member ->> 'user' FROM facts f, jsonb_array_elements(f.body -> 'team') AS member
        WHERE f.organization = $1 AND f.fact = $2 AND f.topic = 'job-opened' AND member ->> 'role' = 'hiring_manager'
        """,
        organization,
        job,
    )
    return [row[0] for row in rows]


async def load_state_of_job(conn: Connection, organization: str, job: str) -> tuple[str, dict[str, Any] | None]:
    """`open` or `closed`, and the closing's body where there is one."""
    closing = await load_body(conn, organization, "job-closed", job)
    opening = await load_body(conn, organization, "job-opened", job)
    is_open = closing is None or (opening is not None and _at(opening, "opened_at") > _at(closing, "closed_at"))
    return ("open" if is_open else "closed"), closing


async def load_state_of_application(
    conn: Connection, organization: str, application: str
) -> tuple[str, dict[str, Any] | None]:
    """`undecided` or the outcome, and the decision's body where there is one."""
    decision = await load_body(conn, organization, "application-decided", application)
    reversal = await load_body(conn, organization, "application-decision-reversed", application)
    if decision is None or (reversal and _at(reversal, "reversed_at") >= _at(decision, "decided_at")):
        return "undecided", decision
    return decision["outcome"], decision


async def load_state_of_feedback(conn: Connection, organization: str, feedback: str) -> str:
    """`submitted` or `withdrawn`."""
    submitted = await load_body(conn, organization, "feedback-submitted", feedback)
    withdrawn = await load_body(conn, organization, "feedback-withdrawn", feedback)
    if submitted and withdrawn and _at(withdrawn, "withdrawn_at") >= _at(submitted, "submitted_at"):
        return "withdrawn"
    return "submitted"


async def load_interview(conn: Connection, organization: str, interview: str) -> dict[str, Any] | None:
    """One interview as it stands, with its newest schedule, or None."""
    row = await conn.fetchrow(
        """
        SELECT i.interview, i.candidate, i.application, i.job, i.state, i.basis, i.starts_at, i.ends_at, i.completed_at,
               s.body AS schedule
        FROM interviews i
        LEFT JOIN LATERAL (SELECT body FROM facts s WHERE s.organization = i.organization AND s.fact = i.interview
                           AND s.topic = 'interview-scheduled' OFFSET 0) s ON true
        WHERE i.organization = $1 AND i.interview = $2
        """,
        organization,
        interview,
    )
    return None if row is None else _interview(row)


async def list_interviews(conn: Connection, organization: str, wanted: Wanted) -> Page:
    """Interviews as they stand."""
    rows = await conn.fetch(
        """
        SELECT i.interview, i.candidate, i.application, i.job, i.state, i.basis, i.starts_at, i.ends_at, i.completed_at,
               s.body AS schedule
        FROM interviews i
        LEFT JOIN LATERAL (SELECT body FROM facts s WHERE s.organization = i.organization AND s.fact = i.interview
                           AND s.topic = 'interview-scheduled' OFFSET 0) s ON true
        WHERE i.organization = $1 AND i.interview > $2
          AND ($3::text IS NULL OR i.job = $3) AND ($4::text IS NULL OR i.candidate = $4)
          AND ($5::text IS NULL OR i.state = $5)
          AND ($6::text IS NULL OR s.body -> 'interviewers' @> jsonb_build_array(jsonb_build_object('user', $6::text)))
          AND ($7::text IS NULL OR EXISTS (
                SELECT FROM facts j WHERE j.organization = i.organization AND j.fact = i.job AND j.topic = 'job-opened'
                  AND j.body -> 'team'
                      @> jsonb_build_array(jsonb_build_object('user', $7::text, 'role', 'hiring_manager'))))
        ORDER BY i.interview LIMIT $8
        """,
        organization,
        *_arguments(wanted),
    )
    return Page([_interview(row) for row in rows])


async def list_jobs(conn: Connection, organization: str, wanted: Wanted) -> Page:
    """Jobs with `state` open or closed."""
    rows = await conn.fetch(
        """
        SELECT * FROM (
            SELECT o.fact AS id, o.body, CASE WHEN (o.body ->> 'opened_at')::timestamptz
                       <= (c.body ->> 'closed_at')::timestamptz THEN 'closed' ELSE 'open' END AS state,
                   c.body AS closing
            FROM facts o
            LEFT JOIN LATERAL (SELECT body FROM facts c WHERE c.organization = o.organization AND c.fact = o.fact
                               AND c.topic = 'job-closed' OFFSET 0) c ON true
            WHERE o.organization = $1 AND o.topic = 'job-opened' AND o.fact > $2
              AND ($3::text IS NULL OR o.fact = $3)
              AND ($5::text IS NULL OR o.body -> 'team'
                       @> jsonb_build_array(jsonb_build_object('user', $5::text, 'role', 'hiring_manager')))
        ) jobs
        WHERE $4::text IS NULL OR state = $4 ORDER BY id LIMIT $6
        """,
        organization,
        wanted.after,
        wanted.job,
        wanted.state,
        wanted.manager,
        wanted.limit,
    )
    return Page([_bodied(row) | {"closing": _json(row["closing"])} for row in rows])


async def list_applications(conn: Connection, organization: str, wanted: Wanted) -> Page:
    """Applications with `state` undecided or the standing outcome."""
    rows = await conn.fetch(
        """
        SELECT * FROM (
            SELECT a.fact AS id, a.body, d.body AS decision,
                   CASE WHEN d.body IS NULL OR (r.body ->> 'reversed_at')::timestamptz
                             >= (d.body ->> 'decided_at')::timestamptz
                        THEN 'undecided' ELSE d.body ->> 'outcome' END AS state
            FROM facts a
            LEFT JOIN LATERAL (SELECT body FROM facts d WHERE d.organization = a.organization AND d.fact = a.fact
                               AND d.topic = 'application-decided' OFFSET 0) d ON true
            LEFT JOIN LATERAL (SELECT body FROM facts r WHERE r.organization = a.organization AND r.fact = a.fact
                               AND r.topic = 'application-decision-reversed' OFFSET 0) r ON true
            WHERE a.organization = $1 AND a.topic = 'application-submitted' AND a.fact > $2
              AND ($3::text IS NULL OR a.job = $3) AND ($4::text IS NULL OR a.candidate = $4)
              AND ($6::text IS NULL OR EXISTS (
                    SELECT FROM facts j WHERE j.organization = a.organization AND j.fact = a.job
                      AND j.topic = 'job-opened' AND j.body -> 'team'
                          @> jsonb_build_array(jsonb_build_object('user', $6::text, 'role', 'hiring_manager'))))
        ) applications
        WHERE $5::text IS NULL OR state = $5 ORDER BY id LIMIT $7
        """,
        organization,
        wanted.after,
        wanted.job,
        wanted.candidate,
        wanted.state,
        wanted.manager,
        wanted.limit,
    )
    return Page([_bodied(row) | {"decision": _json(row["decision"])} for row in rows])


async def list_feedback(conn: Connection, organization: str, wanted: Wanted) -> Page:
    """Feedback with `state` submitted or withdrawn."""
    rows = await conn.fetch(
        """
        SELECT * FROM (
            SELECT f.fact AS id, f.body, CASE WHEN (w.body ->> 'withdrawn_at')::timestamptz
                       >= (f.body ->> 'submitted_at')::timestamptz THEN 'withdrawn' ELSE 'submitted' END AS state
            FROM facts f
            LEFT JOIN LATERAL (SELECT body FROM facts w WHERE w.organization = f.organization AND w.fact = f.fact
                               AND w.topic = 'feedback-withdrawn' OFFSET 0) w ON true
            LEFT JOIN LATERAL (SELECT job FROM facts a WHERE a.organization = f.organization
                               AND a.fact = f.body ->> 'application' AND a.topic = 'application-submitted' OFFSET 0) a
                   ON true
            WHERE f.organization = $1 AND f.topic = 'feedback-submitted' AND f.fact > $2
              AND ($3::text IS NULL OR a.job = $3) AND ($4::text IS NULL OR f.candidate = $4)
              AND ($6::text IS NULL OR f.body ->> 'interviewer' = $6)
              AND ($7::text IS NULL OR EXISTS (
                    SELECT FROM facts j WHERE j.organization = f.organization AND j.fact = a.job
                      AND j.topic = 'job-opened' AND j.body -> 'team'
                          @> jsonb_build_array(jsonb_build_object('user', $7::text, 'role', 'hiring_manager'))))
        ) feedback
        WHERE $5::text IS NULL OR state = $5 ORDER BY id LIMIT $8
        """,
        organization,
        *_arguments(wanted),
    )
    return Page([_bodied(row) for row in rows])


async def list_users(conn: Connection, organization: str, wanted: Wanted) -> Page:
    """Users with `state` active or inactive."""
    rows = await conn.fetch(
        """
        SELECT * FROM (
            SELECT f.fact AS id, f.body, CASE WHEN f.body ->> 'active' = 'false' THEN 'inactive' ELSE 'active' END
                   AS state
            FROM facts f WHERE f.organization = $1 AND f.topic = 'user-registered' AND f.fact > $2
        ) users
        WHERE $3::text IS NULL OR state = $3 ORDER BY id LIMIT $4
        """,
        organization,
        wanted.after,
        wanted.state,
        wanted.limit,
    )
    return Page([_bodied(row) for row in rows])


async def count_states(conn: Connection, organization: str, job: str | None, candidate: str | None) -> dict[str, int]:
    """How many interviews are in each state."""
    rows = await conn.fetch(
        """
        SELECT state, count(*) FROM interviews
        WHERE organization = $1 AND ($2::text IS NULL OR job = $2) AND ($3::text IS NULL OR candidate = $3)
        GROUP BY state
        """,
        organization,
        job,
        candidate,
    )
    return {row[0]: row[1] for row in rows}


async def load_overdue(
    conn: Connection, organization: str, after: tuple[str, str], limit: int
) -> list[tuple[str, str, str, str, str | None, datetime]]:
    """(interview, interviewer, candidate, application, job, since) of feedback asked for and not submitted."""
    rows = await conn.fetch(
        """
        SELECT i.interview, owed.interviewer, i.candidate, i.application, i.job, coalesce(i.ends_at, i.completed_at)
        FROM interviews i
        CROSS JOIN LATERAL (
            SELECT member ->> 'user' AS interviewer
            FROM facts s, jsonb_array_elements(s.body -> 'interviewers') AS member
            WHERE s.organization = i.organization AND s.fact = i.interview AND s.topic = 'interview-scheduled'
              AND member ->> 'feedback_required' = 'true' AND member ->> 'response' IS DISTINCT FROM 'declined'
            OFFSET 0) owed
        WHERE i.organization = $1 AND i.state = 'completed' AND (i.interview, owed.interviewer) > ($2, $3)
          AND NOT EXISTS (
            SELECT FROM facts f WHERE f.organization = i.organization AND f.candidate = i.candidate
              AND f.topic = 'feedback-submitted' AND f.body ->> 'interview' = i.interview
              AND f.body ->> 'interviewer' = owed.interviewer
              AND NOT EXISTS (
                SELECT FROM facts w WHERE w.organization = f.organization AND w.fact = f.fact
                  AND w.topic = 'feedback-withdrawn'
                  AND (w.body ->> 'withdrawn_at')::timestamptz >= (f.body ->> 'submitted_at')::timestamptz))
        ORDER BY 1, 2 LIMIT $4
        """,
        organization,
        *after,
        limit,
    )
    return [tuple(row) for row in rows]


def _arguments(wanted: Wanted) -> Sequence[Any]:
    return (
        wanted.after, wanted.job, wanted.candidate, wanted.state, wanted.interviewer, wanted.manager, wanted.limit,
    )  # fmt: skip


def _at(body: dict[str, Any], name: str) -> datetime:
    return datetime.fromisoformat(body[name])


def _json(body: str | None) -> Any:
    return None if body is None else json.loads(body)


def _bodied(row: Any) -> dict[str, Any]:
    return {**json.loads(row["body"]), "state": row["state"]}


def _interview(row: Any) -> dict[str, Any]:
    known = dict(row)
    schedule = _json(known.pop("schedule")) or {}
    return {**schedule, **known}
