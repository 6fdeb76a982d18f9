"""`talentloop audit`: what an outside auditor asks for. People are numbers that mean nothing outside of one file."""

import csv
import secrets
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, NamedTuple, TextIO

import typer

from cli import sql, where
from cli.sql import Considered

app = typer.Typer(help="Write what an outside auditor asks for.", no_args_is_help=True)


class Line(NamedTuple):
    """One person considered for one open job; `considered`: how many were, the denominator of every rate."""

    organization: str
    job: str
    considered: int
    person: str
    proposed: bool
    blockers: str
    score: float | None
    meets: int
    of: int
    must_haves_missed: int
    human_outcome: str | None
    human_reason: str | None
    reviewed_at: str | None
    run: str
    rules_version: str
    derived_at: str


@app.callback()
def audit() -> None:
    """Write what an outside auditor asks for."""


@app.command()
def matches(
    job: Annotated[str | None, typer.Option(help="Only this job's.")] = None,
    organization: Annotated[str | None, typer.Option(help="Only this organisation's.")] = None,
    csv_: Annotated[Path | None, typer.Option("--csv", help="Write here instead of printing.")] = None,
) -> None:
    """Write everyone considered for every open job as CSV: blockers, scores, and what a person then did.

    Each person is a random number, the same throughout one file and another in the next.
    """
    lines = _lines(where.run(_load(organization, job)))
    if csv_:
        with csv_.open("w", newline="", encoding="utf-8") as file:
            _write(lines, file)
    else:
        _write(lines, sys.stdout)


async def _load(organization: str | None, job: str | None) -> list[Considered]:
    async with where.database("candidates") as conn:
        return await sql.load_considered(conn, organization, job)


def _lines(found: Iterable[Considered]) -> list[Line]:
    """In the order of the numbers, which is no order of people."""
    rows = list(found)
    of_job = Counter((c.organization, c.job) for c in rows)
    people = {(c.organization, c.candidate) for c in rows}
    numbers = dict(zip(people, _numbers(len(people)), strict=True))
    lines = [
        Line(
            c.organization,
            c.job,
            of_job[c.organization, c.job],
            numbers[c.organization, c.candidate],
            not c.blockers,
            " ".join(c.blockers),
            c.score,
            c.meets,
            c.of,
            c.must_haves_missed,
            c.outcome,
            c.reason,
            c.reviewed_at,
            c.run,
            c.rules_version,
            c.derived_at.isoformat(),
        )
        for c in rows
    ]
    return sorted(lines, key=lambda line: (line.organization, line.job, line.person))


def _numbers(count: int) -> list[str]:
    """So many different random numbers of eight digits."""
    found: set[str] = set()
    while len(found) < count:
        found.add(f"{secrets.randbelow(10**8):08}")
    return list(found)


def _write(lines: Iterable[Line], file: TextIO) -> None:
    writer = csv.writer(file)
    writer.writerow(Line._fields)
    writer.writerows(lines)
