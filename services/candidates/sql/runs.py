"""Runs: what was looked at for each match and what came of it, kept for an audit."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.candidates.domain.matches import RULES_VERSION, MatchProposal, result_json
from shared.kit.columns import parted
from shared.kit.db import Connection
from shared.kit.people import People


class MatchRun(NamedTuple):
    """What was looked at and what came of it; all but names and instants are JSON. `demand`: what the job asked for."""

    run: str
    match: str
    candidate: str
    job: str
    derived_at: datetime
    rules_version: str
    inputs: str
    result: str
    demand: str
    review: str | None


async def save_runs(conn: Connection, proposals: Sequence[MatchProposal], now: datetime) -> None:
    """Keep each set of inputs once, and what a job asked for once for all of them."""
    if not proposals:
        return
    asked = {p.job_asked for p in proposals}
    await _save_demands(conn, sorted((j.organization, j.demand.demand, j.job, j.demand.body) for j in asked))
    await conn.execute(
        """
        INSERT INTO runs (organization, run, match, candidate, job, derived_at, rules_version, inputs, result, demand)
        SELECT organization, run, match, candidate, job, $9, $10, inputs, result, demand
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::json[], $7::json[], $8::text[])
             AS u(organization, run, match, candidate, job, inputs, result, demand)
        ORDER BY 1, 2 ON CONFLICT (organization, run) DO NOTHING
        """,
        [p.organization for p in proposals],
        [p.run for p in proposals],
        [p.match for p in proposals],
        [p.candidate for p in proposals],
        [p.job for p in proposals],
        [p.inputs for p in proposals],
        [result_json(p) for p in proposals],
        [p.job_asked.demand.demand for p in proposals],
        now,
        RULES_VERSION,
    )


async def _save_demands(conn: Connection, demands: Sequence[tuple[str, str, str, str]]) -> None:
    await conn.execute(
        """
        INSERT INTO demands (organization, demand, job, body)
        SELECT organization, demand, job, body
        FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[]) AS u(organization, demand, job, body)
        ORDER BY 1, 2 ON CONFLICT (organization, demand) DO NOTHING
        """,
        *map(list, zip(*demands, strict=True)),
    )


async def forget_erased(conn: Connection, people: People) -> None:
    """Forget what was looked at for people who were erased, and the matches they once had."""
    if not people.erased:
        return
    erased = parted(people.erased)
    await conn.execute(
        """
        DELETE FROM runs r USING unnest($1::text[], $2::text[]) AS k(organization, candidate)
        WHERE r.organization = k.organization AND r.candidate = k.candidate
        """,
        *erased,
    )
    await conn.execute(
        """
        DELETE FROM past_matches p
        USING unnest($1::text[], $2::text[], $3::timestamptz[]) AS k(organization, candidate, erased_at)
        WHERE p.organization = k.organization AND p.candidate = k.candidate AND p.closed_at <= k.erased_at
        """,
        *erased,
        list(people.erased.values()),
    )


async def load_runs(conn: Connection, organization: str, runs: Sequence[str]) -> list[MatchRun]:
    """These runs with what a person then did."""
    rows = await conn.fetch(
        """
        SELECT r.run, r.match, r.candidate, r.job, r.derived_at, r.rules_version, r.inputs, r.result, d.body AS demand,
               f.body AS review
        FROM unnest($2::text[]) AS k(run)
        CROSS JOIN LATERAL (SELECT * FROM runs r WHERE r.organization = $1 AND r.run = k.run OFFSET 0) r
        CROSS JOIN LATERAL (SELECT body FROM demands d WHERE d.organization = $1 AND d.demand = r.demand OFFSET 0) d
        LEFT JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = $1 AND f.fact = r.match
                           AND f.topic = 'match-reviewed' OFFSET 0) f ON true
        """,
        organization,
        runs,
    )
    return [MatchRun(*row) for row in rows]
