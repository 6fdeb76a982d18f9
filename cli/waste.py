"""`talentloop waste`: rule 9 on the command line, recomputed from the facts at every call."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

import typer
from rich.table import Table

from cli import sql, where
from cli.errors import UserMistake
from cli.showing import AsJson, show
from services.candidates.domain.waste import CountedInterview, Rate, Waste, measure
from services.candidates.sql.waste import judge_concerned
from shared.kit.time import Time


class WasteGrouping(StrEnum):
    """What the figures are told apart by."""

    JOB = "job"
    FAMILY = "family"
    CYCLE = "cycle"


class WasteRow(NamedTuple):
    """The figures of one organisation, or of one job, family or cycle of it; `name` is None for all together."""

    organization: str
    name: str | None
    figures: Waste


class WasteQuery(NamedTuple):
    """Whose figures, and how."""

    organization: str | None
    job: str | None
    family: str | None
    cycle: str | None
    by: WasteGrouping | None
    projected: bool


def waste(
    organization: Annotated[str | None, typer.Option(help="Only this organisation's; else each one's.")] = None,
    job: Annotated[str | None, typer.Option(help="Only this job's interviews.")] = None,
    family: Annotated[str | None, typer.Option(help="Only this family's.")] = None,
    cycle: Annotated[str | None, typer.Option(help="Only this cycle's.")] = None,
    by: Annotated[WasteGrouping | None, typer.Option(help="One line for each.")] = None,
    projected: Annotated[
        bool, typer.Option("--projected", help="Count those that are still open as they stand.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show how many completed interviews came to nothing: for candidates, without the loop, and without feedback.

    An interview counts from ten business days after its decision, or its job's closing.
    """
    lines = where.run(_ask(WasteQuery(organization, job, family, cycle, by, projected)))
    show([_told(line) for line in lines], lambda: _table(lines, by), as_json=as_json)


async def _ask(asked: WasteQuery) -> list[WasteRow]:
    async with where.database("candidates") as conn:
        known = await sql.load_organizations(conn)
        if asked.organization and asked.organization not in known:
            raise UserMistake(f"Nobody of an organisation {asked.organization!r} is known.")
        now = await Time("demo").read(conn)  # the machine's time, unless the demo has moved the clock
        lines: list[WasteRow] = []
        for organization in [asked.organization] if asked.organization else known:
            counted = await judge_concerned(
                conn, organization, asked.job and [asked.job], asked.family, asked.cycle, now
            )
            lines += _lines(organization, counted, asked, now)
        return lines


def _lines(organization: str, wanted: list[CountedInterview], asked: WasteQuery, now: datetime) -> list[WasteRow]:
    groups: dict[str | None, list[CountedInterview]] = {None: wanted}
    if asked.by:
        name_of = _NAMES[asked.by]
        for name in sorted({name_of(j) or "-" for j in wanted}):
            groups[name] = [j for j in wanted if (name_of(j) or "-") == name]
    return [WasteRow(organization, name, measure(g, now, projected=asked.projected)) for name, g in groups.items()]


_NAMES: dict[WasteGrouping, Callable[[CountedInterview], str | None]] = {
    WasteGrouping.JOB: lambda counted: counted.job,
    WasteGrouping.FAMILY: lambda counted: counted.family,
    WasteGrouping.CYCLE: lambda counted: counted.cycle,
}


def _told(line: WasteRow) -> dict[str, Any]:
    found = line.figures
    return {
        "organization": line.organization,
        "name": line.name,
        "interviews": found.interviews,
        "people": found.people,
        "open": found.open,
        "wasted": _rate(found.now),
        "without_the_loop": _rate(found.without_loop),
        "without_feedback": _rate(found.without_feedback),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {"of": rate.of, "wasted": rate.wasted, "share": rate.share}


def _table(lines: list[WasteRow], by: WasteGrouping | None) -> Table:
    table = Table("organisation", by or "", "interviews", "people", "open", "wasted", "without the loop", "no feedback")
    for organization, name, found in lines:
        rates = (_spoken(rate) for rate in (found.now, found.without_loop, found.without_feedback))
        counts = (f"{n:,}" for n in (found.interviews, found.people, found.open))
        table.add_row(organization, "all" if name is None else name, *counts, *rates)
    return table


def _spoken(rate: Rate) -> str:
    return f"{rate.wasted} of {rate.of} ({100 * rate.share:.0f} %)" if rate.share is not None else "-"
