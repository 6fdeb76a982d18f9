"""Matches and their runs: evidence in, proposals kept."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.candidates.domain.blockers import ReviewedMatch
from services.candidates.domain.considered import Evidence, Kept, Openings, Rating, candidacies, families, only
from services.candidates.domain.interviews import Heard
from services.candidates.domain.matching import RULES_VERSION, Candidacy, Proposal, result_json
from services.candidates.sql.jobs import load_openings
from services.candidates.sql.records import load_records
from shared.contracts import MatchOutcome
from shared.kit.db import Connection
from shared.kit.people import Jobs, Pair, People


class Found(NamedTuple):
    """Who is to be looked at, and the openings there are."""

    candidacies: list[Candidacy]
    openings: Openings


class Match(NamedTuple):
    """One person for one job, as it stands."""

    match: str
    candidate: str
    job: str
    run: str
    blockers: list[str]


class Run(NamedTuple):
    """What was looked at and what came of it; `inputs` and `result` are JSON."""

    run: str
    match: str
    candidate: str
    job: str
    derived_at: datetime
    rules_version: str
    inputs: str
    result: str
    review: str | None


async def load_candidacies(conn: Connection, people: People, jobs: Jobs | None = None) -> Found:
    """Everyone of these people who is to be looked at for an open job, or for one of these jobs."""
    records = await load_records(conn, people)
    openings = only(await load_openings(conn, families(records)), jobs.pairs if jobs else None)
    return Found(candidacies(records, openings, await _load_evidence(conn, people)), openings)


async def load_stated_skills(conn: Connection, people: People) -> dict[Pair, list[str]]:
    """What people say they can, by their newest profile."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT ON (k.organization, k.person) k.organization, k.person,
               ARRAY(SELECT skill.value ->> 'name' FROM jsonb_array_elements(f.body -> 'skills') AS skill(value))
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT body, time FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate AND f.topic = 'candidate-registered' OFFSET 0) f
        ORDER BY k.organization, k.person, f.time DESC
        """,
        *people.columns,
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def _load_evidence(conn: Connection, people: People) -> Evidence:
    """Interviews, ratings and what was decided about earlier proposals."""
    interviews: dict[Pair, list[Heard]] = defaultdict(list)
    for heard in await load_interviews(conn, people):
        interviews[heard.organization, heard.candidate].append(heard)
    ratings: dict[Pair, list[Rating]] = defaultdict(list)
    for rating in await load_ratings(conn, people):
        ratings[rating.organization, rating.candidate].append(rating)
    return Evidence(interviews, ratings, await _load_reviews(conn, people))


async def load_interviews(conn: Connection, people: People) -> list[Heard]:
    """All that was said of these people's interviews."""
    rows = await conn.fetch(
        """
        SELECT organization, person, interview, max(application), max(job),
               max(starts_at) FILTER (WHERE topic = 'interview-scheduled'),
               max(ends_at) FILTER (WHERE topic = 'interview-scheduled'),
               max(said_at) FILTER (WHERE topic = 'interview-completed' AND basis = 'said'),
               max(coalesce(starts_at, said_at)) FILTER (WHERE topic = 'interview-completed' AND basis = 'assumed'),
               max(starts_at) FILTER (WHERE topic = 'interview-cancelled'),
               max(said_at) FILTER (WHERE topic = 'interview-cancelled'),
               max(starts_at) FILTER (WHERE topic = 'interview-missed'),
               max(said_at) FILTER (WHERE topic = 'interview-missed'),
               max(said_at) FILTER (WHERE topic = 'feedback-submitted')
        FROM (
            SELECT k.organization, k.person, f.interview, f.application, f.job, f.topic, f.starts_at, f.ends_at,
                   f.said_at, f.basis
            FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
            CROSS JOIN LATERAL (SELECT * FROM interview_facts f WHERE f.organization = k.organization
                                AND f.candidate = k.candidate OFFSET 0) f
            UNION ALL
            SELECT k.organization, k.person, f.interview, f.application, NULL, 'feedback-submitted', NULL, NULL,
                   f.submitted_at, NULL
            FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
            CROSS JOIN LATERAL (SELECT * FROM feedback f WHERE f.organization = k.organization
                                AND f.candidate = k.candidate AND f.interview IS NOT NULL OFFSET 0) f
            LEFT JOIN LATERAL (SELECT withdrawn_at FROM feedback_withdrawals w WHERE w.organization = k.organization
                               AND w.feedback = f.feedback OFFSET 0) w ON true
            WHERE (w.withdrawn_at >= f.submitted_at) IS NOT TRUE
        ) heard
        GROUP BY organization, person, interview ORDER BY organization, person, interview
        """,
        *people.columns,
    )
    return [Heard(*row) for row in rows]


async def load_ratings(conn: Connection, people: People) -> list[Rating]:
    """The newest ratings that stand, one per interviewer, interview and kind."""
    rows = await conn.fetch(
        """
        SELECT v.organization, v.person, v.application, r.rating ->> 'competency', r.rating ->> 'level', v.interviewer,
               coalesce(s.ends_at, v.submitted_at)
        FROM (
            SELECT DISTINCT ON (k.organization, k.person, f.application, f.interviewer, f.interview, f.kind)
                   k.organization, k.person, f.application, f.interviewer, f.interview, f.submitted_at, f.ratings
            FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
            CROSS JOIN LATERAL (SELECT * FROM feedback f WHERE f.organization = k.organization
                AND f.candidate = k.candidate AND f.kind IN ('interview', 'work_sample') OFFSET 0) f
            LEFT JOIN LATERAL (SELECT withdrawn_at FROM feedback_withdrawals w WHERE w.organization = k.organization
                               AND w.feedback = f.feedback OFFSET 0) w ON true
            WHERE (w.withdrawn_at >= f.submitted_at) IS NOT TRUE
            ORDER BY k.organization, k.person, f.application, f.interviewer, f.interview, f.kind,
                     f.submitted_at DESC, f.feedback DESC
        ) v
        CROSS JOIN LATERAL jsonb_array_elements(v.ratings) AS r(rating)
        LEFT JOIN LATERAL (
            SELECT (body ->> 'ends_at')::timestamptz AS ends_at FROM facts s WHERE s.organization = v.organization
              AND s.fact = v.interview AND s.topic = 'interview-scheduled' OFFSET 0) s ON true
        WHERE r.rating ->> 'level' IS NOT NULL
        ORDER BY 1, 2, 3, 4, 6, 5
        """,
        *people.columns,
    )
    return [Rating(*row) for row in rows]


async def _load_reviews(conn: Connection, people: People) -> dict[tuple[str, str, str], ReviewedMatch]:
    """By person and job, what somebody decided last."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, f.job, f.body ->> 'outcome', (f.body ->> 'reviewed_at')::timestamptz,
               f.body ->> 'by', f.body -> 'reason' ->> 'code'
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT job, body FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate AND f.topic = 'match-reviewed' OFFSET 0) f
        ORDER BY 5, 4
        """,
        *people.columns,
    )
    return {(r[0], r[1], r[2]): ReviewedMatch(MatchOutcome(r[3]), r[4], r[5], r[6]) for r in rows}


async def load_kept_of_people(conn: Connection, people: People) -> list[Kept]:
    """The matches of these people, under any of their ids."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.candidate, m.job, f.said IS NOT NULL
        FROM unnest($1::text[], $2::text[]) AS k(organization, candidate)
        CROSS JOIN LATERAL (SELECT job, match FROM matches m WHERE m.organization = k.organization
                            AND m.candidate = k.candidate OFFSET 0) m
        LEFT JOIN LATERAL (SELECT true AS said FROM facts f WHERE f.organization = k.organization
                           AND f.fact = m.match AND f.topic = 'candidate-matched' OFFSET 0) f ON true
        """,
        *people.ids,
    )
    return [Kept(*row) for row in rows]


async def load_kept_of_jobs(conn: Connection, jobs: Jobs) -> list[Kept]:
    """The matches of these jobs."""
    rows = await conn.fetch(
        """
        SELECT k.organization, m.candidate, k.job, f.said IS NOT NULL
        FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (SELECT candidate, match FROM matches m WHERE m.organization = k.organization
                            AND m.job = k.job OFFSET 0) m
        LEFT JOIN LATERAL (SELECT true AS said FROM facts f WHERE f.organization = k.organization
                           AND f.fact = m.match AND f.topic = 'candidate-matched' OFFSET 0) f ON true
        """,
        *jobs.columns,
    )
    return [Kept(*row) for row in rows]


async def save_matches(conn: Connection, gone: Sequence[Kept], proposals: Sequence[Proposal], now: datetime) -> None:
    """Keep these proposals with their runs, and forget what is gone."""
    await _delete_matches(conn, gone)
    await _save_proposals(conn, proposals)
    await _save_runs(conn, proposals, now)


async def _delete_matches(conn: Connection, gone: Sequence[Kept]) -> None:
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


async def _save_proposals(conn: Connection, proposals: Sequence[Proposal]) -> None:
    await conn.execute(
        """
        INSERT INTO matches AS m (organization, candidate, job, match, run, blockers, meets, of, must_haves_missed,
                                  score, newest_interview_at, due_at)
        SELECT organization, candidate, job, match, run, string_to_array(blockers, ','), meets, of, must_haves_missed,
               score, newest_interview_at, due_at
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::int[],
                    $9::int[], $10::float8[], $11::timestamptz[], $12::timestamptz[])
             AS u(organization, candidate, job, match, run, blockers, meets, of, must_haves_missed, score,
                  newest_interview_at, due_at)
        ORDER BY 1, 2, 3
        ON CONFLICT (organization, candidate, job) DO UPDATE
        SET (run, blockers, meets, of, must_haves_missed, score, newest_interview_at, due_at)
          = (excluded.run, excluded.blockers, excluded.meets, excluded.of, excluded.must_haves_missed, excluded.score,
             excluded.newest_interview_at, excluded.due_at)
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
    )


async def _save_runs(conn: Connection, proposals: Sequence[Proposal], now: datetime) -> None:
    await conn.execute(
        """
        INSERT INTO runs (organization, run, match, candidate, job, derived_at, rules_version, inputs, result)
        SELECT organization, run, match, candidate, job, $8, $9, inputs, result
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[])
             AS u(organization, run, match, candidate, job, inputs, result)
        ORDER BY 1, 2 ON CONFLICT (organization, run) DO NOTHING
        """,
        [p.organization for p in proposals],
        [p.run for p in proposals],
        [p.match for p in proposals],
        [p.candidate for p in proposals],
        [p.job for p in proposals],
        [p.inputs for p in proposals],
        [result_json(p) for p in proposals],
        now,
        RULES_VERSION,
    )


async def delete_runs(conn: Connection, people: People) -> None:
    """Forget what was looked at for people who were erased."""
    if not people.erased:
        return
    await conn.execute(
        """
        DELETE FROM runs r USING unnest($1::text[], $2::text[]) AS k(organization, candidate)
        WHERE r.organization = k.organization AND r.candidate = k.candidate
        """,
        [organization for organization, _ in people.erased],
        [candidate for _, candidate in people.erased],
    )


async def find_due_matches(conn: Connection, now: datetime, limit: int) -> list[Pair]:
    """For whom time alone may have changed what stands against a match."""
    rows = await conn.fetch(
        "SELECT organization, candidate FROM matches WHERE due_at <= $1 ORDER BY due_at LIMIT $2", now, limit
    )
    return [(row[0], row[1]) for row in rows]


async def load_match(conn: Connection, organization: str, match: str) -> Match | None:
    """One match as it stands, or None."""
    row = await conn.fetchrow(
        "SELECT match, candidate, job, run, blockers FROM matches WHERE organization = $1 AND match = $2",
        organization,
        match,
    )
    return Match(*row) if row else None


async def load_run(conn: Connection, organization: str, run: str) -> Run | None:
    """One run with what a person then did, or None."""
    row = await conn.fetchrow(
        """
        SELECT r.run, r.match, r.candidate, r.job, r.derived_at, r.rules_version, r.inputs, r.result, f.body
        FROM runs r
        LEFT JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = r.organization AND f.fact = r.match
                           AND f.topic = 'match-reviewed' OFFSET 0) f ON true
        WHERE r.organization = $1 AND r.run = $2
        """,
        organization,
        run,
    )
    return Run(*row) if row else None
