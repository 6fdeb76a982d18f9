"""Pages of what is known, in the order of ids: filtered, and only what the caller may see."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.interviews.domain.applications import Application
from services.interviews.sql.applications import to_application
from shared.contracts import ApplicationDecided
from shared.kit.db import Connection


class CallerScope(NamedTuple):
    """What a caller may see: everything, or what belongs to these jobs, or where this user interviews.

    `asks`: who the caller is, whatever their role; on a panel they are blind while they owe feedback.
    """

    everything: bool
    jobs: list[str]
    user: str | None
    asks: str = ""


class ListSearch(NamedTuple):
    """Which rows, from which place on."""

    job: str | None = None
    candidate: str | None = None
    state: str | None = None
    after: tuple[str, str] = ("", "")
    limit: int = 50
    application: str | None = None


class Feedback(NamedTuple):
    """One feedback, and whether it stands."""

    feedback: str
    candidate: str
    application: str
    interview: str | None
    job: str | None
    interviewer: str
    kind: str
    state: str
    submitted_at: datetime


class OwedFeedback(NamedTuple):
    """One interviewer who has not given the feedback they owe."""

    ended_at: datetime
    interview: str
    interviewer: str
    candidate: str
    application: str
    job: str | None
    title: str | None  # of the job


class ListedUser(NamedTuple):
    """Somebody who works with interviews."""

    user: str
    body: str


async def plan_for_filters(conn: Connection) -> None:
    """A filter that is not given must not cost the index of one that is: plan with the values, for this transaction."""
    await conn.execute("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")


async def list_users(
    conn: Connection, organization: str, ids: list[str] | None, after: str, limit: int
) -> list[ListedUser]:
    """Users in the order of their ids, all or some."""
    await plan_for_filters(conn)
    rows = await conn.fetch(
        """
        SELECT fact AS user, body FROM facts WHERE organization = $1 AND topic = 'user-registered' AND fact > $2
          AND ($4::text[] IS NULL OR fact = ANY($4))
        ORDER BY fact LIMIT $3
        """,
        organization,
        after,
        limit,
        ids,
    )
    return [ListedUser(*row) for row in rows]


async def list_applications(
    conn: Connection, organization: str, wanted: ListSearch, scope: CallerScope
) -> list[Application]:
    """Applications in the order of their ids."""
    await plan_for_filters(conn)
    rows = await conn.fetch(
        """
        SELECT organization, candidate, application, job, state, outcome, submitted_at
        FROM applications
        WHERE organization = $1 AND application <> '' AND (application, candidate) > ($2, $3)
          AND ($4::text IS NULL OR job = $4) AND ($5::text IS NULL OR candidate = $5)
          AND ($6::text IS NULL OR state = $6) AND ($7::boolean OR job = ANY($8::text[]))
        ORDER BY application, candidate LIMIT $9
        """,
        organization,
        *wanted.after,
        wanted.job,
        wanted.candidate,
        wanted.state,
        scope.everything,
        scope.jobs,
        wanted.limit,
    )
    return [to_application(row) for row in rows]


async def load_decisions(
    conn: Connection, organization: str, applications: Sequence[str], topic: str = ApplicationDecided.topic
) -> dict[str, str]:
    """What was said when these were decided, or their decisions taken back, by application."""
    rows = await conn.fetch(
        """
        SELECT f.fact AS application, f.body
        FROM unnest($2::text[]) AS k(application)
        CROSS JOIN LATERAL (SELECT * FROM facts f WHERE f.organization = $1 AND f.fact = k.application
                            AND f.topic = $3 OFFSET 0) f
        """,
        organization,
        applications,
        topic,
    )
    return {application: body for application, body in rows}  # noqa: C416 - each by its column's name


async def list_feedback(conn: Connection, organization: str, wanted: ListSearch, scope: CallerScope) -> list[Feedback]:
    """Feedback in the order of its ids.

    Blind until submitted: an interviewer sees their own, and others' about an application once their own about it
    stands and they owe none any more; a hiring manager those of their jobs, unless they owe feedback on a panel.
    """
    await plan_for_filters(conn)
    rows = await conn.fetch(
        """
        SELECT feedback, candidate, application, interview, job, interviewer, kind, state, submitted_at
        FROM (
            SELECT f.*, a.job, a.person,
                   CASE WHEN stands(f.submitted_at, f.withdrawn_at) THEN 'submitted' ELSE 'withdrawn' END AS state
            FROM feedback f
            LEFT JOIN LATERAL (
                SELECT max(a.job) AS job, max(a.candidate) AS person FROM applications a
                WHERE a.organization = f.organization AND a.application = f.application AND a.application <> ''
            ) a ON true
            WHERE f.organization = $1 AND f.feedback > $2 AND ($4::text IS NULL OR f.candidate = $4)
              AND ($10::text IS NULL OR f.application = $10)
        ) found
        WHERE ($3::text IS NULL OR job = $3) AND ($5::text IS NULL OR state = $5)
          AND ($6::boolean OR (job = ANY($7::text[]) AND NOT owes(organization, person, application, $11))
               OR interviewer = $8 OR has_said(organization, person, application, $8))
        ORDER BY feedback LIMIT $9
        """,
        organization,
        wanted.after[0],
        wanted.job,
        wanted.candidate,
        wanted.state,
        scope.everything,
        scope.jobs,
        scope.user,
        wanted.limit,
        wanted.application,
        scope.asks,
    )
    return [Feedback(*row) for row in rows]


async def has_said(conn: Connection, organization: str, person: str, application: str, user: str) -> bool:
    """Somebody's own feedback about an application stands, and they owe none about it."""
    said: bool = await conn.fetchval("SELECT has_said($1, $2, $3, $4)", organization, person, application, user)
    return said


async def owes(conn: Connection, organization: str, person: str, application: str, user: str) -> bool:
    """Somebody is on a panel of an application, and their feedback is not in."""
    owing: bool = await conn.fetchval("SELECT owes($1, $2, $3, $4)", organization, person, application, user)
    return owing


class OwedAfter(NamedTuple):
    """The place after which a page of owed feedback begins."""

    ended_at: datetime
    interview: str
    interviewer: str
    candidate: str


class OwedBy(NamedTuple):
    """Whose debts, about which job."""

    interviewer: str | None = None
    job: str | None = None


async def list_owed(
    conn: Connection, organization: str, wanted: OwedBy, after: OwedAfter, limit: int, scope: CallerScope
) -> list[OwedFeedback]:
    """Who owes feedback about completed interviews, the longest waiting first."""
    await plan_for_filters(conn)
    rows = await conn.fetch(
        """
        SELECT i.ended_at, i.interview, o.interviewer, i.candidate, i.application, i.job, j.title
        FROM interviews i CROSS JOIN LATERAL unnest(i.owed_by) AS o(interviewer)
        LEFT JOIN jobs j ON (j.organization, j.job) = (i.organization, i.job)
        WHERE i.organization = $1 AND i.owed_by <> '{}' AND i.ended_at >= $2
          AND (i.ended_at, i.interview, o.interviewer, i.candidate) > ($2, $3, $4, $5)
          AND ($6::boolean OR i.job = ANY($7::text[]) OR o.interviewer = $8)
          AND ($10::text IS NULL OR o.interviewer = $10) AND ($11::text IS NULL OR i.job = $11)
        ORDER BY i.ended_at, i.interview, o.interviewer, i.candidate LIMIT $9
        """,
        organization,
        *after,
        scope.everything,
        scope.jobs,
        scope.user,
        limit,
        *wanted,
    )
    return [OwedFeedback(*row) for row in rows]
