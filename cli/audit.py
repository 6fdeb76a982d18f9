"""`talentloop audit`: what an outside auditor asks for. People are numbers that mean nothing outside of one file."""

import csv
import hashlib
import secrets
import sys
from collections.abc import AsyncIterator
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, NamedTuple, TextIO

import typer

from cli import sql, where
from cli.impact import compare
from cli.sql import AuditedJob, ConsideredMatch
from local.files import replacing
from services.candidates.domain.matches import RULES_VERSION, MatchProposal
from services.candidates.sql.candidacies import load_applicants
from shared.kit.db import Connection
from shared.kit.people import Jobs
from shared.kit.time import Time
from shared.web.cells import guarded

app = typer.Typer(help="Write what an outside auditor asks for.", no_args_is_help=True)
app.command("impact")(compare)
DIGITS = 18


class AuditRow(NamedTuple):
    """One person considered for one job; `considered`: how many were, the denominator of every rate.

    `applicant`: applied for this very job, so no match of theirs is kept: told as they stand now. For a job that was
    closed the others are told as they stood then.
    """

    organization: str
    job: str
    job_closed_at: str | None
    considered: int
    person: str
    applicant: bool
    proposed: bool
    blockers: str
    score: float | None
    meets: int
    of: int
    must_haves_missed: int
    human_outcome: str | None
    human_reason: str | None
    reviewed_at: str | None
    run: str | None
    rules_version: str
    derived_at: str | None


@app.callback()
def audit() -> None:
    """Write what an outside auditor asks for."""


@app.command()
def matches(
    job: Annotated[str | None, typer.Option(help="Only this job's.")] = None,
    organization: Annotated[str | None, typer.Option(help="Only this organisation's.")] = None,
    csv_: Annotated[Path | None, typer.Option("--csv", help="Write here instead of printing.")] = None,
) -> None:
    """Write everyone considered for every job, open or closed, as CSV: blockers, scores, and what a person then did.

    Each person is a random number, the same throughout one file and another in the next.
    """
    if csv_:
        with replacing(csv_, mode=0o644) as raw:
            file = TextIOWrapper(raw, "utf-8", newline="")
            where.run(_write(organization, job, file))
            file.detach()  # written out; whoever opened it closes it
    else:
        where.run(_write(organization, job, sys.stdout))


async def _write(organization: str | None, job: str | None, file: TextIO) -> None:
    """Line by line: however many there are, few are held."""
    writer, key = csv.writer(file), secrets.token_hex()
    writer.writerow(AuditRow._fields)
    async with where.database("candidates") as conn:
        for audited in await sql.load_audited_jobs(conn, organization, job):
            async for line in _lines(conn, audited, key):
                writer.writerow(map(guarded, line))


async def _lines(conn: Connection, job: AuditedJob, key: str) -> AsyncIterator[AuditRow]:
    """In the order of the numbers, which is no order of people."""
    now = await Time("demo").read(conn)  # the machine's time, unless the demo has moved the clock
    found = await load_applicants(conn, Jobs([(job.organization, job.job)]), now)
    own = sorted(((_hash(key, p), p) for p in found), reverse=True)
    considered = job.kept + len(own)
    async for kept in sql.stream_considered(conn, job, key):
        while own and own[-1][0] < kept.person:
            yield _applicant(job, considered, *own.pop())
        yield _kept(job, considered, kept)
    while own:
        yield _applicant(job, considered, *own.pop())


def _kept(job: AuditedJob, considered: int, kept: ConsideredMatch) -> AuditRow:
    return AuditRow(
        organization=job.organization,
        job=job.job,
        job_closed_at=job.closed_at.isoformat() if job.closed_at else None,
        considered=considered,
        person=_number(kept.person),
        applicant=False,
        proposed=not kept.blockers,
        blockers=" ".join(kept.blockers),
        score=kept.score,
        meets=kept.meets,
        of=kept.of,
        must_haves_missed=kept.must_haves_missed,
        human_outcome=kept.outcome,
        human_reason=kept.reason,
        reviewed_at=kept.reviewed_at,
        run=kept.run,
        rules_version=kept.rules_version,
        derived_at=kept.derived_at.isoformat(),
    )


def _applicant(job: AuditedJob, considered: int, person: str, proposal: MatchProposal) -> AuditRow:
    return AuditRow(
        organization=job.organization,
        job=job.job,
        job_closed_at=job.closed_at.isoformat() if job.closed_at else None,
        considered=considered,
        person=_number(person),
        applicant=True,
        proposed=False,
        blockers=" ".join(proposal.blockers),
        score=proposal.score_shown,
        meets=proposal.meets,
        of=proposal.of,
        must_haves_missed=proposal.must_haves_missed,
        human_outcome=None,
        human_reason=None,
        reviewed_at=None,
        run=None,
        rules_version=RULES_VERSION,
        derived_at=None,
    )


def _hash(key: str, proposal: MatchProposal) -> str:
    """The same as the database makes of the people whose matches are kept."""
    return hashlib.sha256(f"{key}{proposal.organization}/{proposal.candidate}".encode()).hexdigest()


def _number(person: str) -> str:
    """So many digits that no two people share a number."""
    return f"{int(person[:16], 16) % 10**DIGITS:0{DIGITS}}"
