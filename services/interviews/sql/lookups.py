"""One thing by its id, and the facts behind it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from services.interviews.domain.applications import Application
from services.interviews.domain.interviews import Interview
from services.interviews.domain.jobs import JobStatus
from services.interviews.sql.applications import to_application
from services.interviews.sql.interviews import to_interview
from services.interviews.sql.jobs import to_job
from shared.contracts import Event
from shared.kit.db import Connection

E = TypeVar("E", bound=Event)


async def load_facts(conn: Connection, organization: str, fact: str, topics: Sequence[str]) -> dict[str, str]:
    """The body of each version of a fact that is known, by topic."""
    rows = await conn.fetch(
        "SELECT topic, body FROM facts WHERE organization = $1 AND fact = $2 AND topic = ANY($3::text[])",
        organization,
        fact,
        list(topics),
    )
    return {row["topic"]: row["body"] for row in rows}


async def find_said(conn: Connection, organization: str, fact: str, contract: type[E]) -> E | None:
    """What was said last of a fact in this topic."""
    body = (await load_facts(conn, organization, fact, [contract.topic])).get(contract.topic)
    return contract.model_validate_json(body) if body else None


async def find_instant(conn: Connection, organization: str, fact: str, contract: type[Event]) -> datetime | None:
    """The instant of its own that what was said has: when it was decided, closed, submitted."""
    return instant_of(await find_said(conn, organization, fact, contract))


def instant_of(said: Event | None) -> datetime | None:
    """The instant of its own."""
    at: datetime | None = getattr(said, said.instants[0]) if said else None
    return at


async def find_withdrawal(conn: Connection, organization: str, feedback: str, candidate: str) -> str | None:
    """The body of a feedback's withdrawal, if it names the same person by any id."""
    body: str | None = await conn.fetchval(
        """
        SELECT body FROM facts WHERE organization = $1 AND fact = $2 AND topic = 'feedback-withdrawn'
          AND are_one_person(organization, candidate, $3)
        """,
        organization,
        feedback,
        candidate,
    )
    return body


async def find_job(conn: Connection, organization: str, job: str) -> JobStatus | None:
    """Where a job stands, or None when nothing was said of it."""
    row = await conn.fetchrow(
        """
        SELECT organization, job, title, state, opened_at, managers, family, cycle, team, spelled FROM jobs
        WHERE organization = $1 AND job = $2
        """,
        organization,
        job,
    )
    return to_job(row) if row else None


async def find_application(conn: Connection, organization: str, application: str) -> Application | None:
    """Where an application stands, or None when nothing was said of it."""
    row = await conn.fetchrow(
        """
        SELECT organization, candidate, application, job, state, outcome, submitted_at FROM applications
        WHERE organization = $1 AND application = $2 AND application <> '' ORDER BY submitted_at, candidate LIMIT 1
        """,
        organization,
        application,
    )
    return to_application(row) if row else None


async def find_interview(conn: Connection, organization: str, interview: str) -> Interview | None:
    """What became of an interview, or None when nothing was said of it."""
    row = await conn.fetchrow(
        """
        SELECT organization, candidate, interview, application, job, state, basis, starts_at, ended_at, interviewers,
               owed_by, due_at
        FROM interviews
        WHERE organization = $1 AND interview = $2 AND interview <> '' ORDER BY due_at, candidate LIMIT 1
        """,
        organization,
        interview,
    )
    return to_interview(row) if row else None


async def find_name(conn: Connection, organization: str, candidate: str) -> str | None:
    """What somebody is called, by the newest profile under any of their ids; None while nobody said it."""
    name: str | None = await conn.fetchval(
        """
        SELECT f.body ->> 'name' FROM people_named(ARRAY[$1::text], ARRAY[$2::text]) p
        CROSS JOIN LATERAL (SELECT body, time FROM facts f WHERE f.organization = $1 AND f.candidate = p.candidate
                            AND f.topic = 'candidate-registered' OFFSET 0) f
        ORDER BY f.time DESC LIMIT 1
        """,
        organization,
        candidate,
    )
    return name


async def find_managed_jobs(conn: Connection, organization: str, user: str) -> list[str]:
    """The jobs somebody manages the hiring for."""
    rows = await conn.fetch(
        "SELECT job FROM jobs WHERE organization = $1 AND $2 = ANY(managers) ORDER BY job", organization, user
    )
    return [row[0] for row in rows]


async def is_interviewer(conn: Connection, application: Application, interview: str | None, user: str) -> bool:
    """True when somebody is an interviewer of this interview, or of any of the application."""
    return bool(
        await conn.fetchval(
            """
            SELECT EXISTS (
                SELECT FROM interviews
                WHERE organization = $1 AND candidate = $2 AND application = $3
                  AND ($4::text IS NULL OR interview = $4) AND $5 = ANY(interviewers))
            """,
            application.organization,
            application.candidate,
            application.application,
            interview,
            user,
        )
    )
