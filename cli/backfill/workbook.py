"""The rows of one sheet of an .xlsx workbook, as text. Read as a stream: however long it is, little is held."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from cli.errors import UserMistake

MOST_ROWS = 1_048_576  # what a sheet can have
LARGEST_SHEET = 4 << 30  # bytes, unpacked; read as a stream
LARGEST_PART = 256 << 20  # bytes, unpacked; everything else is held
_SHEETS = "xl/worksheets/"
# What openpyxl raises where a file is not as it should be; a broken XML is a SyntaxError.
_BROKEN: tuple[type[Exception], ...] = (InvalidFileException, BadZipFile, zlib.error, SyntaxError, LookupError)
_BROKEN += (ValueError, TypeError, AttributeError, EOFError)


@contextmanager
def opened(file: Path, sheet: str | None) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """The sheet's name and its rows. Raises UserMistake when the file is no workbook, or which sheet is not clear."""
    _refuse_bombs(file)
    with file.open("rb") as raw:
        try:
            book = load_workbook(raw, read_only=True, data_only=True, keep_links=False)
        except _BROKEN as error:
            raise _unfit(file, error) from error
        try:
            chosen = _choose(book, sheet, file)
            yield chosen.title, _rows(chosen, file)
        finally:
            book.close()


def _refuse_bombs(file: Path) -> None:
    """Sizes are as the archive declares them; no more than that is ever unpacked."""
    try:
        with ZipFile(file) as archive:
            members = archive.infolist()
    except (BadZipFile, ValueError) as error:
        raise _unfit(file, error) from error
    if not any(member.filename.startswith("xl/") for member in members):
        raise UserMistake(f"{file} is an archive, but no .xlsx workbook: save it as .xlsx or CSV.")
    for member in members:
        if member.file_size > (LARGEST_SHEET if member.filename.startswith(_SHEETS) else LARGEST_PART):
            raise UserMistake(f"{file} unpacks to too much ({member.filename}: {member.file_size:,} bytes).")


def _unfit(file: Path, error: Exception) -> UserMistake:
    return UserMistake(f"{file} is no workbook that can be read ({type(error).__name__}): save it as .xlsx or CSV.")


def _choose(book: Any, name: str | None, file: Path) -> Any:
    """The sheet of that name, hidden or not; without a name the only one that is shown."""
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    names = ", ".join(repr(sheet.title) for sheet in shown)
    if name is not None:
        for sheet in book.worksheets:
            if sheet.title == name:
                return sheet
        raise UserMistake(f"{file} has no sheet {name!r}; it has {names}.")
    if len(shown) != 1:
        raise UserMistake(f"{file} has {len(shown)} sheets ({names}): name one, as sheet = ... in the mapping.")
    return shown[0]


def _rows(sheet: Any, file: Path) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    rows = sheet.iter_rows(values_only=True)
    for number in range(MOST_ROWS + 1):
        try:
            row = next(rows)
        except StopIteration:
            return
        except _BROKEN as error:
            raise UserMistake(f"{file}: what follows row {number} cannot be read ({type(error).__name__}).") from error
        yield [text_of(cell) for cell in row]
    raise UserMistake(f"{file} has more than {MOST_ROWS:,} rows.")


def text_of(cell: object) -> str:
    """A cell as text: dates as ISO 8601 has them, a date at midnight without a time of day."""
    match cell:
        case None:
            return ""
        case datetime():
            moment = (cell + timedelta(milliseconds=500)).replace(microsecond=0)
            return f"{moment:%Y-%m-%d}" if moment.time() == time(0) else f"{moment:%Y-%m-%d %H:%M:%S}"
        case float():
            return f"{cell:.10g}" if cell % 1 else f"{cell:.0f}"
        case _:
            return str(cell).lower() if isinstance(cell, bool) else str(cell)
