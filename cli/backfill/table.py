"""The lines of a file of records, whatever it was exported as: text in many forms, or a sheet of a workbook."""

import csv
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

from cli.backfill import workbook
from cli.backfill.layout import OURS, FileKind, find_layout, kind_of
from cli.errors import UserMistake
from shared.web.cells import unguarded


class TableLine(NamedTuple):
    """The cells of one line, where it begins, and what is wrong with it if it could not be taken apart."""

    number: int
    cells: list[str]
    problem: str = ""


class TableHints(NamedTuple):
    """What is already known of a file; the rest is found out."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    headings: Collection[str] = ()


class SourceTable(NamedTuple):
    """The lines, and in words how they were read. `is_rest`: they are rejected rows of another file, given again."""

    words: str
    lines: Iterator[TableLine]
    sheet: str | None
    encoding: str | None
    delimiter: str | None
    is_rest: bool = False


@contextmanager
def opened(file: Path, named: TableHints) -> Iterator[SourceTable]:
    """Raises UserMistake when the file cannot be read as a table."""
    try:
        if kind_of(file) is FileKind.WORKBOOK:
            with workbook.opened(file, named.sheet) as (sheet, rows):
                lines = (TableLine(number, cells) for number, cells in enumerate(rows, 1))
                yield _without_guards(SourceTable(f"read as a workbook, sheet {sheet!r}", lines, sheet, None, None))
        else:
            with file.open("rb") as raw:
                yield _without_guards(_text(file, raw, named))
    except OSError as error:
        raise UserMistake(f"cannot read {file}: {error.strerror}") from error
    except UnicodeError as error:
        raise UserMistake(f"{file} is not {named.encoding or 'what it begins as'}: {error}") from error


def _text(file: Path, raw: BinaryIO, named: TableHints) -> SourceTable:
    layout = find_layout(file, named.encoding, named.delimiter, named.headings)
    text = TextIOWrapper(raw, layout.encoding, errors="surrogateescape", newline="")
    lines = text_lines(text, layout.delimiter, skipped=layout.skipped)
    return SourceTable(layout.words(), lines, None, layout.encoding, layout.delimiter)


def _without_guards(table: SourceTable) -> SourceTable:
    """A file of rejected rows, also by way of a spreadsheet, loses what was put before cells like formulas."""
    first = next(table.lines, None)
    lines = chain([first] if first else [], table.lines)
    if first is None or tuple(first.cells[: len(OURS)]) != OURS:
        return table._replace(lines=lines)
    bare = (line._replace(cells=[unguarded(cell) for cell in line.cells]) for line in lines)
    return table._replace(lines=bare, is_rest=True)


def text_lines(text: Iterable[str], delimiter: str, *, skipped: int = 0) -> Iterator[TableLine]:
    """Lines of comma-separated text. Raises UserMistake, with its line, when a quote does not end where it may."""
    reader = csv.reader(islice(text, skipped, None), delimiter=delimiter, strict=True)
    while True:
        began = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if reader.line_num > began or "end of data" in str(error):
                raise _unclosed(began + skipped, reader.line_num + skipped) from error
            yield TableLine(began + skipped, [], f"not CSV: {error}")
        else:
            yield TableLine(began + skipped, cells)


def _unclosed(began: int, ended: int) -> UserMistake:
    return UserMistake(
        f"line {began}: a quote opens there that does not close where a cell ends (read to line {ended}). "
        "Close it, or double it where it is meant as text. Nothing was published."
    )
