"""What an auditor compares groups of people by: applications, and levels. Nothing is written."""

from typing import NamedTuple

from services.insights.domain.rows import Candidacy
from services.insights.sql.rows import CANDIDACIES_READ
from shared.kit.db import Connection


class LevelOfPerson(NamedTuple):
    """One level that somebody was given."""

    candidate: str
    level: float


async def load_candidacies(
    conn: Connection, organization: str, candidates: list[str], job: str | None
) -> list[Candidacy]:
    """The applications of these people, or those for one job."""
    rows = await conn.fetch(
        """
        SELECT c.* FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT * FROM candidacies c WHERE c.organization = $1 AND c.candidate = k.candidate
                            AND c.candidate <> '' OFFSET 0) c
        WHERE $3::text IS NULL OR c.job = $3
        """,
        organization,
        candidates,
        job,
    )
    return CANDIDACIES_READ.validate_python([Candidacy(*row) for row in rows])


async def load_levels(
    conn: Connection, organization: str, candidates: list[str], job: str | None
) -> list[LevelOfPerson]:
    """Every level that these people were given, or those for one job."""
    rows = await conn.fetch(
        """
        SELECT a.candidate, a.level FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (SELECT candidate, job, level FROM assessments a WHERE a.organization = $1
                            AND a.candidate = k.candidate AND a.candidate <> '' OFFSET 0) a
        WHERE a.level IS NOT NULL AND ($3::text IS NULL OR a.job = $3)
        """,
        organization,
        candidates,
        job,
    )
    return [LevelOfPerson(*row) for row in rows]
