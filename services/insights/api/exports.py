"""Tables for other tools: guarded figures of every round as CSV, told while they are read."""

import csv
from collections.abc import AsyncIterator, Iterable, Iterator
from io import StringIO
from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import StreamingResponse

from services.insights.api.callers import Exporter, own_jobs
from services.insights.domain.measures import Figure, Table, table_of
from services.insights.domain.sums import SummedRound
from services.insights.domain.telling import figure_told
from services.insights.sql.rounds import RoundPlace, list_rounds, load_told
from shared.contracts import Name, family_of
from shared.kit.people import Jobs
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.cells import guarded
from shared.web.roles import Role

routes = Routes(tags=["exports"])

CSV = "text/csv; charset=utf-8; header=present"
AT_ONCE = 200
COLUMNS = (
    "job", "family", "cycle", "opened_at", "closed_at", "outcome", "measure", "competency", "part", "k", "of",
    "value", "low", "high", "why_not",
)  # fmt: skip
_EXAMPLE = ",".join(COLUMNS) + "\r\nsu27,data,Summer 2027,,,nobody_hired,held,,,13,15,0.866667,0.621184,0.962636,\r\n"
_DESCRIBED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Lines end in CR and LF; a cell that a spreadsheet would calculate begins with an apostrophe.",
        "content": {"text/csv": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


@routes.get("/exports/{table}.csv", response_class=StreamingResponse, responses=_DESCRIBED)
async def export(
    table: Annotated[Table, Path()], caller: Exporter, family: Name | None = None, cycle: Name | None = None
) -> StreamingResponse:
    """What was told of closed rounds, a figure a line (RFC 4180), whoever asks: nothing of one to four people.

    Hiring managers get their own rounds.
    """
    kin = family_of(family, None) if family else None
    headers = {"Content-Disposition": f'attachment; filename="{table}.csv"'}
    return StreamingResponse(_lines(caller, table, kin, cycle), headers=headers, media_type=CSV)


async def _lines(caller: Caller, table: Table, family: str | None, cycle: str | None) -> AsyncIterator[str]:
    """Page by page, so that the largest organisation is held in no memory."""
    yield as_csv([COLUMNS])
    async for page in _pages(caller, family, cycle):
        yield as_csv(row for summed, told in page for row in rows_of(table, summed, told))


async def _pages(
    caller: Caller, family: str | None, cycle: str | None
) -> AsyncIterator[list[tuple[SummedRound, list[Figure]]]]:
    after: RoundPlace | None = None
    while True:
        async with caller.turn() as turn:
            jobs = None if Role.INTEGRATION in caller.roles else await own_jobs(turn.conn, caller)
            found = await list_rounds(
                turn.conn, caller.organization, after=after, limit=AT_ONCE, family=family, cycle=cycle, jobs=jobs,
                is_open=False,
            )  # fmt: skip
            said = await load_told(turn.conn, Jobs((caller.organization, place.job) for place, _ in found))
        told = {job: [figure_told(f) for f in one.figures] for (_, job), one in said.items()}
        yield [(summed, told.get(place.job, [])) for place, summed in found]
        if len(found) < AT_ONCE:
            return
        after = found[-1][0]


def rows_of(table: Table, summed: SummedRound, told: Iterable[Figure]) -> Iterator[tuple[object, ...]]:
    """The lines of one round, by what was told of it."""
    r = summed.round
    head = (r.job, r.family, r.cycle, r.opened_at.isoformat(), r.closed_at and r.closed_at.isoformat(), r.outcome)
    for figure in told:
        if table_of(figure.measure, figure.competency) is table:
            numbers = (figure.value, figure.low, figure.high)
            rounded = (None if number is None else round(number, 6) for number in numbers)
            yield *head, figure.measure, figure.competency, figure.part, figure.k, figure.of, *rounded, figure.why_not


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Lines of RFC 4180 in which no cell is a formula."""
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([guarded(cell) for cell in row] for row in rows)
    return written.getvalue()
