"""The file of rejected rows: line, reason and the mapped columns, nothing else; corrected, it can be given again."""

import csv
import os
from collections.abc import Iterable
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from cli.backfill.mapping import FileMapping
from cli.backfill.rows import Rejected
from local.files import replacing
from shared.web.cells import guarded

SHOWN = 5


class Writer(Protocol):
    """What `csv.writer` makes."""

    def writerow(self, row: Iterable[object], /) -> object: ...


class RejectedRows:
    """How many rows were left out, and the first of them. Told where, they are written as they come."""

    def __init__(self, target: Path | None = None, mapping: FileMapping | None = None) -> None:
        self.count = 0
        self.first: list[Rejected] = []
        self.target = target
        self._mapping = mapping
        self._writer: Writer | None = None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Nothing is opened before the first row."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The file is in its place; after an error the older one, if any, still is."""
        self._open.__exit__(kind, error, trace)

    def add(self, row: Rejected) -> None:
        """One more."""
        self.count += 1
        if self.count <= SHOWN:
            self.first.append(row)
        if self.target and self._mapping:
            self._writer = self._writer or self._begin(self.target, self._mapping)
            self._writer.writerow(map(guarded, [str(row.line), row.reason, *row.cells]))

    def _begin(self, target: Path, mapping: FileMapping) -> Writer:
        """With a byte order mark: a spreadsheet then knows the encoding. Private from its first byte."""
        raw = self._open.enter_context(replacing(target))
        out = TextIOWrapper(raw, "utf-8-sig", errors="backslashreplace", newline="")
        self._open.callback(out.detach)
        writer = csv.writer(out)
        writer.writerow(map(guarded, ["line", "reason", *mapping.columns.values()]))
        return writer


def place_for(file: Path) -> Path:
    """FILE.rejected.csv beside the file, or here when its folder is read-only, which also holds for a superuser."""
    folder = file.resolve().parent
    writable = os.access(folder, os.W_OK) and folder.stat().st_mode & 0o222
    return (folder if writable else Path.cwd()) / f"{file.stem}.rejected.csv"
