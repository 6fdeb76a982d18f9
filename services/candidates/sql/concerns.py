"""Whom a rule concerns: most people of a batch have no decision, no open job and no mentor yet."""

from typing import NamedTuple

from shared.kit.db import Connection
from shared.kit.people import Pair, People


class Concerns(NamedTuple):
    """Who has, or had, a place in the pool; is looked at for jobs; is or was mentored; is kept until some day.

    `met`: whose interviews are, or were, counted. `corrected`: who corrected what is registered of them.
    """

    place: set[Pair]
    look: set[Pair]
    mentor: set[Pair]
    keep: set[Pair]
    met: set[Pair]
    corrected: set[Pair]


async def load_concerns(conn: Connection, people: People) -> Concerns:
    """Those of these people whom each rule concerns. For everybody else it has nothing to keep and nothing to say.

    What was kept or said of somebody has to go when its reason is gone. People are looked at for an open job that is
    not their own, or because somebody did before.
    """
    rows = await conn.fetch(
        """
        WITH k AS MATERIALIZED (
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS u(organization, person, candidate)
        )
        SELECT k.organization, k.person, f.topic AS what FROM k
        CROSS JOIN LATERAL (SELECT topic FROM facts f WHERE f.organization = k.organization
            AND f.candidate = k.candidate AND f.topic >= 'application-decided' AND f.topic <= 'mentorship-proposed'
            OFFSET 0) f
        WHERE f.topic IN ('application-decided', 'candidate-pooled', 'erasure-requested', 'interview-returned',
                          'match-reviewed', 'mentorship-proposed')
        UNION ALL
        SELECT k.organization, k.person, 'interview' FROM k
        CROSS JOIN LATERAL (SELECT FROM facts f WHERE f.organization = k.organization AND f.candidate = k.candidate
            AND f.topic >= 'feedback-submitted' AND f.topic <= 'interview-scheduled' LIMIT 1) f
        UNION ALL
        SELECT k.organization, k.person, 'corrected' FROM k
        CROSS JOIN LATERAL (SELECT FROM facts f WHERE f.organization = k.organization AND f.candidate = k.candidate
            AND f.topic = 'profile-corrected' LIMIT 1) f
        UNION ALL
        SELECT k.organization, k.person, 'closed' FROM k
        CROSS JOIN LATERAL (SELECT DISTINCT job FROM facts f WHERE f.organization = k.organization
            AND f.candidate = k.candidate AND f.job IS NOT NULL
            AND f.topic >= 'application-decided' AND f.topic <= 'interview-scheduled' OFFSET 0) f
        CROSS JOIN LATERAL (SELECT FROM facts c WHERE c.organization = k.organization AND c.fact = f.job
            AND c.topic = 'job-closed' OFFSET 0) c
        UNION ALL
        SELECT k.organization, k.person, 'member' FROM k
        CROSS JOIN LATERAL (SELECT FROM members m WHERE m.organization = k.organization
                            AND m.candidate = k.candidate LIMIT 1) m
        UNION ALL
        SELECT k.organization, k.person, 'opening' FROM k
        CROSS JOIN LATERAL (SELECT job FROM applications a WHERE a.organization = k.organization
                            AND a.candidate = k.candidate OFFSET 0) a
        CROSS JOIN LATERAL (SELECT coalesce((SELECT family FROM jobs j WHERE j.organization = k.organization
                            AND j.job = a.job), 'general') AS family OFFSET 0) f
        CROSS JOIN LATERAL (SELECT FROM jobs o WHERE o.organization = k.organization AND o.family = f.family
                            AND o.is_open AND o.job IS DISTINCT FROM a.job LIMIT 1) o
        UNION ALL
        SELECT k.organization, k.person, 'match' FROM k
        CROSS JOIN LATERAL (SELECT FROM matches m WHERE m.organization = k.organization
                            AND m.candidate = k.candidate LIMIT 1) m
        UNION ALL
        SELECT k.organization, k.person, 'mentorship' FROM k
        CROSS JOIN LATERAL (SELECT FROM mentorships m WHERE m.organization = k.organization
                            AND m.candidate = k.candidate AND m.candidate <> '' LIMIT 1) m
        UNION ALL
        SELECT k.organization, k.person, 'keeping' FROM k
        CROSS JOIN LATERAL (SELECT FROM keeping x WHERE x.organization = k.organization
                            AND x.candidate = k.candidate LIMIT 1) x
        """,
        *people.columns,
    )
    found = [((organization, person), what) for organization, person, what in rows]
    place, look, mentor, keep, said, ended, interviewed, corrected = (
        {pair for pair, what in found if what in reasons} for reasons in _REASONS
    )
    return Concerns(place, look, mentor, keep, said | (ended & interviewed), corrected)


_REASONS = (
    {"application-decided", "candidate-pooled", "member"},
    {"match-reviewed", "opening", "match"},
    {"mentorship-proposed", "mentorship"},
    {"application-decided", "erasure-requested", "keeping"},
    {"interview-returned"},
    {"application-decided", "closed"},
    {"interview"},
    {"corrected"},
)
