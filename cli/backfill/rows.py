"""Rows of a file become interviews, or are rejected with a reason. Only mapped columns are looked at."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cli.backfill.mapping import FileMapping, Template, names_in, tidy
from cli.backfill.table import TableLine
from cli.backfill.values import clean, read_date, read_time, shortened, shortened_text, slug
from cli.errors import UserMistake

HEADINGS_WITHIN = 20  # lines: above the headings a report may have a title
MOST_LISTED = 40
_ERRORS = {"#N/A", "#NV", "#REF!", "#BEZUG!", "#VALUE!", "#WERT!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#ZAHL!"}


class UnreadableRow(Exception):
    """Why a row cannot be read."""


class MappedRow(NamedTuple):
    """The cells of the mapped columns, in the mapping's order, and the line they begin on."""

    line: int
    cells: tuple[str, ...]


class Rejected(NamedTuple):
    """A row that was left out."""

    line: int
    reason: str
    cells: tuple[str, ...]


class InterviewRow(NamedTuple):
    """One row, understood. Instants are aware; `values` are its columns and the constants."""

    row: MappedRow
    values: dict[str, str]
    job: str
    candidate: str
    application: str
    interview: str
    starts_at: datetime
    ends_at: datetime
    attended: bool


def read_rows(lines: Iterable[TableLine], mapping: FileMapping) -> Iterator[MappedRow | Rejected]:
    """Every row below the headings. Raises UserMistake when a mapped column is missing or there twice."""
    remaining = iter(lines)
    places = _find_headings(remaining, mapping)
    for number, cells, problem in remaining:
        if problem:
            yield Rejected(number, problem, ("",) * len(places))
        elif any(cell.strip() for cell in cells):
            yield MappedRow(number, tuple(cells[place] if place < len(cells) else "" for place in places))


def _find_headings(lines: Iterator[TableLine], mapping: FileMapping) -> list[int]:
    """The first line that has every mapped column, below titles and empty lines; where the columns are in it."""
    wanted = {clean(heading) for heading in mapping.columns.values()}
    looked_at: list[list[str]] = []
    for line in islice(lines, HEADINGS_WITHIN):
        if line.problem:
            raise UserMistake(f"line {line.number} is no line of headings: {line.problem}")
        headings = [clean(cell) for cell in line.cells]
        looked_at.append(headings)
        if wanted <= set(headings):
            break
    return _find_columns(max(looked_at, key=lambda headings: len(wanted & set(headings)), default=[]), mapping)


def _find_columns(headings: list[str], mapping: FileMapping) -> list[int]:
    for name, heading in mapping.columns.items():
        times = headings.count(clean(heading))
        if times > 1:
            raise UserMistake(f"columns.{name}: the file has {times} columns {heading!r}; rename one")
        if not times:
            raise UserMistake(f"columns.{name}: the file has no column {heading!r}; it has {_listed(headings)}")
    return [headings.index(clean(heading)) for heading in mapping.columns.values()]


def _listed(headings: list[str]) -> str:
    there = [repr(shortened_text(heading)) for heading in headings if heading]
    more = f" and {len(there) - MOST_LISTED} more" if len(there) > MOST_LISTED else ""
    return ", ".join(there[:MOST_LISTED]) + more if there else "none"


def understand(row: MappedRow, mapping: FileMapping, now: datetime) -> InterviewRow:
    """What a row says. Raises UnreadableRow with the reason, naming columns as the file does."""
    values = _values(row, mapping)
    attended = _attended(values, mapping)
    starts_at = _start(values, mapping, now)
    ids = _ids(values, mapping, starts_at.astimezone(ZoneInfo(mapping.when.timezone)))
    ends_at = starts_at + timedelta(minutes=mapping.when.minutes)
    if ends_at > now:
        raise UnreadableRow(f"{_heading(mapping.when.column, mapping)}: not over yet")
    return InterviewRow(row, values, *ids, starts_at, ends_at, attended)


def _values(row: MappedRow, mapping: FileMapping) -> dict[str, str]:
    if not any(clean(cell) for cell in row.cells):
        raise UnreadableRow("empty row")
    values = dict(mapping.constants)
    for name, cell in zip(mapping.columns, row.cells, strict=True):
        _refuse_damaged(cell, mapping.columns[name])
        values[name] = _reworded(clean(cell), mapping.words.get(name, {}))
    return values


def _refuse_damaged(cell: str, heading: str) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in cell):
        raise UnreadableRow(f"{heading}: bytes that are no letters in the file's encoding")
    if "\0" in cell:
        raise UnreadableRow(f"{heading}: holds a NUL")
    if cell.strip() in _ERRORS:
        raise UnreadableRow(f"{heading}: {cell.strip()} is an error of the spreadsheet")


def _reworded(text: str, words: dict[str, list[str]]) -> str:
    for word, spellings in words.items():
        if tidy(text) in map(tidy, [word, *spellings]):
            return word
    return text


def _attended(values: dict[str, str], mapping: FileMapping) -> bool:
    word = tidy(values[mapping.attendance.column])
    if word in map(tidy, mapping.attendance.completed):
        return True
    if word in map(tidy, mapping.attendance.missed):
        return False
    said = f"{shortened_text(word)!r} says neither completed nor missed" if word else "empty"
    raise UnreadableRow(f"{_heading(mapping.attendance.column, mapping)}: {said}")


def _start(values: dict[str, str], mapping: FileMapping, now: datetime) -> datetime:
    when, heading = mapping.when, _heading(mapping.when.column, mapping)
    text = values[when.column]
    if not text:
        raise UnreadableRow(f"{heading}: empty")
    found = read_date(text, when.formats, when.epoch)
    if found is None:
        raise UnreadableRow(f"{heading}: {shortened_text(text)!r} fits none of the date formats")
    moment, has_clock = found
    at = _clock(values, mapping) or (None if has_clock else when.start)
    moment = datetime.combine(moment, at, moment.tzinfo) if at else moment
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(when.timezone))
    if not 1970 <= moment.year <= now.year + 1:
        raise UnreadableRow(f"{heading}: the year {moment.year} cannot be")
    return moment.astimezone(UTC)


def _clock(values: dict[str, str], mapping: FileMapping) -> time | None:
    """The time of day of a column of its own; None where there is none, or it is empty."""
    when = mapping.when
    if when.time_column is None or not (text := values[when.time_column]):
        return None
    at = read_time(text, when.time_formats)
    if at is None:
        raise UnreadableRow(f"{_heading(when.time_column, mapping)}: {shortened_text(text)!r} is no time of day")
    return at


def _ids(values: dict[str, str], mapping: FileMapping, local: datetime) -> tuple[str, str, str, str]:
    parts = {name: slug(text) for name, text in values.items()}
    parts |= {"day": f"{local:%Y-%m-%d}", "clock": f"{local:%H%M}"}
    parts["job_id"] = _id(mapping.ids.job, parts, mapping)
    parts["candidate_id"] = _id(mapping.ids.candidate, parts, mapping)
    parts["application_id"] = _id(mapping.ids.application, parts, mapping)
    interview = _id(mapping.ids.interview, parts, mapping)
    return parts["job_id"], parts["candidate_id"], parts["application_id"], interview


def _id(template: Template, parts: dict[str, str], mapping: FileMapping) -> str:
    for name in names_in(template):
        if not parts.get(name):
            raise UnreadableRow(f"{_heading(name, mapping)}: nothing to make an id of")
    return shortened(template.format_map(parts))


def _heading(name: str, mapping: FileMapping) -> str:
    return mapping.columns.get(name, name)
