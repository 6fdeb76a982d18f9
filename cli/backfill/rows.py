"""Rows of a file become interviews, or are rejected with a reason. Only mapped columns are looked at."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cli.backfill.mapping import FileMapping, Template, names_in, tidy
from cli.backfill.values import clean, read_date, shortened, slug
from cli.errors import UserMistake


class Unreadable(Exception):
    """Why a row cannot be read."""


class Row(NamedTuple):
    """The cells of the mapped columns, in the mapping's order, and the line they begin on."""

    line: int
    cells: tuple[str, ...]


class Rejected(NamedTuple):
    """A row that was left out."""

    line: int
    reason: str
    cells: tuple[str, ...]


class Interview(NamedTuple):
    """One row, understood. Instants are aware; `values` are its columns and the constants."""

    row: Row
    values: dict[str, str]
    job: str
    candidate: str
    application: str
    interview: str
    starts_at: datetime
    ends_at: datetime
    attended: bool


def read_rows(lines: Iterable[str], mapping: FileMapping) -> Iterator[Row | Rejected]:
    """Every row below the headings. Raises UserMistake when a mapped column is missing or there twice."""
    reader = csv.reader(lines, delimiter=mapping.delimiter)
    try:
        places = _find_columns(next(reader, []), mapping)
    except csv.Error as error:
        raise UserMistake(f"the first line is no line of headings: {error}") from error
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Rejected(line, f"not CSV: {error}", ("",) * len(places))
            continue
        if cells:
            yield Row(line, tuple(cells[place] if place < len(cells) else "" for place in places))


def _find_columns(headings: Sequence[str], mapping: FileMapping) -> list[int]:
    seen = [clean(heading) for heading in headings]
    for name, heading in mapping.columns.items():
        match seen.count(clean(heading)):
            case 0:
                raise UserMistake(f"columns.{name}: the file has no column {heading!r}")
            case 1:
                pass
            case times:
                raise UserMistake(f"columns.{name}: the file has {times} columns {heading!r}; rename one")
    return [seen.index(clean(heading)) for heading in mapping.columns.values()]


def understand(row: Row, mapping: FileMapping, now: datetime) -> Interview:
    """What a row says. Raises Unreadable with the reason, naming columns as the file does."""
    values = _values(row, mapping)
    attended = _attended(values, mapping)
    starts_at = _start(values, mapping, now)
    ids = _ids(values, mapping, starts_at.astimezone(ZoneInfo(mapping.when.timezone)))
    ends_at = starts_at + timedelta(minutes=mapping.when.minutes)
    if ends_at > now:
        raise Unreadable(f"{_heading(mapping.when.column, mapping)}: not over yet")
    return Interview(row, values, *ids, starts_at, ends_at, attended)


def _values(row: Row, mapping: FileMapping) -> dict[str, str]:
    if not any(clean(cell) for cell in row.cells):
        raise Unreadable("empty row")
    values = dict(mapping.constants)
    for name, cell in zip(mapping.columns, row.cells, strict=True):
        if any("\ud800" <= letter <= "\udfff" for letter in cell):
            raise Unreadable(f"{mapping.columns[name]}: not {mapping.encoding}")
        values[name] = _reworded(clean(cell), mapping.words.get(name, {}))
    return values


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
    said = f"{word!r} says neither completed nor missed" if word else "empty"
    raise Unreadable(f"{_heading(mapping.attendance.column, mapping)}: {said}")


def _start(values: dict[str, str], mapping: FileMapping, now: datetime) -> datetime:
    when, heading = mapping.when, _heading(mapping.when.column, mapping)
    text = values[when.column]
    if not text:
        raise Unreadable(f"{heading}: empty")
    found = read_date(text, when.formats)
    if found is None:
        raise Unreadable(f"{heading}: {text!r} fits none of the date formats")
    moment, has_clock = found
    moment = moment if has_clock else datetime.combine(moment, when.start, moment.tzinfo)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(when.timezone))
    if not 1970 <= moment.year <= now.year + 1:
        raise Unreadable(f"{heading}: the year {moment.year} cannot be")
    return moment.astimezone(UTC)


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
            raise Unreadable(f"{_heading(name, mapping)}: nothing to make an id of")
    return shortened(template.format_map(parts))


def _heading(name: str, mapping: FileMapping) -> str:
    return mapping.columns.get(name, name)
