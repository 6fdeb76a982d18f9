"""`talentloop backfill FILE --mapping MAPPING --organization ORG`: read, publish, wait, sum up."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from cli import where
from cli.backfill.deliver import Speaker, deliver
from cli.backfill.mapping import FileMapping, load_mapping
from cli.backfill.reading import BackfillReading, read_file
from cli.backfill.rejected import RejectedRows, place_for
from cli.backfill.suggest import suggest_mapping
from cli.backfill.summary import BackfillSummary
from cli.backfill.table import TableHints, TableLine, opened
from cli.errors import ServerUnreachable, UserMistake
from cli.progress import Watch
from shared.contracts import Id

EXIT_REJECTED = 3
_TOLD_EVERY = 1000  # rows


class NotDelivered(ServerUnreachable):
    """A server does not answer. Exit 4 here: 3 says that rows were rejected."""

    exit_code = 4


def backfill(
    file: Annotated[Path, typer.Argument(help="A .csv, .txt or .xlsx file, one interview a row.")],
    mapping: Annotated[Path | None, typer.Option(help="Which columns mean what (TOML); no other is read.")] = None,
    organization: Annotated[str | None, typer.Option(help="Whose records these are.")] = None,
    suggest: Annotated[bool, typer.Option("--suggest", help="Print a first mapping of this file; do no more.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and sum up; publish nothing.")] = False,
    rate: Annotated[int | None, typer.Option(help="At most so many facts a second.", min=1)] = None,
    live: Annotated[bool, typer.Option("--live", help="These facts are of today: they may cause mail.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Publish the interviews of a file as facts. Again is harmless: the same rows are the same facts.

    Rows that cannot be read go to FILE.rejected.csv with line and reason; nothing else stops. Corrected there, that
    file can be given again.

    Exit 0: every row was taken. 3: rows were rejected, all others were taken. 4: a server cannot be reached (elsewhere
    3). 1: failed, 2: a mistake you can mend.
    """
    if suggest:
        print(suggest_mapping(file), end="")
        return
    if mapping is None or organization is None:
        raise UserMistake("Say --mapping and --organization. A first mapping: talentloop backfill FILE --suggest")
    _check_organization(organization)
    meaning = load_mapping(mapping)
    read_as, reading = _read(file, meaning, organization, live=live)
    speaker = Speaker(organization, meaning.source, live)
    summary = BackfillSummary(read_as, reading, None if dry_run else _deliver(reading, speaker, rate))
    if as_json:
        print(summary.as_json())
    else:
        summary.show()
    if reading.rejected.count:
        raise typer.Exit(EXIT_REJECTED)


def _check_organization(organization: str) -> None:
    try:
        TypeAdapter(Id).validate_python(organization)
    except ValidationError as error:
        raise UserMistake("--organization: 1 to 64 of A-Z a-z 0-9 . _ : -") from error


def _read(file: Path, mapping: FileMapping, organization: str, *, live: bool) -> tuple[str, BackfillReading]:
    named = TableHints(mapping.encoding, mapping.delimiter, mapping.sheet, tuple(mapping.columns.values()))
    with opened(file, named) as table, RejectedRows(place_for(file), mapping) as rejected, Watch() as watch:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"{file}: {table.words}", markup=False)
        lines = _told(table.lines, watch)
        now = datetime.now(UTC)
        return table.words, read_file(lines, mapping, organization, now, rejected, live=live, is_rest=table.is_rest)


def _told(lines: Iterator[TableLine], watch: Watch) -> Iterator[TableLine]:
    for count, line in enumerate(lines, 1):
        if not count % _TOLD_EVERY:
            watch.tell("the file", 0, f"{count:,} lines read")
        yield line


def _deliver(reading: BackfillReading, speaker: Speaker, rate: int | None) -> dict[str, int]:
    try:
        return where.run(deliver(reading.facts, reading.count_facts(), speaker, rate))
    except ServerUnreachable as error:
        raise NotDelivered(f"{error} Run the same command again: what is there already is not doubled.") from error
