"""How organisations work."""

from collections.abc import Iterable

from services.insights.domain.people import Workplace
from shared.business_days import Calendar
from shared.contracts import InterviewerInsights
from shared.kit.db import Connection

UNCONFIGURED = Workplace(decision_answers=True)  # nothing leaves the house before somebody says so (rule 8)


async def load_workplaces(conn: Connection, organizations: Iterable[str]) -> dict[str, Workplace]:
    """The days they work and how soon they answer; the defaults where nothing was said."""
    wanted = sorted(set(organizations))
    rows = await conn.fetch(
        """
        SELECT u.organization, f.body ->> 'country' AS country, f.body ->> 'subdivision' AS subdivision,
               f.body ->> 'timezone' AS timezone, (f.body ->> 'answer_after')::integer AS answer_after,
               f.body ->> 'outreach_mode' IN ('off', 'shadow') AS decision_answers
        FROM unnest($1::text[]) AS u(organization)
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = u.organization
                            AND f.fact = u.organization AND f.topic = 'organization-configured' OFFSET 0) f
        """,
        wanted,
    )
    known = {
        organization: Workplace(Calendar(country, subdivision, timezone), answer_after, decision_answers)
        for organization, country, subdivision, timezone, answer_after, decision_answers in rows
    }
    return {organization: known.get(organization, UNCONFIGURED) for organization in wanted}


async def are_interviewers_told(conn: Connection, organization: str) -> bool:
    """Whether interviewers may see figures about themselves."""
    said: str | None = await conn.fetchval(
        """
        SELECT body ->> 'interviewer_insights' FROM facts
        WHERE organization = $1 AND fact = $1 AND topic = 'organization-configured'
        """,
        organization,
    )
    return said != InterviewerInsights.OFF


async def load_name(conn: Connection, organization: str) -> str:
    """How an organisation is called; its id where it never said."""
    said: str | None = await conn.fetchval(
        """
        SELECT body ->> 'name' FROM facts
        WHERE organization = $1 AND fact = $1 AND topic = 'organization-configured'
        """,
        organization,
    )
    return said or organization
