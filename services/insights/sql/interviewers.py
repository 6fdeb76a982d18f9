"""What one interviewer may see of themselves, and nobody else: found when they ask, kept nowhere."""

from services.insights.domain.heard import HeardJob
from services.insights.domain.rows import Assessment, Scorecard
from services.insights.sql.rows import ASSESSMENTS_READ, SCORECARDS_READ
from shared.kit.db import Connection


async def load_rated_together(conn: Connection, organization: str, interviewer: str) -> list[Assessment]:
    """What they and others rated of the same people in the same things: `calibrate` takes it as it is."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT o.* FROM (
            SELECT organization, candidate, application, competency FROM assessments a
            WHERE a.organization = $1 AND a.interviewer = $2 AND a.interviewer <> '' AND a.level IS NOT NULL
            OFFSET 0) a
        CROSS JOIN LATERAL (SELECT * FROM assessments o WHERE o.organization = a.organization
                            AND o.candidate = a.candidate AND o.candidate <> ''
                            AND o.application = a.application AND o.competency = a.competency OFFSET 0) o
        ORDER BY o.feedback, o.competency
        """,
        organization,
        interviewer,
    )
    return ASSESSMENTS_READ.validate_python([Assessment(*row) for row in rows])


async def load_own(conn: Connection, organization: str, interviewer: str) -> tuple[list[Scorecard], list[Assessment]]:
    """The feedback they owed or gave, and what they rated."""
    scorecards = await conn.fetch(
        """
        SELECT * FROM scorecards s WHERE s.organization = $1 AND s.interviewer = $2 AND s.interviewer <> ''
        ORDER BY s.interview
        """,
        organization,
        interviewer,
    )
    assessments = await conn.fetch(
        """
        SELECT * FROM assessments a WHERE a.organization = $1 AND a.interviewer = $2 AND a.interviewer <> ''
        ORDER BY a.feedback, a.competency
        """,
        organization,
        interviewer,
    )
    given = SCORECARDS_READ.validate_python([Scorecard(*row) for row in scorecards])
    return given, ASSESSMENTS_READ.validate_python([Assessment(*row) for row in assessments])


async def find_owed(conn: Connection, job: HeardJob, interviewer: str) -> set[str]:
    """The people of a job about whom an interviewer still owes feedback."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT candidate FROM scorecards s WHERE s.organization = $1 AND s.interviewer = $2
        AND s.interviewer <> '' AND s.job = $3 AND s.given_at IS NULL
        """,
        job.organization,
        interviewer,
        job.job,
    )
    return {row[0] for row in rows}
