"""Answers to surveys, of the batches that are shown."""

from services.insights.domain.rows import AnswerBatch
from shared.contracts import SurveyPool
from shared.contracts.reading import pools_shown
from shared.kit.db import Connection


async def load_answers(
    conn: Connection, organization: str, *, of_job: str | None = None, of_cycle: str | None = None
) -> list[AnswerBatch]:
    """The answers of one job, of one cycle, or of everybody; none of those says whose they are.

    Of a batch that did not arrive whole, none.
    """
    rows = await conn.fetch(
        """
        SELECT organization, fact AS answer, job, body ->> 'cycle' AS cycle,
               (body -> 'batch' ->> 'number')::integer AS batch,
               ARRAY(SELECT a.value::integer FROM jsonb_array_elements_text(body -> 'answers') AS a(value)) AS answers,
               (body ->> 'recommend')::integer AS recommend, (body ->> 'offer')::integer AS offer,
               body -> 'batch' ->> 'pool' AS pool
        FROM (
            SELECT *, count(*) OVER (PARTITION BY body -> 'batch') = (body -> 'batch' ->> 'size')::integer AS is_whole
            FROM facts
            WHERE organization = $1 AND topic = 'survey-answered' AND body -> 'batch' ->> 'pool' = ANY($4)
              AND ($2::text IS NULL OR job = $2) AND ($3::text IS NULL OR body ->> 'cycle' = $3)
        ) answered
        WHERE is_whole ORDER BY fact
        """,
        organization,
        of_job,
        of_cycle,
        pools_shown(of_job, of_cycle),
    )
    return [
        AnswerBatch(organization, answer, job, cycle, batch, tuple(answers), recommend, offer, SurveyPool(pool))
        for organization, answer, job, cycle, batch, answers, recommend, offer, pool in rows
    ]
