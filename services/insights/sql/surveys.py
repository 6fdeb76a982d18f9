"""Answers to surveys, with the batch they are shown in."""

from services.insights.domain.rows import AnswerBatch
from shared.kit.db import Connection


async def load_answers(
    conn: Connection, organization: str, *, of_job: str | None = None, of_cycle: str | None = None
) -> list[AnswerBatch]:
    """The answers of one job, of one cycle, or of everybody, each with its batch where all of that is shown here.

    A batch that was filled from a whole cycle is no part of any one job's page, as it would tell of fewer than five.
    """
    pools = ["job"] if of_job else ["job", "cycle"] if of_cycle else ["job", "cycle", "year"]
    rows = await conn.fetch(
        """
        SELECT organization, fact AS answer, job, body ->> 'cycle' AS cycle,
               CASE WHEN body #>> '{batch,pool}' = ANY($4::text[]) THEN body #>> '{batch,number}' END AS batch,
               ARRAY(SELECT a.value::integer FROM jsonb_array_elements_text(body -> 'answers') AS a(value)) AS answers,
               (body ->> 'recommend')::integer AS recommend
        FROM facts
        WHERE organization = $1 AND topic = 'survey-answered' AND ($2::text IS NULL OR job = $2)
          AND ($3::text IS NULL OR body ->> 'cycle' = $3)
        ORDER BY fact
        """,
        organization,
        of_job,
        of_cycle,
        pools,
    )
    return [
        AnswerBatch(organization, answer, job, cycle, batch, tuple(answers), recommend)
        for organization, answer, job, cycle, batch, answers, recommend in rows
    ]
