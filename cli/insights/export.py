"""`talentloop insights export`: what closed rounds taught, as tables for other tools. Guarded for everybody."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

from cli.errors import UserMistake
from local.files import replacing
from services.insights.domain.measures import Table, table_of
from shared.contracts import RoundSummedUp
from shared.web.cells import guarded

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


class ToldRound(NamedTuple):
    """A round as it was told last."""

    organization: str
    told: RoundSummedUp


# A file of figures for each: its columns with their types.
FILES = {
    Table.ROUNDS: ROUND | OF_ROUNDS | NAMED | FIGURE,
    Table.COMPETENCIES: ROUND | {"competency": "VARCHAR"} | NAMED | FIGURE,
    Table.STEPS: ROUND | {"position": "BIGINT"} | FIGURE,
}


def write(folder: Path, rounds: Iterable[ToldRound], *, parquet: bool) -> dict[str, int]:
    """One file a table; how many rows each has. Raises UserMistake where Parquet cannot be written."""
    found = list(rounds)
    to_parquet = _parquet() if parquet else None
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for table, columns in FILES.items():
        file = folder / f"{table}.csv"
        counts[str(table)] = _write(file, [*columns], (row for one in found for row in _rows(table, one)))
        if to_parquet:
            to_parquet.read_csv(str(file), dtype=columns).write_parquet(str(file.with_suffix(".parquet")))
    return counts


def _write(file: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> int:
    count = 0
    with replacing(file, mode=0o644) as raw:
        text = TextIOWrapper(raw, "utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([guarded(row[column]) for column in columns])
            count += 1
        text.detach()  # written out; whoever opened it closes it
    return count


def _rows(table: Table, one: ToldRound) -> Iterator[dict[str, Any]]:
    told = one.told
    of_round = {
        "organization": one.organization,
        **{name: getattr(told, name) for name in (*ROUND, *OF_ROUNDS) if name != "organization"},
        "closed_at": told.closed_at.isoformat() if told.closed_at else None,
    }
    for figure in told.figures:
        if table_of(figure.measure, figure.competency) is table:
            yield of_round | figure.model_dump(exclude={"people"}) | {"position": figure.part}


def _parquet() -> Any:
    """The library, which only those who ask for it have."""
    try:
        import duckdb
    except ModuleNotFoundError:
        raise UserMistake("Parquet needs a library: pip install 'talentloop[analytics]'") from None
    return duckdb
