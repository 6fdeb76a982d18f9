"""The file of rejected rows: line, reason and the mapped columns, nothing else."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from cli.backfill.mapping import FileMapping
from cli.backfill.rows import Rejected


def write_rejected(file: Path, mapping: FileMapping, rejected: Iterable[Rejected]) -> Path:
    """Write FILE.rejected.csv beside the file, or here when its folder is read-only; where it went."""
    target = _folder(file) / f"{file.stem}.rejected.csv"
    with target.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["line", "reason", *mapping.columns.values()])
        writer.writerows([row.line, row.reason, *row.cells] for row in rejected)
    return target


def _folder(file: Path) -> Path:
    """The file's folder unless it is marked read-only, which also holds for a superuser."""
    folder = file.resolve().parent
    writable = os.access(folder, os.W_OK) and folder.stat().st_mode & 0o222
    return folder if writable else Path.cwd()
