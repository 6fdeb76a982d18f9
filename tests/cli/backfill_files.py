"""A small file of records and its mapping, as the tests of the backfill write them."""

from datetime import UTC, datetime
from typing import Any

from cli.backfill.mapping import FileMapping, mapping_of
from cli.backfill.table import TableLine, text_lines

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
HEADINGS = "When,Firm,Role,Person,Came,Gender"
ANA = "03.02.2026,Halden,Data Analyst,Ana Ruiz,yes,female"
BEN = "04.02.2026,Halden,Data Analyst,Ben Okafor,no,male"


def a_file(*rows: str) -> list[str]:
    """The lines of a CSV file with these rows below the usual headings."""
    return [f"{line}\n" for line in (HEADINGS, *rows)]


def a_table(*rows: str) -> list[TableLine]:
    """The lines of that file, taken apart."""
    return list(text_lines(a_file(*rows), ","))


def a_mapping(**changes: Any) -> FileMapping:
    """A mapping of that file; `section__key=value` changes one key, `section=value` a whole section."""
    written = _as_written()
    for place, value in changes.items():
        section, _, key = place.partition("__")
        if key:
            written.setdefault(section, {})[key] = value
        else:
            written[section] = value
    return mapping_of(written, "mapping.toml")


def _as_written() -> dict[str, Any]:
    return {
        "columns": {"date": "When", "client": "Firm", "position": "Role", "person": "Person", "attended": "Came"},
        "ids": {"job": "{client}-{position}", "candidate": "{person}"},
        "when": {"column": "date", "formats": ["%d.%m.%Y"], "start": "10:00", "timezone": "Europe/Berlin"},
        "attendance": {"column": "attended", "completed": ["yes"], "missed": ["no"]},
        "job": {"title": "{position}", "family": "{position}"},
        "candidate": {"name": "{person}"},
    }
