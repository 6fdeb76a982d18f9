"""Ratings of released letters, and whose words went into them."""

from services.notifications.domain.usefulness import LetterRating
from shared.kit.db import Connection


async def load_ratings(conn: Connection, organization: str) -> list[LetterRating]:
    """Each rating of a released letter, once for each interviewer with an item in it."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT f.body ->> 'interviewer' AS interviewer, l.fact AS letter,
               (r.body ->> 'responded_at')::timestamptz AS at, (r.body ->> 'rating')::integer AS rating
        FROM facts l
        CROSS JOIN LATERAL (SELECT body FROM facts r WHERE r.organization = l.organization
                            AND r.candidate = l.candidate AND r.topic = 'candidate-responded'
                            AND r.body ->> 'kind' = 'feedback_rated' AND r.body ->> 'letter' = l.fact OFFSET 0) r
        CROSS JOIN LATERAL jsonb_array_elements((l.body -> 'strengths') || (l.body -> 'development')) AS item(value)
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = l.organization
                            AND f.fact = item.value ->> 'feedback' AND f.topic = 'feedback-submitted' OFFSET 0) f
        WHERE l.organization = $1 AND l.topic = 'feedback-released'
        """,
        organization,
    )
    return [LetterRating(*row) for row in rows]
