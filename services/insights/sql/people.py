"""What was heard of people: all facts under any of their ids, of texts only how many there are."""

from datetime import datetime

from pydantic_core import from_json

from services.insights.domain.heard import HeardPerson
from services.insights.domain.hearing import SavedFact, hear
from shared.kit.db import Connection
from shared.kit.people import People


async def load_heard(conn: Connection, people: People) -> list[HeardPerson]:
    """Everything heard of these people; those of whom nothing is kept have nothing."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person,
               json_agg(json_build_array(f.topic, f.fact, f.job, f.time, f.historical, f.body)) AS facts
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (
            SELECT topic, fact, job, time, historical,
                   CASE topic
                   WHEN 'feedback-submitted' THEN (body - '{shareable,misconceptions}'::text[]) || jsonb_build_object(
                       'strengths', jsonb_array_length(coalesce(nullif(body -> 'shareable', 'null') -> 'strengths',
                                                                '[]')),
                       'development', jsonb_array_length(coalesce(nullif(body -> 'shareable', 'null') -> 'development',
                                                                  '[]')),
                       'misconceptions', jsonb_path_query_array(body, '$.misconceptions[*].about'))
                   WHEN 'feedback-released' THEN (body - 'strengths') || jsonb_build_object(
                       'development', jsonb_path_query_array(body, '$.development[*].competency'))
                   WHEN 'candidate-responded' THEN body - 'text'
                   WHEN 'candidate-matched' THEN '{}'::jsonb
                   ELSE body END AS body
            FROM facts f WHERE f.organization = k.organization AND f.candidate = k.candidate
              AND f.topic >= 'answer-overdue' AND f.topic <= 'outreach-sent' OFFSET 0) f
        GROUP BY k.organization, k.person
        """,
        *people.columns,
    )
    found = {(organization, person): _saved(facts) for organization, person, facts in rows}
    return [hear(*pair, found.get(pair, ())) for pair in people.pairs]


def _saved(facts: str) -> list[SavedFact]:
    return [
        SavedFact(topic, fact, job, datetime.fromisoformat(time), historical, body)
        for topic, fact, job, time, historical, body in from_json(facts)
    ]
