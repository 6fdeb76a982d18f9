"""Tables for other tools: guarded figures of every round as CSV, told while they are read."""

import csv
from collections.abc import AsyncIterator, Iterable, Iterator
from io import StringIO
from typing import Annotated, Any

from fastapi import Path
from fastapi.responses import StreamingResponse

from services.insights.api.callers import Exporter
from services.insights.domain.guarded import guarded_round
from services.insights.domain.measures import Table, table_of
from services.insights.domain.sums import SummedRound
from services.insights.sql.rounds import RoundPlace, list_rounds
from shared.contracts import Name, family_of
from shared.web.bodies import Routes
from shared.web.caller import Caller
from shared.web.cells import guarded

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
    """Guarded figures of rounds, one a line (RFC 4180), whoever asks: nothing of which one to four could be told."""
    kin = family_of(family, None) if family else None
    headers = {"Content-Disposition": f'attachment; filename="{table}.csv"'}
    return StreamingResponse(_lines(caller, table, kin, cycle), headers=headers, media_type=CSV)


async def _lines(caller: Caller, table: Table, family: str | None, cycle: str | None) -> AsyncIterator[str]:
    """Page by page, so that the largest organisation is held in no memory."""
    yield as_csv([COLUMNS])
    async for page in _pages(caller, family, cycle):
        yield as_csv(row for summed in page for row in rows_of(table, summed))


async def _pages(caller: Caller, family: str | None, cycle: str | None) -> AsyncIterator[list[SummedRound]]:
    after: RoundPlace | None = None
    while True:
        async with caller.turn() as turn:
            found = await list_rounds(
                turn.conn, caller.organization, after=after, limit=AT_ONCE, family=family, cycle=cycle
            )
        yield [summed for _, summed in found]
        if len(found) < AT_ONCE:
            return
        after = found[-1][0]


def rows_of(table: Table, summed: SummedRound) -> Iterator[tuple[object, ...]]:
    """The lines of one round."""
    r = summed.round
    head = (r.job, r.family, r.cycle, r.opened_at.isoformat(), r.closed_at and r.closed_at.isoformat(), r.outcome)
    for figure in guarded_round(summed):
        if table_of(figure.measure, figure.competency) is table:
            numbers = (figure.value, figure.low, figure.high)
            rounded = (None if number is None else round(number, 6) for number in numbers)
            yield *head, figure.measure, figure.competency, figure.part, figure.k, figure.of, *rounded, figure.why_not


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Lines of RFC 4180 in which no cell is a formula."""
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([guarded(cell) for cell in row] for row in rows)
    return written.getvalue()
