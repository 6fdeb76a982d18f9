"""Applications: what was said of them and where they stand."""

from typing import Any

from services.interviews.domain.applications import Application, ApplicationState, ToldApplication
from services.interviews.domain.differences import Differences
from shared.kit.db import Connection
from shared.kit.people import People


async def load_heard_applications(conn: Connection, people: People) -> list[ToldApplication]:
    """All that was said of every application of these people."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, f.application,
               coalesce(max(f.job) FILTER (WHERE f.topic = 'application-submitted'), max(f.job)) AS job,
               max(f.submitted_at) AS submitted_at, max(f.decided_at) AS decided_at, max(f.reversed_at) AS reversed_at,
               max(f.outcome) AS outcome
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT * FROM application_facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate OFFSET 0) f
        GROUP BY k.organization, k.person, f.application
        """,
        *people.columns,
    )
    return [ToldApplication(*row) for row in rows]


async def load_applications(conn: Connection, people: People) -> list[Application]:
    """What is kept of these people's applications, under any of their ids."""
    rows = await conn.fetch(
        """
        SELECT a.organization, a.candidate, a.application, a.job, a.state, a.outcome, a.submitted_at
        FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
        CROSS JOIN LATERAL (SELECT * FROM applications a WHERE a.organization = k.organization
                            AND a.candidate = k.candidate OFFSET 0) a
        """,
        *people.ids,
    )
    return [to_application(row) for row in rows]


def to_application(row: Any) -> Application:
    """A row of the table, its columns in the table's order."""
    organization, candidate, application, job, state, outcome, submitted_at = row
    return Application(organization, candidate, application, job, ApplicationState(state), outcome, submitted_at)


async def save_applications(conn: Connection, differences: Differences[Application]) -> None:
    """Write what changed and remove what is gone. The only writer of the table."""
    if differences.gone:
        await _delete(conn, differences.gone)
    if differences.changed:
        await _upsert(conn, sorted(differences.changed, key=lambda a: a.key))


async def _delete(conn: Connection, gone: list[Application]) -> None:
    await conn.execute(
        """
        DELETE FROM applications a
        USING unnest($1::text[], $2::text[], $3::text[]) AS k(organization, candidate, application)
        WHERE a.organization = k.organization AND a.candidate = k.candidate AND a.application = k.application
        """,
        [a.organization for a in gone],
        [a.candidate for a in gone],
        [a.application for a in gone],
    )


async def _upsert(conn: Connection, applications: list[Application]) -> None:
    await conn.execute(
        """
        INSERT INTO applications (organization, candidate, application, job, state, outcome, submitted_at)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
        ON CONFLICT (organization, candidate, application) DO UPDATE
        SET (job, state, outcome, submitted_at)
          = (excluded.job, excluded.state, excluded.outcome, excluded.submitted_at)
        """,
        *map(list, zip(*applications, strict=True)),
    )
