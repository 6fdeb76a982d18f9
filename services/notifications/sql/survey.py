"""Answers of surveys, which name nobody, and which surveys were answered."""

import json

from services.notifications.domain.survey import SurveyAnswers
from shared.kit.db import Connection


async def load_answered(conn: Connection, organization: str, job: str | None, cycle: str | None) -> list[SurveyAnswers]:
    """Answers about a job, a cycle, or all there are, in the order in which they came."""
    rows = await conn.fetch(
        """
        SELECT answer, answers, recommend, text FROM survey_answers
        WHERE organization = $1 AND ($2::text IS NULL OR job = $2) AND ($3::text IS NULL OR cycle = $3)
        ORDER BY time, answer
        """,
        organization,
        job,
        cycle,
    )
    return [SurveyAnswers(answer, json.loads(answers), recommend, text) for answer, answers, recommend, text in rows]


async def use_survey(conn: Connection, organization: str, letter: str) -> bool:
    """Note that this survey was answered; False when it was before. Neither when nor what is noted."""
    status = await conn.execute(
        """
        INSERT INTO used_surveys (organization, letter) VALUES ($1, $2)
        ON CONFLICT (organization, letter) DO NOTHING
        """,
        organization,
        letter,
    )
    return status.endswith(" 1")


async def is_survey_used(conn: Connection, organization: str, letter: str) -> bool:
    """True when this survey was answered."""
    return bool(
        await conn.fetchval(
            "SELECT EXISTS (SELECT FROM used_surveys WHERE organization = $1 AND letter = $2)", organization, letter
        )
    )


async def find_cycle(conn: Connection, organization: str, job: str) -> str | None:
    """The cycle a job belongs to, if any."""
    cycle: str | None = await conn.fetchval(
        "SELECT cycle FROM openings WHERE organization = $1 AND job = $2", organization, job
    )
    return cycle
