"""What the facts say about people's interviews."""

from collections import defaultdict

from services.candidates.domain.interviews import InterviewSaid
from shared.contracts.reading import SaidOfInterview
from shared.kit.db import Connection
from shared.kit.people import Pair, People


async def load_interviews(conn: Connection, people: People) -> dict[Pair, list[InterviewSaid]]:
    """All that was said of each interview of these people."""
    rows = await conn.fetch(
        """
        SELECT organization, person, interview, max(application) AS application, max(job) AS job,
               max(starts_at) FILTER (WHERE topic = 'interview-scheduled') AS starts_at,
               max(ends_at) FILTER (WHERE topic = 'interview-scheduled') AS ends_at,
               max(said_at) FILTER (WHERE topic = 'interview-completed' AND basis = 'said') AS completed_at,
               max(said_at) FILTER (WHERE topic = 'interview-completed' AND basis = 'assumed') AS assumed_at,
               max(starts_at) FILTER (WHERE topic = 'interview-completed' AND basis = 'assumed') AS assumed_slot,
               max(said_at) FILTER (WHERE topic = 'interview-cancelled') AS cancelled_at,
               max(starts_at) FILTER (WHERE topic = 'interview-cancelled') AS cancelled_slot,
               max(said_at) FILTER (WHERE topic = 'interview-missed') AS missed_at,
               max(starts_at) FILTER (WHERE topic = 'interview-missed') AS missed_slot,
               max(said_at) FILTER (WHERE topic = 'feedback-submitted') AS judged_at, min(candidate) AS known_as
        FROM (
            SELECT k.organization, k.person, k.candidate, f.interview, f.application, f.job, f.topic, f.starts_at,
                   f.ends_at, f.said_at, f.basis
            FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
            CROSS JOIN LATERAL (SELECT * FROM interview_facts f WHERE f.organization = k.organization
                                AND f.candidate = k.candidate OFFSET 0) f
            UNION ALL
            SELECT k.organization, k.person, k.candidate, f.interview, f.application, NULL, 'feedback-submitted', NULL,
                   NULL, f.submitted_at, NULL
            FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
            CROSS JOIN LATERAL (SELECT * FROM feedback f WHERE f.organization = k.organization
                                AND f.candidate = k.candidate AND f.interview IS NOT NULL OFFSET 0) f
            WHERE stands(f.submitted_at, f.withdrawn_at)
        ) heard
        GROUP BY organization, person, interview ORDER BY organization, person, interview
        """,
        *people.columns,
    )
    found: dict[Pair, list[InterviewSaid]] = defaultdict(list)
    for organization, person, interview, application, job, *said, known_as in rows:
        heard = InterviewSaid(organization, person, interview, application, job, SaidOfInterview(*said), known_as)
        found[organization, person].append(heard)
    return found
