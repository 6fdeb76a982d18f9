"""The mapping: which columns of a CSV file are read, and what they mean."""

import codecs
import string
import tomllib
from collections.abc import Iterator, Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from cli.backfill.values import TIME_FORMATS
from cli.errors import UserMistake

_ID_LETTERS = frozenset(f"{string.ascii_letters}{string.digits}._:-")

# What ids may be made of besides columns and constants; each may use what is made before it.
DERIVED = {
    "ids.job": {"day", "clock"},
    "ids.candidate": {"day", "clock"},
    "ids.application": {"day", "clock", "job_id", "candidate_id"},
    "ids.interview": {"day", "clock", "job_id", "candidate_id", "application_id"},
}


def _simple_template(text: str) -> str:
    """Only `{name}`: no attributes, indexes, conversions or formats."""
    for _, name, layout, conversion in string.Formatter().parse(text):
        if name is not None and (not name.isidentifier() or layout or conversion):
            raise ValueError("write {name}, with a name from [columns] or [constants]")
    return text


def _id_template(text: str) -> str:
    """A template whose own letters may stand in an id."""
    for literal, *_ in string.Formatter().parse(_simple_template(text)):
        if not set(literal) <= _ID_LETTERS:
            raise ValueError("beside {name}, an id holds only A-Z a-z 0-9 . _ : -")
    return text


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError as error:
        raise ValueError(f"unknown encoding {name!r}") from error


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error
    return name


Template = Annotated[str, Field(min_length=1), AfterValidator(_simple_template)]
IdTemplate = Annotated[str, Field(min_length=1), AfterValidator(_id_template)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Heading = Annotated[str, Field(min_length=1)]


def names_in(template: str) -> Iterator[str]:
    """The names a template asks for, in order."""
    return (name for _, name, _, _ in string.Formatter().parse(template) if name)


class Section(BaseModel):
    """One table of the mapping. A key nobody knows is a mistake, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class IdsSection(Section):
    """How ids are made. Every value becomes a slug; `day` and `clock` are the interview's local start."""

    job: IdTemplate
    candidate: IdTemplate
    application: IdTemplate = "{candidate_id}-{job_id}"
    interview: IdTemplate = "{application_id}-{day}"


class WhenSection(Section):
    """When an interview was. `formats` are tried in order; one without a time of day starts at `start`.

    ISO 8601 and the numbers Excel keeps dates as are understood beside them; `epoch`: the year those count from.
    """

    column: Name
    formats: list[str] = Field(min_length=1)
    time_column: Name | None = None
    time_formats: list[str] = Field(default=list(TIME_FORMATS), min_length=1)
    epoch: Literal[1900, 1904] = 1900
    start: time = time(9)
    minutes: int = Field(default=60, ge=1, le=24 * 60)
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Etc/UTC"


class AttendanceSection(Section):
    """The words for "took place" and "nobody came". Case and spaces do not matter."""

    column: Name
    completed: list[str] = Field(min_length=1)
    missed: list[str] = Field(min_length=1)


class JobSection(Section):
    """What is known of a job: one per id, opened at its earliest interview and, if it is over, closed at its latest."""

    title: Template
    language: Template = "en"
    family: Template | None = None
    department: Template | None = None
    cycle: Template | None = None


class CandidateSection(Section):
    """What is known of a person. Contact data travels only when it is mapped here."""

    name: Template
    email: Template | None = None
    phone: Template | None = None
    language: Template | None = None
    timezone: Template | None = None
    country: Template | None = None


class InterviewSection(Section):
    """What is known of an interview besides its time."""

    format: Template | None = None


class FileMapping(Section):
    """A whole mapping file. Columns it does not name are never read.

    A job whose last interview is `open_for_days` ago is closed with it: it would else ask for people for ever.
    """

    source: str = Field(default="/talentloop/backfill", pattern=r"^[A-Za-z0-9/_.:-]{1,200}$")
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: Annotated[str, AfterValidator(_known_encoding)] | None = None
    sheet: str | None = Field(default=None, min_length=1)
    open_for_days: int = Field(default=180, ge=0, le=36_500)
    columns: dict[Name, Heading] = Field(min_length=1)
    constants: dict[Name, str] = {}
    words: dict[Name, dict[str, list[str]]] = {}
    ids: IdsSection
    when: WhenSection
    attendance: AttendanceSection
    job: JobSection
    candidate: CandidateSection
    interview: InterviewSection = InterviewSection()

    texts: ClassVar = ("job", "candidate", "interview")

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for place, name in self._names_used():
            known = self.columns.keys() | self.constants.keys()
            if name not in known | DERIVED.get(place, set()):
                raise ValueError(f"{place} names {name!r}, which is neither in [columns] nor in [constants]")
        return self

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        reserved = DERIVED["ids.interview"]
        twice = (self.columns.keys() & self.constants.keys()) | (self.columns.keys() & reserved)
        for name in sorted(twice | (self.constants.keys() & reserved)):
            raise ValueError(f"{name!r} already means something else: choose another name")
        return self

    @model_validator(mode="after")
    def _words_are_clear(self) -> Self:
        for name in self.words.keys() - self.columns.keys():
            raise ValueError(f"words.{name} is not in [columns]")
        both = {tidy(w) for w in self.attendance.completed} & {tidy(w) for w in self.attendance.missed}
        if both:
            raise ValueError(f"attendance: {min(both)!r} cannot mean both completed and missed")
        return self

    def _names_used(self) -> Iterator[tuple[str, str]]:
        yield "when.column", self.when.column
        if self.when.time_column:
            yield "when.time_column", self.when.time_column
        yield "attendance.column", self.attendance.column
        for section in ("ids", *self.texts):
            for key, template in getattr(self, section).model_dump(exclude_none=True).items():
                yield from ((f"{section}.{key}", name) for name in names_in(template))


def tidy(word: str) -> str:
    """A word as it is compared: no outer spaces, single inner ones, no case."""
    return " ".join(word.split()).casefold()


def load_mapping(path: Path) -> FileMapping:
    """Read a mapping file. Raises UserMistake, naming the key and what is wrong with it."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserMistake(f"cannot read the mapping {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserMistake(f"{path} is not TOML: {error}") from error
    return mapping_of(written, str(path))


def mapping_of(written: Mapping[str, object], origin: str) -> FileMapping:
    """Check a mapping as written. Raises UserMistake with every mistake, one a line."""
    try:
        return FileMapping.model_validate(written)
    except ValidationError as error:
        mistakes = [f"  {_place(e['loc'])}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors()]
        raise UserMistake("\n".join([f"the mapping {origin} does not work:", *mistakes])) from error


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "mapping"
