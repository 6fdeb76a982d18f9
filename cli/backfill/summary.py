"""What a backfill came to, for people and for scripts."""

import json
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from cli.backfill.reading import BackfillReading


class BackfillSummary(NamedTuple):
    """The outcome; `changed` is None when nothing was published."""

    read_as: str
    reading: BackfillReading
    changed: dict[str, int] | None

    @property
    def rejected_file(self) -> Path | None:
        """Where the rejected rows are, if there are any."""
        return self.reading.rejected.target if self.reading.rejected.count else None

    def as_json(self) -> str:
        """One line of JSON; its shape is part of the interface."""
        return json.dumps(
            {
                "read_as": self.read_as,
                "rows": self.reading.rows,
                "completed": self.reading.completed,
                "missed": self.reading.missed,
                "rejected": self.reading.rejected.count,
                "jobs_closed": self.reading.count_closed_jobs(),
                "facts": self.reading.count_facts(),
                "rejected_file": str(self.rejected_file) if self.rejected_file else None,
                "changed": self.changed or {},
            }
        )

    def show(self) -> None:
        """A table on stdout."""
        console = Console()
        console.print(self._table())
        for row in self.reading.rejected.first:
            console.print(f"line {row.line}: {row.reason}", markup=False, highlight=False)
        if self.rejected_file:
            console.print(f"All rejected rows: {self.rejected_file}", markup=False, highlight=False, soft_wrap=True)
        if self.changed is None:
            console.print("A rehearsal: nothing was published.")

    def _table(self) -> Table:
        table = Table(show_header=False, box=None)
        table.add_column()
        table.add_column(justify="right")
        for name, count in self._counts():
            table.add_row(name, f"{count:,}")
        return table

    def _counts(self) -> list[tuple[str, int]]:
        reading = self.reading
        counts = [("rows", reading.rows), ("interviews completed", reading.completed)]
        counts += [("interviews missed", reading.missed), ("rows rejected", reading.rejected.count)]
        counts += [("jobs that are over", reading.count_closed_jobs()), ("facts", reading.count_facts())]
        return counts + [(f"news to {service}", count) for service, count in (self.changed or {}).items()]
