"""`talentloop audit impact`: selection rates of groups that only the auditor knows. Nothing is stored or sent."""

from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.table import Table

from cli import sql, where
from cli.backfill import table
from cli.backfill.table import TableHints, TableLine
from cli.backfill.values import clean
from cli.errors import UserMistake
from cli.showing import AsJson, show
from services.insights.domain.impact import FEWEST, FOUR_FIFTHS, SMALLEST_SHARE, GroupRate, impact, unknown
from services.insights.sql.impact import load_candidacies, load_levels
from shared.kit.people import find_people

COLUMNS = ("candidate", "group")


def compare(
    groups: Annotated[Path, typer.Option(help="A table with the columns candidate and group, CSV or .xlsx.")],
    job: Annotated[str | None, typer.Option(help="Only applications for this job.")] = None,
    organization: Annotated[str | None, typer.Option(help="Whose candidates, where there are several.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare how often groups are selected, step by step: rates, ratios to the highest rate, and what chance does.

    Groups of fewer than 5 people are told in the total only; those below 2 % of all are compared with nobody.
    """
    rates, missing = where.run(_compare(read_groups(groups), job, organization))
    found = {"not_known": missing, "rates": [_plain(rate) for rate in rates]}
    show(found, lambda: drawn(rates, missing), as_json=as_json)


def read_groups(file: Path) -> dict[str, str]:
    """Candidate -> group, of whatever an office exports. Raises UserMistake for a file that is not such a table."""
    found: dict[str, str] = {}
    with table.opened(file, TableHints(headings=COLUMNS)) as read:
        places = _places(file, next(read.lines, TableLine(1, [])))
        for number, cells, problem in read.lines:
            if not problem and not any(map(clean, cells)):
                continue  # as spreadsheets leave them at the end
            candidate, group = (clean(cells[place]) if place < len(cells) else "" for place in places)
            if problem or not candidate or not group:
                raise UserMistake(f"{file}, line {number}: {problem or 'a candidate and a group are needed'}.")
            if found.setdefault(candidate, group) != group:
                raise UserMistake(f"{file}, line {number}: {candidate} is in two groups.")
    return found


def _places(file: Path, first: TableLine) -> list[int]:
    headings = [clean(cell) for cell in first.cells]
    if missing := [column for column in COLUMNS if column not in headings]:
        raise UserMistake(f"{file} has no column {' and no column '.join(missing)}: its first line names them.")
    return [headings.index(column) for column in COLUMNS]


async def _compare(groups: dict[str, str], job: str | None, organization: str | None) -> tuple[list[GroupRate], int]:
    async with where.database("insights") as conn:
        owner = organization or _only(await sql.load_organizations(conn))
        ids = await find_people(conn, [(owner, candidate) for candidate in groups])
        people = {known.candidate: known.person for known in ids}
        merged: dict[str, str] = {}
        for candidate, group in groups.items():
            if merged.setdefault(people[candidate], group) != group:
                raise UserMistake(f"{candidate} is the same person as another in the file, who is in another group.")
        candidacies = await load_candidacies(conn, owner, [*merged], job)
        levels: dict[str, list[float]] = defaultdict(list)
        for rated in await load_levels(conn, owner, [*merged], job):
            levels[rated.candidate].append(rated.level)
    return impact(candidacies, levels, merged), unknown(merged, (c.candidate for c in candidacies))


def _only(organizations: list[str]) -> str:
    if len(organizations) != 1:
        raise UserMistake(f"Say whose candidates with --organization: {', '.join(organizations) or 'nobody is known'}.")
    return organizations[0]


def _plain(rate: GroupRate) -> dict[str, Any]:
    return rate._asdict() | {"rate": rate.rate, "interval": list(rate.interval) if rate.interval else None}


def drawn(rates: list[GroupRate], missing: int) -> RenderableType:
    """As a table."""
    drawn = Table("step", "group", "selected", "rate", "ratio to the highest", "chance alone")
    for rate in rates:
        low = rate.interval is not None and rate.ratio is not None and rate.ratio < FOUR_FIFTHS
        small = f"below {SMALLEST_SHARE:.0%}, compared with nobody" if rate.is_small else ""
        ratio = f"{rate.ratio:.2f} ({rate.interval.low:.2f} to {rate.interval.high:.2f})" if rate.interval else small
        drawn.add_row(
            rate.step,
            rate.group or "everybody",
            f"{rate.selected} of {rate.people}",
            "" if rate.rate is None else f"{rate.rate:.0%}",
            ratio + (" below four fifths" if low else ""),
            "" if rate.chance is None else f"{rate.chance:.3f}",
        )
    notes = [f"Groups of fewer than {FEWEST} are in the total only; below {SMALLEST_SHARE:.0%} none is compared."]
    return Group(drawn, *notes, *([f"{missing} of the file have no application here."] if missing else []))
