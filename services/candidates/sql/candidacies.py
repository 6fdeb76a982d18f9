"""What is known for looking at people for jobs: ratings, and what was decided about earlier proposals."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from services.candidates.domain.blockers import ReviewedMatch
from services.candidates.domain.candidacies import (
    Evidence,
    InterviewRatings,
    Openings,
    candidacies,
    families,
    own_applicants,
)
from services.candidates.domain.matches import Consideration, MatchProposal, propose
from services.candidates.domain.records import CandidateRecord
from services.candidates.sql.jobs import find_applicants_of, load_openings, load_openings_of, load_people
from services.candidates.sql.records import load_records
from shared.contracts import MatchOutcome
from shared.kit.db import Connection
from shared.kit.people import Jobs, Pair, People, slices

AT_ONCE = 500  # people that are held at once


class MatchCandidates(NamedTuple):
    """Who is to be looked at, and the openings there are."""

    candidacies: list[Consideration]
    openings: Openings


async def load_candidacies(conn: Connection, people: People, records: Sequence[CandidateRecord]) -> MatchCandidates:
    """Everyone of these people who is to be looked at for an open job; `records` are theirs."""
    return await _look(conn, people, records, await load_openings(conn, families(records)))


async def load_applicants(conn: Connection, jobs: Jobs, now: datetime) -> list[MatchProposal]:
    """The job's own applicants among those considered for it: no matches are kept of them."""
    found: list[Consideration] = []
    for some in slices(await find_applicants_of(conn, jobs), AT_ONCE):
        people = await load_people(conn, some)
        found += own_applicants((await load_candidacies_for(conn, people, jobs, closed_too=True)).candidacies)
    return propose(found, now)


async def load_candidacies_for(
    conn: Connection, people: People, jobs: Jobs, *, closed_too: bool = False
) -> MatchCandidates:
    """Everyone of these people who is to be looked at for those of these jobs that are open, or for all of them."""
    openings = await load_openings_of(conn, jobs, closed_too=closed_too)
    return await _look(conn, people, await load_records(conn, people) if openings else [], openings)


async def _look(
    conn: Connection, people: People, records: Sequence[CandidateRecord], openings: Openings
) -> MatchCandidates:
    asked = {r.competency for opened in openings.values() for job in opened for r in job.requirements}
    evidence = await _load_evidence(conn, people, asked) if openings else Evidence({}, {})
    return MatchCandidates(candidacies(records, openings, evidence), openings)


async def load_stated_skills(conn: Connection, people: People) -> dict[Pair, list[str]]:
    """What people say they can, by their newest profile."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT ON (k.organization, k.person) k.organization, k.person,
               ARRAY(SELECT skill.value ->> 'name' FROM jsonb_array_elements(f.body -> 'skills') AS skill(value))
                   AS skills
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT body, time FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate AND f.topic = 'candidate-registered' OFFSET 0) f
        ORDER BY k.organization, k.person, f.time DESC, k.candidate DESC
        """,
        *people.columns,
    )
    return {(organization, person): skills for organization, person, skills in rows}


async def _load_evidence(conn: Connection, people: People, asked: Collection[str]) -> Evidence:
    """Ratings of the competencies that are asked for, and what was decided about earlier proposals."""
    ratings: dict[Pair, list[InterviewRatings]] = defaultdict(list)
    for rating in await load_ratings(conn, people, sorted(asked)):
        ratings[rating.organization, rating.candidate].append(rating)
    return Evidence(ratings, await _load_reviews(conn, people))


async def load_ratings(
    conn: Connection, people: People, asked: Collection[str] | None = None
) -> list[InterviewRatings]:
    """The newest ratings that stand, one per interviewer, interview and kind; of all competencies, or these."""
    rows = await conn.fetch(
        """
        SELECT v.organization, v.person AS candidate, v.application, v.interviewer,
               coalesce(s.ends_at, v.submitted_at) AS rated_at, r.competencies, r.levels
        FROM (
            SELECT DISTINCT ON (k.organization, k.person, f.application, f.interviewer, f.interview, f.kind)
                   k.organization, k.person, f.application, f.interviewer, f.interview, f.submitted_at, f.ratings
            FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
            CROSS JOIN LATERAL (SELECT * FROM feedback f WHERE f.organization = k.organization
                AND f.candidate = k.candidate AND f.kind IN ('interview', 'work_sample') OFFSET 0) f
            WHERE stands(f.submitted_at, f.withdrawn_at)
            ORDER BY k.organization, k.person, f.application, f.interviewer, f.interview, f.kind,
                     f.submitted_at DESC, f.feedback DESC
        ) v
        CROSS JOIN (SELECT jsonb_object($4::text[], $4::text[]) AS asked OFFSET 0) a
        CROSS JOIN LATERAL (
            SELECT array_agg(r.competency) AS competencies, array_agg(r.level) AS levels
            FROM jsonb_to_recordset(v.ratings) AS r(competency text, level text)
            WHERE r.level IS NOT NULL AND ($4::text[] IS NULL OR a.asked ? r.competency)
        ) r
        LEFT JOIN LATERAL (
            SELECT (body ->> 'ends_at')::timestamptz AS ends_at FROM facts s WHERE s.organization = v.organization
              AND s.fact = v.interview AND s.topic = 'interview-scheduled' OFFSET 0) s ON true
        WHERE r.competencies IS NOT NULL
        ORDER BY 1, 2, 3, 4, 5
        """,
        *people.columns,
        asked,
    )
    return [InterviewRatings(*row) for row in rows]


async def _load_reviews(conn: Connection, people: People) -> dict[tuple[str, str, str], ReviewedMatch]:
    """By person and job, what somebody decided last."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, f.job, f.body ->> 'outcome' AS outcome,
               (f.body ->> 'reviewed_at')::timestamptz AS reviewed_at, f.body ->> 'by' AS by,
               f.body -> 'reason' ->> 'code' AS reason
        FROM unnest($1::text[], $2::text[], $3::text[]) AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT job, body FROM facts f WHERE f.organization = k.organization
                            AND f.candidate = k.candidate AND f.topic = 'match-reviewed' OFFSET 0) f
        ORDER BY 5, 4
        """,
        *people.columns,
    )
    return {
        (organization, person, job): ReviewedMatch(MatchOutcome(outcome), *review)
        for organization, person, job, outcome, *review in rows
    }
