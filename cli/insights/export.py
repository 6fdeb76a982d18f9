"""`talentloop insights export`: what closed rounds taught, as tables for other tools. Guarded for everybody."""

import csv
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

from cli.cells import guarded
from cli.errors import UserMistake
from local.files import replacing
from shared.contracts import RoundFigure, RoundSummedUp

ROUND = {
    "organization": "VARCHAR",
    "job": "VARCHAR",
    "family": "VARCHAR",
    "cycle": "VARCHAR",
    "closed_at": "TIMESTAMPTZ",
}
FIGURE = {"k": "BIGINT", "of": "BIGINT", "value": "DOUBLE", "low": "DOUBLE", "high": "DOUBLE"}
NAMED = {"measure": "VARCHAR", "part": "VARCHAR"}
OF_ROUNDS = {"outcome": "VARCHAR", "final": "BOOLEAN", "people": "BIGINT", "interviews": "BIGINT"}
REACHED = "reached"


class ToldRound(NamedTuple):
    """A round as it was told last."""

    organization: str
    told: RoundSummedUp


class ExportTable(NamedTuple):
    """A file of figures: its columns with their types."""

    name: str
    columns: dict[str, str]


ROUNDS = ExportTable("rounds", ROUND | OF_ROUNDS | NAMED | FIGURE)
COMPETENCIES = ExportTable("competencies", ROUND | {"competency": "VARCHAR"} | NAMED | FIGURE)
STEPS = ExportTable("steps", ROUND | {"position": "BIGINT"} | FIGURE)


def write(folder: Path, rounds: Iterable[ToldRound], *, parquet: bool) -> dict[str, int]:
    """One file a table; how many rows each has. Raises UserMistake where Parquet cannot be written."""
    found = list(rounds)
    to_parquet = _parquet() if parquet else None
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for table in (ROUNDS, COMPETENCIES, STEPS):
        file = folder / f"{table.name}.csv"
        counts[table.name] = _write(file, table, (row for one in found for row in _rows(table, one)))
        if to_parquet:
            to_parquet.read_csv(str(file), dtype=table.columns).write_parquet(str(file.with_suffix(".parquet")))
    return counts


def _write(file: Path, table: ExportTable, rows: Iterable[dict[str, Any]]) -> int:
    count = 0
    with replacing(file, mode=0o644) as raw:
        text = TextIOWrapper(raw, "utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(table.columns)
        for row in rows:
            writer.writerow([guarded(row[column]) for column in table.columns])
            count += 1
        text.detach()  # written out; whoever opened it closes it
    return count


def _rows(table: ExportTable, one: ToldRound) -> Iterator[dict[str, Any]]:
    told = one.told
    of_round = {
        "organization": one.organization,
        **{name: getattr(told, name) for name in (*ROUND, *OF_ROUNDS) if name != "organization"},
        "closed_at": told.closed_at.isoformat() if told.closed_at else None,
    }
    for figure in told.figures:
        if _table_of(figure) is table:
            yield of_round | figure.model_dump() | {"position": figure.part}


def _table_of(figure: RoundFigure) -> ExportTable:
    if figure.measure == REACHED:
        return STEPS
    return COMPETENCIES if figure.competency else ROUNDS


def _parquet() -> Any:
    """The library, which only those who ask for it have."""
    try:
        import duckdb
    except ModuleNotFoundError:
        raise UserMistake("Parquet needs a library: pip install 'talentloop[analytics]'") from None
    return duckdb
