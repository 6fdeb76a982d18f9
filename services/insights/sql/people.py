"""What was heard of people: all facts under any of their ids, of texts only how many there are."""

from collections import defaultdict

from pydantic_core import from_json

from services.insights.domain.heard import HeardPerson
from services.insights.domain.hearing import SavedFact, hear
from shared.kit.db import Connection
from shared.kit.people import Pair, People


async def load_heard(conn: Connection, people: People) -> list[HeardPerson]:
    """Everything heard of these people; those of whom nothing is kept have nothing."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, f.topic, f.fact, f.job, f.time, f.historical, f.body
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
        """,
        *people.columns,
    )
    found: dict[Pair, list[SavedFact]] = defaultdict(list)
    for organization, person, topic, fact, job, time, historical, body in rows:
        found[organization, person].append(SavedFact(topic, fact, job, time, historical, from_json(body)))
    return [hear(*pair, found[pair]) for pair in people.pairs]
