"""The events of a file, one after the other, however large it is: one a line, in an array, or over several lines."""

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import NamedTuple, TextIO

from pydantic_core import from_json

LARGEST = 16 * 1024 * 1024  # characters of one event with all that is written around its value
_CHUNK = 64 * 1024
_BETWEEN = re.compile(r"[\s,\[\]]*")
_TOLD_BY_TOOLS = re.compile(r"% |Processed a total of \d+ messages$")  # where a terminal mixed both outputs
_decoder = JSONDecoder()


class FileItem(NamedTuple):
    """One event as it stands in the file, or why nothing can be read there."""

    place: str
    text: bytes
    unreadable: str | None = None


def items(stream: TextIO) -> Iterator[FileItem]:
    """Everything the file holds. What cannot be read is an item, too; the last one where nothing behind it can be."""
    number, first = _first_line(stream)
    if "\0" in first[:_CHUNK]:
        yield FileItem(f"line {number}", b"", "the file is no text in UTF-8: is it UTF-16, or packed?")
    elif first.startswith("[") or _goes_on(first):
        yield from Values(stream, first, number)
    else:
        yield from _lines(stream, first, number)


def _first_line(stream: TextIO) -> tuple[int, str]:
    number, line = 1, stream.readline(LARGEST)
    while line and not line.strip():
        number, line = number + 1, stream.readline(LARGEST)
    return number, line.lstrip()


def _goes_on(line: str) -> bool:
    """An object that begins on this line and ends on another."""
    if not line.startswith("{"):
        return False
    try:
        _decoder.raw_decode(line)
    except (ValueError, RecursionError):
        return _is_beginning(line)
    return False


def _is_beginning(line: str) -> bool:
    try:
        from_json(line.encode(errors="surrogateescape"), allow_partial=True)
    except ValueError:
        return False
    return True


def _lines(stream: TextIO, line: str, number: int) -> Iterator[FileItem]:
    while line:
        place, text = f"line {number}", line.strip()
        if len(line) >= LARGEST and not line.endswith("\n"):
            yield FileItem(place, b"", f"the line is longer than {LARGEST:,} characters; nothing behind it is read")
            return
        if text and not _TOLD_BY_TOOLS.match(text):
            yield FileItem(place, text.encode(errors="surrogateescape"))
        number, line = number + 1, stream.readline(LARGEST)


class Values:
    """JSON values, in an array or simply one after the other. No more of the file is in memory than one of them."""

    def __init__(self, stream: TextIO, begun: str, line: int) -> None:
        self._stream = stream
        self._text, self._at = begun, 0
        self._line = line
        self._open = 0  # arrays

    def __iter__(self) -> Iterator[FileItem]:
        """Ends at the first place that is no JSON: what follows cannot be told apart."""
        number = 0
        while self._skip_what_is_between():
            number += 1
            place = f"event {number} (line {self._line})"
            try:
                end = self._find_end()
            except (ValueError, RecursionError) as error:
                yield self._broken(error)
                return
            yield FileItem(place, self._text[self._at : end].encode(errors="surrogateescape"))
            self._pass(end)
        if self._open > 0:
            yield FileItem(f"line {self._line}", b"", "the array has no end: the file is cut off")

    def _skip_what_is_between(self) -> bool:
        """False at the end of the file."""
        while True:
            between = _BETWEEN.match(self._text, self._at)
            assert between is not None  # noqa: S101 - it may be empty
            self._open += between[0].count("[") - between[0].count("]")
            self._pass(between.end())
            if self._at < len(self._text):
                return True
            if not self._read_on():
                return False

    def _find_end(self) -> int:
        while True:
            try:
                return _decoder.raw_decode(self._text, self._at)[1]
            except (ValueError, RecursionError):
                if len(self._text) - self._at > LARGEST or not self._read_on():
                    raise

    def _read_on(self) -> bool:
        """As much again as is there, so that a large event is not looked at too often."""
        more = self._stream.read(max(_CHUNK, len(self._text) - self._at))
        if more:
            self._text, self._at = self._text[self._at :] + more, 0
        return bool(more)

    def _pass(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _broken(self, error: Exception) -> FileItem:
        at, why = self._at, "it is nested too deeply"
        if isinstance(error, JSONDecodeError):
            at, why = error.pos, error.msg
        line = self._line + self._text.count("\n", self._at, at)
        return FileItem(f"line {line}", b"", f"{why}; nothing behind it is read")
