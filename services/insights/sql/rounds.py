"""What jobs are summed up to: their only writer, and how they come back."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import TypeAdapter

from services.insights.domain.measures import Figure
from services.insights.domain.sums import Round, SummedRound
from services.insights.domain.telling import KeptRound, figure_told
from shared.contracts import JobOutcome, RoundFigure, RoundSummedUp
from shared.contracts.values import LATEST
from shared.kit.columns import parted
from shared.kit.db import Connection
from shared.kit.derived import DerivedTable
from shared.kit.people import Jobs, Pair

Read = TypeVar("Read")

_SUMMED = TypeAdapter(SummedRound)
_TOLD = TypeAdapter(list[RoundFigure])


class Reading(NamedTuple, Generic[Read]):
    """What was read of a row, and in which of its versions: that of the transaction that wrote it."""

    version: str
    found: Read


class RoundRow(NamedTuple):
    """A row of `rounds`: what rounds are found by, and the sums as one document. `ended_at`: an open one comes last."""

    organization: str
    job: str
    family: str
    cycle: str | None
    opened_at: datetime
    closed_at: datetime | None
    ended_at: datetime
    outcome: JobOutcome | None
    sums: str
    say_at: datetime | None
    due_at: datetime | None


ROUNDS = DerivedTable[RoundRow](
    "rounds",
    key=("organization", "job"),
    columns={
        "organization": "text", "job": "text", "family": "text", "cycle": "text", "opened_at": "timestamptz",
        "closed_at": "timestamptz", "ended_at": "timestamptz", "outcome": "text", "sums": "jsonb",
        "say_at": "timestamptz", "due_at": "timestamptz",
    },
    whose="job",
)  # fmt: skip


async def save_rounds(conn: Connection, jobs: Jobs, rounds: Sequence[KeptRound]) -> None:
    """Keep these and no others of these jobs."""
    await ROUNDS.keep(conn, jobs.columns, [_row(kept) for kept in rounds])


def _row(kept: KeptRound) -> RoundRow:
    r = kept.summed.round
    return RoundRow(
        kept.organization, kept.job, r.family, r.cycle, r.opened_at, r.closed_at, r.closed_at or LATEST, r.outcome,
        json.dumps(kept.summed, default=_plain), kept.say_at, kept.due_at,
    )  # fmt: skip


def _plain(value: Any) -> Any:
    """Sets in order, so that the same sums are the same document."""
    return sorted(value) if isinstance(value, frozenset) else value.isoformat()


async def lock_rounds(conn: Connection, jobs: Jobs) -> Mapping[Pair, datetime | None]:
    """When each of these jobs that is summed up already is told next; nobody else tells of them meanwhile."""
    rows = await conn.fetch(
        """
        SELECT r.organization, r.job, r.say_at FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (SELECT organization, job, say_at FROM rounds r WHERE r.organization = k.organization
                            AND r.job = k.job FOR NO KEY UPDATE) r
        """,
        *jobs.columns,
    )
    return {(organization, job): say_at for organization, job, say_at in rows}


async def load_told(conn: Connection, jobs: Jobs) -> Mapping[Pair, RoundSummedUp]:
    """What was said of these rounds last; a final one stays for ever."""
    rows = await conn.fetch(
        """
        SELECT k.organization, k.job, f.body FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        CROSS JOIN LATERAL (SELECT body FROM facts f WHERE f.organization = k.organization AND f.fact = k.job
                            AND f.topic = 'round-summed-up' OFFSET 0) f
        """,
        *jobs.columns,
    )
    return {(organization, job): RoundSummedUp.model_validate_json(body) for organization, job, body in rows}


async def load_figures_told(
    conn: Connection, organization: str, before: Mapping[str, Reading[list[Figure]]]
) -> dict[str, Reading[list[Figure]]]:
    """By job, what was said last of each round of an organisation; what was read `before` is not read again."""
    rows = await conn.fetch(
        """
        SELECT fact AS job, xmin::text AS version,
               CASE WHEN $2::jsonb ->> fact IS DISTINCT FROM xmin::text THEN body -> 'figures' END AS figures
        FROM facts WHERE organization = $1 AND topic = 'round-summed-up'
        """,
        organization,
        _versions(before),
    )
    return {
        job: Reading(version, [figure_told(f) for f in _TOLD.validate_json(figures)]) if figures else before[job]
        for job, version, figures in rows
    }


async def load_final(conn: Connection, organization: str, job: str) -> tuple[RoundSummedUp, datetime] | None:
    """What was said of a round for good, and when; None as long as it may change."""
    rows = await conn.fetch(
        """
        SELECT body, time FROM facts
        WHERE organization = $1 AND fact = $2 AND topic = 'round-summed-up' AND (body ->> 'final')::boolean
        """,
        organization,
        job,
    )
    return next(((RoundSummedUp.model_validate_json(body), time) for body, time in rows), None)


async def find_due_rounds(conn: Connection, now: datetime, limit: int) -> list[Pair]:
    """(organisation, job) of the rounds that time alone changes, or that are to be told by now."""
    rows = await conn.fetch(
        "SELECT organization, job FROM rounds WHERE due_at <= $1 AND due_at IS NOT NULL ORDER BY due_at LIMIT $2",
        now,
        limit,
    )
    return [(organization, job) for organization, job in rows]


async def put_off_rounds(conn: Connection, rounds: Sequence[Pair]) -> None:
    """These are noted to be summed up: they are due no more."""
    await conn.execute(
        """
        UPDATE rounds r SET due_at = NULL FROM unnest($1::text[], $2::text[]) AS k(organization, job)
        WHERE r.organization = k.organization AND r.job = k.job
        """,
        *parted(rounds),
    )


async def load_round(conn: Connection, organization: str, job: str) -> SummedRound | None:
    """One job, summed up."""
    body = await conn.fetchval("SELECT sums FROM rounds WHERE organization = $1 AND job = $2", organization, job)
    return _SUMMED.validate_json(body) if body else None


async def load_rounds(
    conn: Connection, organization: str, before: Mapping[str, Reading[SummedRound]]
) -> dict[str, Reading[SummedRound]]:
    """Every round of an organisation by its job, the oldest first; what was read `before` is not read again."""
    rows = await conn.fetch(
        """
        SELECT job, xmin::text AS version,
               CASE WHEN $2::jsonb ->> job IS DISTINCT FROM xmin::text THEN sums END AS sums
        FROM rounds WHERE organization = $1 ORDER BY opened_at, job
        """,
        organization,
        _versions(before),
    )
    return {job: Reading(version, _SUMMED.validate_json(sums)) if sums else before[job] for job, version, sums in rows}


def _versions(before: Mapping[str, Reading[Any]]) -> str:
    return json.dumps({job: reading.version for job, reading in before.items()})


async def load_rounds_until(conn: Connection, last: Round, limit: int) -> list[SummedRound]:
    """The rounds of a family up to one of them, `limit` at most; the oldest first."""
    rows = await conn.fetch(
        """
        SELECT sums FROM rounds
        WHERE organization = $1 AND family = $2 AND (opened_at, job) <= ($3, $4::text)
        ORDER BY opened_at DESC, job DESC LIMIT $5
        """,
        last.organization,
        last.family,
        last.opened_at,
        last.job,
        limit,
    )
    return [_SUMMED.validate_json(row[0]) for row in rows][::-1]


class RoundPlace(NamedTuple):
    """Where a list of rounds goes on: open ones first, then the newest closing first."""

    ended_at: datetime
    job: str


async def list_rounds(
    conn: Connection,
    organization: str,
    *,
    after: RoundPlace | None,
    limit: int,
    family: str | None,
    cycle: str | None,
    is_open: bool | None,
    outcome: JobOutcome | None = None,
    jobs: Sequence[str] | None,
) -> list[tuple[RoundPlace, SummedRound]]:
    """Rounds, newest closing first, those that are open before them. `jobs`: of these only."""
    rows = await conn.fetch(
        """
        SELECT ended_at, job, sums FROM rounds
        WHERE organization = $1 AND ended_at IS NOT NULL
          AND ($2::timestamptz IS NULL OR (ended_at, job) < ($2, $3::text))
          AND ($4::text IS NULL OR family = $4) AND ($5::text IS NULL OR cycle = $5)
          AND ($6::boolean IS NULL OR (closed_at IS NULL) = $6) AND ($7::text IS NULL OR outcome = $7)
          AND ($8::text[] IS NULL OR job = ANY($8))
        ORDER BY ended_at DESC, job DESC LIMIT $9
        """,
        organization,
        after.ended_at if after else None,
        after.job if after else None,
        family,
        cycle,
        is_open,
        outcome,
        jobs,
        limit,
    )
    return [(RoundPlace(ended_at, job), _SUMMED.validate_json(sums)) for ended_at, job, sums in rows]
