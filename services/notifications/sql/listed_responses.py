"""What somebody answered or asked for, as it is listed."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from shared.kit.db import Connection


class ListedResponse(NamedTuple):
    """One answer or wish. A rating is nobody's to see: ratings are shown in fives."""

    response: str
    candidate: str
    kind: str
    responded_at: datetime
    until: datetime | None
    letter: str | None
    match: str | None
    via: str | None
    text: str | None


class ResponseSearch(NamedTuple):
    """Whose, by all their ids, of which kind, from which one on."""

    candidates: Sequence[str]
    kind: str | None
    after: tuple[datetime, str]
    limit: int


async def load_responses(conn: Connection, organization: str, wanted: ResponseSearch) -> list[ListedResponse]:
    """Answers and wishes in the order in which they were given."""
    rows = await conn.fetch(
        """
        SELECT r.fact AS response, r.candidate, r.body ->> 'kind' AS kind, r.responded_at,
               (r.body ->> 'until')::timestamptz AS until, r.body ->> 'letter' AS letter, r.body ->> 'match' AS match,
               r.body ->> 'via' AS via, r.body ->> 'text' AS text
        FROM unnest($2::text[]) AS k(candidate)
        CROSS JOIN LATERAL (
            SELECT fact, candidate, body, (body ->> 'responded_at')::timestamptz AS responded_at
            FROM facts f WHERE f.organization = $1 AND f.candidate = k.candidate
              AND f.topic = 'candidate-responded' OFFSET 0) r
        WHERE ($3::text IS NULL OR r.body ->> 'kind' = $3) AND (r.responded_at, r.fact) > ($4, $5)
        ORDER BY r.responded_at, r.fact LIMIT $6
        """,
        organization,
        wanted.candidates,
        wanted.kind,
        *wanted.after,
        wanted.limit,
    )
    return [ListedResponse(*row) for row in rows]
