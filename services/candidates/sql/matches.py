"""Matches: proposals kept, and what became of those whose job was closed."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.candidates.domain.candidacies import MatchChanges, StandingMatch
from services.candidates.domain.matches import MatchProposal, place
from services.candidates.sql.runs import save_runs
from shared.kit.db import Connection
from shared.kit.people import Jobs, Pair, People


class Match(NamedTuple):
    """One person for one job, as it stands, or stood when the job was closed."""

    match: str
    candidate: str
    job: str
    run: str
    blockers: list[str]
    place: str
    closed_at: datetime | None


async def load_kept_of_people(conn: Connection, people: People) -> list[StandingMatch]:
    """The matches of these people, under any of their ids."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.candidate, m.job, f.said IS NOT NULL AS was_said
        FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
        CROSS JOIN LATERAL (SELECT job, match FROM matches m WHERE m.organization = k.organization
                            AND m.candidate = k.candidate OFFSET 0) m
        LEFT JOIN LATERAL (SELECT true AS said FROM facts f WHERE f.organization = k.organization
                           AND f.fact = m.match AND f.topic = 'candidate-matched' OFFSET 0) f ON true
        """,
        *people.ids,
    )
    return [StandingMatch(*row) for row in rows]


async def save_matches(conn: Connection, looked: MatchChanges, now: datetime) -> None:
    """Keep these proposals with their runs; forget what is gone, but for what ended with its job."""
    await _keep_past_matches(conn, looked.ended)
    await _delete_matches(conn, looked.gone)
    await _save_proposals(conn, looked.proposals)
    await save_runs(conn, looked.proposals, now)


async def _keep_past_matches(conn: Connection, ended: Sequence[StandingMatch]) -> None:
    """As they stood, where the job is closed indeed; whoever was erased since leaves nothing behind."""
    if not ended:
        return
    await conn.execute(
        """
        INSERT INTO past_matches (organization, candidate, job, match, run, blockers, meets, of, must_haves_missed,
                                  score, newest_interview_at, place, closed_at)
        SELECT m.organization, m.candidate, m.job, m.match, m.run, m.blockers, m.meets, m.of, m.must_haves_missed,
               m.score, m.newest_interview_at, m.place, c.closed_at
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, candidate, job)
        CROSS JOIN LATERAL (SELECT * FROM matches m WHERE m.organization = k.organization
                            AND m.candidate = k.candidate AND m.job = k.job OFFSET 0) m
        CROSS JOIN LATERAL (SELECT (body ->> 'closed_at')::timestamptz AS closed_at FROM facts c
                            WHERE c.organization = k.organization AND c.fact = k.job
                              AND c.topic = 'job-closed' OFFSET 0) c
        CROSS JOIN LATERAL (SELECT is_open FROM jobs j WHERE j.organization = k.organization
                            AND j.job = k.job OFFSET 0) j
        LEFT JOIN LATERAL (SELECT erased_at FROM people p WHERE p.organization = k.organization
                           AND p.candidate = k.candidate OFFSET 0) p ON true
        WHERE NOT j.is_open AND (p.erased_at < c.closed_at) IS NOT FALSE
        ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING
        """,
        [k.organization for k in ended],
        [k.candidate for k in ended],
        [k.job for k in ended],
    )


async def forget_past_matches(conn: Connection, jobs: Jobs) -> None:
    """These jobs are open, so what once stood when they were closed is told no more."""
    await conn.execute(
        """
        DELETE FROM past_matches WHERE ctid = ANY(ARRAY(
            SELECT p.ctid FROM unnest($1::text[], $2::text[]) AS k(organization, job)
            CROSS JOIN LATERAL (SELECT ctid FROM past_matches p WHERE p.organization = k.organization
                                AND p.job = k.job OFFSET 0) p))
        """,
        *jobs.columns,
    )


async def _delete_matches(conn: Connection, gone: Sequence[StandingMatch]) -> None:
    if not gone:
        return
    await conn.execute(
        """
        DELETE FROM matches WHERE ctid = ANY(ARRAY(
            SELECT m.ctid FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, candidate, job)
            CROSS JOIN LATERAL (SELECT ctid FROM matches m WHERE m.organization = k.organization
                                AND m.candidate = k.candidate AND m.job = k.job OFFSET 0) m))
        """,
        [k.organization for k in gone],
        [k.candidate for k in gone],
        [k.job for k in gone],
    )


async def _save_proposals(conn: Connection, proposals: Sequence[MatchProposal]) -> None:
    if not proposals:
        return
    await conn.execute(
        """
        INSERT INTO matches AS m (organization, candidate, job, match, run, blockers, meets, of, must_haves_missed,
                                  score, newest_interview_at, due_at, place)
        SELECT organization, candidate, job, match, run, string_to_array(blockers, ','), meets, of, must_haves_missed,
               score, newest_interview_at, due_at, place
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::int[],
                    $9::int[], $10::float8[], $11::timestamptz[], $12::timestamptz[], $13::text[])
             AS u(organization, candidate, job, match, run, blockers, meets, of, must_haves_missed, score,
                  newest_interview_at, due_at, place)
        ORDER BY 1, 2, 3
        ON CONFLICT (organization, candidate, job) DO UPDATE
        SET (run, blockers, meets, of, must_haves_missed, score, newest_interview_at, due_at, place)
          = (excluded.run, excluded.blockers, excluded.meets, excluded.of, excluded.must_haves_missed, excluded.score,
             excluded.newest_interview_at, excluded.due_at, excluded.place)
        WHERE (m.run, m.due_at) IS DISTINCT FROM (excluded.run, excluded.due_at)
        """,
        [p.organization for p in proposals],
        [p.candidate for p in proposals],
        [p.job for p in proposals],
        [p.match for p in proposals],
        [p.run for p in proposals],
        [",".join(p.blockers) for p in proposals],
        [p.meets for p in proposals],
        [p.of for p in proposals],
        [p.must_haves_missed for p in proposals],
        [p.score_shown for p in proposals],
        [p.newest_interview_at for p in proposals],
        [p.due_at for p in proposals],
        [place(p) for p in proposals],
    )


async def find_due_matches(conn: Connection, now: datetime, limit: int) -> list[Pair]:
    """For whom time alone may have changed what stands against a match."""
    rows = await conn.fetch(
        "SELECT organization, candidate FROM matches WHERE due_at <= $1 ORDER BY due_at LIMIT $2", now, limit
    )
    return [(organization, candidate) for organization, candidate in rows]


async def load_match(conn: Connection, organization: str, match: str) -> Match | None:
    """One match as it stands, or stood when its job was closed, or None."""
    row = await conn.fetchrow(
        """
        SELECT match, candidate, job, run, blockers, place, closed_at FROM shown_matches
        WHERE organization = $1 AND match = $2
        """,
        organization,
        match,
    )
    return Match(*row) if row else None


async def load_page(conn: Connection, organization: str, job: str, after: str, limit: int) -> list[Match]:
    """The next matches of a job in rule 2's order, as they stand, or stood when it was closed."""
    rows = await conn.fetch(
        """
        SELECT match, candidate, job, run, blockers, place, closed_at FROM shown_matches
        WHERE organization = $1 AND job = $2 AND place > $3 ORDER BY place LIMIT $4
        """,
        organization,
        job,
        after,
        limit,
    )
    return [Match(*row) for row in rows]


async def count_by_reason(conn: Connection, organization: str, job: str) -> dict[str, int]:
    """How many matches are kept of a job, by what first stands against them; by "" where nothing does."""
    rows = await conn.fetch(
        """
        SELECT coalesce(blockers[1], '') AS reason, count(*) FROM shown_matches
        WHERE organization = $1 AND job = $2 GROUP BY 1
        """,
        organization,
        job,
    )
    return {row["reason"]: row["count"] for row in rows}
