"""How a file of records is written: its kind, its encoding, its separator. Found out from the file itself, and said."""

import codecs
import csv
from collections import Counter
from collections.abc import Collection, Iterator
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from cli.backfill.values import clean
from cli.errors import UserMistake

DELIMITERS = ",;\t|"
OURS = ("line", "reason")  # the first headings of a file of rejected rows
_SAMPLE_BYTES, _SAMPLE_ROWS, _CHUNK = 65_536, 50, 1 << 20
_SPOKEN = {"\t": "tab"}

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TABLE = (
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls), or one with a password: save it as .xlsx or CSV, without"),
    (b"%PDF", "a PDF: export the table itself, as .xlsx or CSV"),
    (b"\x1f\x8b", "compressed: unpack it first"),
    (b"<", "a web page or XML, whatever its name says: open it and save it as .xlsx or CSV"),
    (b"{\\rtf", "a text document: save the table as .xlsx or CSV"),
)


class FileKind(StrEnum):
    """What a file is."""

    TEXT = "text"
    WORKBOOK = "workbook"


class Layout(NamedTuple):
    """How to read a file of text; `skipped`: lines such as `sep=;`."""

    encoding: str
    delimiter: str
    skipped: int = 0

    def words(self) -> str:
        """Such as `read as cp1252, separated by ;`."""
        return (
            f"read as {self.encoding.removesuffix('-sig')}, separated by {_SPOKEN.get(self.delimiter, self.delimiter)}"
        )


def kind_of(file: Path) -> FileKind:
    """Raises UserMistake for a file that holds no table we read, whatever its name says."""
    with file.open("rb") as raw:
        start = raw.read(_SAMPLE_BYTES)
    if start.startswith(b"PK\x03\x04"):
        return FileKind.WORKBOOK
    if not start.strip():
        raise UserMistake(f"{file} is empty.")
    for mark, what in _NO_TABLE:
        if start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(mark):
            raise UserMistake(f"{file} is {what}.")
    return FileKind.TEXT


def find_layout(file: Path, encoding: str | None, delimiter: str | None, headings: Collection[str]) -> Layout:
    """What the mapping names is taken; the rest is found out. A mark at the beginning of the file goes first."""
    with file.open("rb") as raw:
        start = raw.read(_SAMPLE_BYTES)
    marked = _marked(start)
    written = marked or encoding or _encoding_of(file)
    text = codecs.getincrementaldecoder(written)("replace").decode(start)
    lines = text.splitlines(keepends=True)
    lines = lines[:-1] if len(start) == _SAMPLE_BYTES else lines
    said = _separator_line(lines)
    if ours := _ours(lines):
        return Layout(marked or _encoding_of(file), ours)
    chosen = said or delimiter or _delimiter_of(lines, headings)
    return Layout(written, chosen, 1 if said else 0)


def _marked(start: bytes) -> str | None:
    """By the byte order mark; without one, UTF-16 shows by every second byte being NUL."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if len(start) > 3 and start.count(0) > len(start) // 4:
        return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    return None


def _encoding_of(file: Path) -> str:
    """UTF-8 unless most of what is beyond ASCII is not: then cp1252, or Latin-1 where cp1252 has no letter."""
    good, bad, has_gaps = 0, 0, False
    with file.open("rb") as raw:
        decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        while chunk := raw.read(_CHUNK):
            if chunk.isascii():
                decoder.reset()
                continue
            beyond = [letter for letter in decoder.decode(chunk) if letter > "\x7f"]
            broken = [letter for letter in beyond if "\udc80" <= letter <= "\udcff"]
            good, bad = good + len(beyond) - len(broken), bad + len(broken)
            has_gaps = has_gaps or any(ord(letter) - 0xDC00 in _CP1252_GAPS for letter in broken)
    if good >= bad:
        return "utf-8"
    return "latin-1" if has_gaps else "cp1252"


_CP1252_GAPS = {0x81, 0x8D, 0x8F, 0x90, 0x9D}


def _separator_line(lines: list[str]) -> str | None:
    first = lines[0].strip("\r\n\"'\ufeff") if lines else ""
    return first[4] if len(first) == 5 and first.lower().startswith("sep=") else None


def _ours(lines: list[str]) -> str | None:
    """The separator of a file of rejected rows, corrected and given again, also by way of a spreadsheet."""
    first = lines[0].lstrip("\ufeff") if lines else ""
    return next((d for d in DELIMITERS if tuple(next(_rows([first], d), [])[:2]) == OURS), None)


def _delimiter_of(lines: list[str], headings: Collection[str]) -> str:
    return max(DELIMITERS, key=lambda delimiter: _fitness(lines, delimiter, headings))


def _fitness(lines: list[str], delimiter: str, headings: Collection[str]) -> tuple[int, float, int]:
    """Mapped headings found, then how many rows are as wide as most are, then how wide."""
    rows = [row for row in islice(_rows(lines, delimiter), _SAMPLE_ROWS) if row]
    found = max((len(set(headings) & {clean(cell) for cell in row}) for row in rows), default=0)
    widths = Counter(len(row) for row in rows)
    width, times = widths.most_common(1)[0] if widths else (1, 0)
    return found, times / len(rows) if width > 1 else 0, width


def _rows(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
