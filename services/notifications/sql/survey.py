"""Answers of surveys, which name nobody, and which surveys were answered."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.notifications.domain.survey import SurveyAnswers
from services.notifications.domain.survey_batches import ClosedBatch, WaitingAnswer, names_somebody
from shared.contracts import Saying, SurveyAnswered, SurveyBatch, SurveyPool
from shared.contracts.reading import place_of_batch, pools_shown
from shared.kit.columns import parted
from shared.kit.db import Connection
from shared.kit.people import Pair


async def load_shown(
    conn: Connection, organization: str, jobs: Sequence[str] | None, cycle: str | None
) -> list[SurveyAnswers]:
    """Answers about these jobs, a cycle, or all there are, of the batches that are shown whole of each."""
    rows = await conn.fetch(
        """
        SELECT a.answer, a.answers, a.recommend, CASE WHEN NOT b.names_somebody THEN a.text END AS text,
               b.batch, b.pool, a.job, a.cycle, a.offer
        FROM survey_batches b
        CROSS JOIN LATERAL (SELECT * FROM survey_answers a WHERE a.organization = b.organization
                            AND a.answer = b.answer OFFSET 0) a
        WHERE b.organization = $1 AND b.pool = ANY($2) AND ($3::text[] IS NULL OR a.job = ANY($3))
          AND ($4::text IS NULL OR a.cycle = $4)
        """,
        organization,
        pools_shown(jobs, cycle),
        jobs,
        cycle,
    )
    return [_answers(*row) for row in rows]


def _answers(
    answer: str,
    answers: str,
    recommend: int,
    text: str | None,
    batch: int,
    pool: str,
    job: str,
    cycle: str | None,
    offer: int | None,
) -> SurveyAnswers:
    job_and_cycle = (job, cycle) if pool == SurveyPool.JOB else None
    place = place_of_batch(SurveyPool(pool), job, cycle)
    return SurveyAnswers(answer, json.loads(answers), recommend, text, batch, job_and_cycle, offer, place)


async def load_waiting(conn: Connection) -> list[WaitingAnswer]:
    """Every answer that is in no batch yet. Waits for whoever closes batches at the moment."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('survey batches', 0))")
    rows = await conn.fetch(
        """
        SELECT a.organization, a.answer, a.time, a.job, a.cycle, a.text, f.body ->> 'batch' AS said
        FROM survey_answers a
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = a.organization AND f.fact = a.answer
                            AND f.topic = 'survey-answered' OFFSET 0) f
        WHERE NOT EXISTS (SELECT FROM survey_batches b WHERE b.organization = a.organization AND b.answer = a.answer)
        """
    )
    return [
        WaitingAnswer(organization, answer, time, job, cycle, text, _said(said))
        for organization, answer, time, job, cycle, text, said in rows
    ]


async def load_known_names(conn: Connection, jobs: Iterable[Pair]) -> dict[str, list[str]]:
    """By organisation: its colleagues, and everyone whom any fact names together with one of these jobs."""
    wanted = sorted(set(jobs))
    rows = await conn.fetch(
        """
        WITH asked AS (SELECT * FROM unnest($1::text[], $2::text[]) AS u(organization, job)), named AS (
            SELECT DISTINCT k.organization, f.candidate FROM asked k
            CROSS JOIN LATERAL (SELECT candidate FROM facts f WHERE f.organization = k.organization
                                AND f.job = k.job AND f.candidate IS NOT NULL OFFSET 0) f
        )
        SELECT n.organization, p.name FROM named n
        CROSS JOIN LATERAL (SELECT body ->> 'name' AS name FROM facts p WHERE p.organization = n.organization
                            AND p.fact = n.candidate AND p.topic = 'candidate-registered' OFFSET 0) p
        UNION
        SELECT k.organization, u.name FROM (SELECT DISTINCT organization FROM asked) k
        CROSS JOIN LATERAL (SELECT name FROM users u WHERE u.organization = k.organization OFFSET 0) u
        """,
        *parted(wanted),
    )
    found: dict[str, list[str]] = {organization: [] for organization, _ in wanted}
    for organization, name in rows:
        found[organization].append(name)
    return found


async def save_batches(conn: Connection, batches: Iterable[ClosedBatch], names: Mapping[str, Sequence[str]]) -> None:
    """Keep batches for ever, counted on in each organisation."""
    for batch in batches:
        organization = batch.answers[0].organization
        await conn.execute(
            """
            INSERT INTO survey_batches (organization, answer, names_somebody, pool, batch)
            SELECT $1, u.answer, u.names_somebody, $4, coalesce($5, (
                SELECT coalesce(max(b.batch), 0) + 1 FROM survey_batches b WHERE b.organization = $1
            )) FROM unnest($2::text[], $3::boolean[]) AS u(answer, names_somebody)
            """,
            organization,
            [a.answer for a in batch.answers],
            [names_somebody(a.text, names[organization]) for a in batch.answers],
            batch.pool,
            batch.number,
        )


async def load_unsaid(conn: Connection) -> list[Saying]:
    """Every answer that is in a batch, where that was not said yet."""
    rows = await conn.fetch(
        """
        SELECT b.organization, b.batch AS number, b.pool, b.size, f.body
        FROM (SELECT organization, answer, batch, pool, count(*) OVER (PARTITION BY organization, batch) AS size
              FROM survey_batches) b
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = b.organization AND f.fact = b.answer
                            AND f.topic = 'survey-answered' AND f.body ->> 'batch' IS NULL OFFSET 0) f
        ORDER BY b.organization, b.answer
        """
    )
    return [
        Saying(organization, _batched(body, {"number": number, "pool": pool, "size": size}))
        for organization, number, pool, size, body in rows
    ]


def _said(batch: str | None) -> SurveyBatch | None:
    return SurveyBatch.model_validate_json(batch) if batch else None


def _batched(body: str, batch: dict[str, Any]) -> SurveyAnswered:
    return SurveyAnswered.model_validate({**json.loads(body), "batch": batch})


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
