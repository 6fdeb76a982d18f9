"""The rows of people: their only writer, and how the rows of one job come back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pydantic import TypeAdapter

from services.insights.domain.heard import HeardJob
from services.insights.domain.rows import (
    Assessment,
    Candidacy,
    Growth,
    PersonRows,
    Reuse,
    RoundRows,
    Scorecard,
    Sitting,
    Tally,
)
from shared.contracts import first_of
from shared.kit.db import Connection
from shared.kit.derived import DerivedTable, DerivedTables
from shared.kit.people import Jobs, Pair, People

Row = TypeVar("Row")

CANDIDACIES_READ = TypeAdapter(list[Candidacy])
SCORECARDS_READ = TypeAdapter(list[Scorecard])
ASSESSMENTS_READ = TypeAdapter(list[Assessment])
_GROWTHS_READ = TypeAdapter(list[Growth])
_REUSES_READ = TypeAdapter(list[Reuse])
_ROUND_READ = TypeAdapter(tuple[list[Candidacy], list[Sitting], list[Scorecard], list[Assessment], list[Growth]])
_RATED_READ = TypeAdapter(tuple[list[Assessment]])


CANDIDACIES = DerivedTable[Candidacy](
    "candidacies",
    key=("organization", "application"),
    columns={
        "organization": "text", "application": "text", "candidate": "text", "job": "text", "family": "text",
        "cycle": "text", "submitted_at": "timestamptz", "first_at": "timestamptz", "last_at": "timestamptz",
        "steps": "text[]", "decided_at": "timestamptz", "outcome": "text", "reason_code": "text",
        "reason_class": "text", "answered_at": "timestamptz", "due_at": "timestamptz", "late": "boolean",
        "verdicts": "integer", "agreed": "boolean", "tier": "text", "status": "text", "rediscovered": "boolean",
        "letter": "text",
    },
    about=("job",),
    found_by="job",
)  # fmt: skip
SITTINGS = DerivedTable[Sitting](
    "sittings",
    key=("organization", "interview"),
    columns={
        "organization": "text", "interview": "text", "candidate": "text", "application": "text", "job": "text",
        "stage": "text", "position": "integer", "state": "text", "by": "text", "began_at": "timestamptz",
        "ended_at": "timestamptz", "asks": "text[]", "is_counted": "boolean", "returned": "text",
        "without_loop": "text", "counted_from": "timestamptz",
    },
    about=("job",),
    found_by="job",
)  # fmt: skip
SCORECARDS = DerivedTable[Scorecard](
    "scorecards",
    key=("organization", "interview", "interviewer"),
    columns={
        "organization": "text", "interview": "text", "interviewer": "text", "candidate": "text", "job": "text",
        "owed_at": "timestamptz", "due_at": "timestamptz", "given_at": "timestamptz", "withdrawn": "boolean",
        "has_strengths": "boolean", "has_development": "boolean", "misconceptions": "text[]",
        "put_right": "text[]",
    },
    about=("job",),
    found_by="job",
)  # fmt: skip
ASSESSMENTS = DerivedTable[Assessment](
    "assessments",
    key=("organization", "feedback", "competency"),
    columns={
        "organization": "text", "feedback": "text", "competency": "text", "candidate": "text", "application": "text",
        "job": "text", "interviewer": "text", "interview": "text", "asked": "boolean", "given": "boolean",
        "level": "double precision", "job_level": "integer", "at": "timestamptz",
    },
    about=("job",),
    found_by="job",
)  # fmt: skip
GROWTHS = DerivedTable[Growth](
    "growths",
    key=("organization", "candidate", "competency", "letter"),
    columns={
        "organization": "text", "candidate": "text", "competency": "text", "letter": "text", "application": "text",
        "job": "text", "family": "text", "kind": "text", "before": "double precision", "after": "double precision",
        "after_at": "timestamptz", "taken_up": "boolean",
    },
    named={"candidate": "person"},
    about=("job",),
    found_by="job",
)  # fmt: skip
REUSES = DerivedTable[Reuse](
    "reuses",
    key=("organization", "match"),
    columns={
        "organization": "text", "match": "text", "candidate": "text", "job": "text", "earlier": "text",
        "proposed": "boolean", "accepted": "boolean", "interested": "boolean", "applied": "boolean",
        "hired": "boolean", "accepted_at": "timestamptz",
    },
    about=("job", "earlier"),
)  # fmt: skip


OF_PEOPLE = DerivedTables((CANDIDACIES, SITTINGS, SCORECARDS, ASSESSMENTS, GROWTHS, REUSES))
_OF_A_ROUND = DerivedTables((CANDIDACIES, SITTINGS, SCORECARDS, ASSESSMENTS, GROWTHS))
_RATED = DerivedTables((ASSESSMENTS,))


async def save_rows(conn: Connection, people: People, rows: Sequence[PersonRows]) -> set[Pair]:
    """Keep these rows and no others of these people; (organisation, job) of the rounds to be summed up anew."""
    by_table = [[row for person in rows for row in person[n]] for n in range(len(OF_PEOPLE.tables))]
    return await OF_PEOPLE.keep_and_find(conn, people.ids, by_table)


async def find_parts(conn: Connection, people: People) -> set[tuple[str, str, str]]:
    """(organisation, person, job) of every round in which these people have a part as yet, whoever they were then."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.person, c.job FROM unnest($1::text[], $2::text[], $3::text[])
            AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT job FROM candidacies c WHERE c.organization = k.organization
                            AND c.candidate = k.candidate AND c.candidate <> '' OFFSET 0) c
        WHERE c.job IS NOT NULL
        UNION
        SELECT k.organization, k.person, s.job FROM unnest($1::text[], $2::text[], $3::text[])
            AS k(organization, person, candidate)
        CROSS JOIN LATERAL (SELECT job FROM sittings s WHERE s.organization = k.organization
                            AND s.candidate = k.candidate AND s.candidate <> '' OFFSET 0) s
        WHERE s.job IS NOT NULL
        """,
        *people.columns,
    )
    return {(organization, person, job) for organization, person, job in rows}


async def load_round_rows(conn: Connection, jobs: Jobs) -> Mapping[Pair, RoundRows]:
    """By (organisation, job) the rows that name it."""
    documents = await _OF_A_ROUND.find(conn, jobs.columns)
    reuses, tallies = await _load_reuses(conn, jobs), await load_tallies(conn, jobs)
    return {
        pair: RoundRows(*_ROUND_READ.validate_json(documents[pair]), known, tallied)
        for pair, known, tallied in zip(jobs.pairs, reuses, tallies, strict=True)
    }


async def load_assessments(conn: Connection, job: HeardJob) -> list[Assessment]:
    """Of one job."""
    found = await _RATED.find(conn, ([job.organization], [job.job]))
    return [a for document in found.values() for a in _RATED_READ.validate_json(document)[0]]


async def _load_reuses(conn: Connection, jobs: Jobs) -> list[list[Reuse]]:
    """Those who were proposed for the job, and those who are known from it."""
    rows = await conn.fetch(
        """
        SELECT k.job AS of_job, r.* FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (
            SELECT * FROM reuses r WHERE r.organization = k.organization AND r.job = k.job AND r.job <> ''
            UNION ALL SELECT * FROM reuses r WHERE r.organization = k.organization AND r.earlier = k.job
                                               AND r.job <> k.job
            OFFSET 0) r
        ORDER BY k.organization, k.job, r.match
        """,
        *jobs.columns,
    )
    found = [(of_job, Reuse(*reuse)) for of_job, *reuse in rows]
    read = _REUSES_READ.validate_python([reuse for _, reuse in found])
    return _of_jobs(jobs, (((r.organization, of_job), r) for (of_job, _), r in zip(found, read, strict=True)))


def _of_jobs(jobs: Jobs, rows: Iterable[tuple[tuple[str, str | None], Row]]) -> list[list[Row]]:
    """The rows of each job, in the jobs' order."""
    found: dict[tuple[str, str | None], list[Row]] = {pair: [] for pair in jobs.pairs}
    for pair, row in rows:
        found[pair].append(row)
    return list(found.values())


async def load_tallies(conn: Connection, jobs: Jobs) -> list[list[Tally]]:
    """Of each job, what the interviews of those who were erased came to."""
    rows = await conn.fetch(
        """
        SELECT k.organization, f.fact AS tally, k.job, f.body ->> 'counted_in' AS counted_in,
               f.body ->> 'returned' AS returned, f.body ->> 'without_loop' AS without_loop,
               (f.body ->> 'rediscovered')::boolean AS rediscovered
        FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (SELECT fact, body FROM facts f WHERE f.organization = k.organization AND f.job = k.job
                            AND f.topic = 'interview-tallied' OFFSET 0) f
        ORDER BY k.organization, k.job, f.fact
        """,
        *jobs.columns,
    )
    found = [
        Tally(organization, tally, job, first_of(counted_in), *came)
        for organization, tally, job, counted_in, *came in rows
    ]
    return _of_jobs(jobs, (((t.organization, t.job), t) for t in found))


async def load_growths(conn: Connection, organization: str, family: str | None) -> list[Growth]:
    """Everybody's growth in an organisation, or in one family of jobs."""
    rows = await conn.fetch(
        """
        SELECT g.organization, g.candidate AS person, g.competency, g.letter, g.application, g.job, g.family, g.kind,
               g.before, g.after, g.after_at, g.taken_up
        FROM growths g
        WHERE g.organization = $1 AND g.after IS NOT NULL AND ($2::text IS NULL OR g.family = $2)
        ORDER BY g.candidate, g.competency, g.letter
        """,
        organization,
        family,
    )
    return _GROWTHS_READ.validate_python([Growth(*row) for row in rows])
