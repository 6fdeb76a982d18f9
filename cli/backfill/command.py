"""`talentloop backfill FILE --mapping MAPPING --organization ORG`: read, publish, wait, sum up."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.progress import Progress

from cli import where
from cli.backfill.facts import ORDER, DatedFact
from cli.backfill.mapping import FileMapping, load_mapping
from cli.backfill.publish import Record, publish
from cli.backfill.reading import Reading, read_file
from cli.backfill.rejected import write_rejected
from cli.backfill.settle import count_changes, databases, find_times, settle
from cli.backfill.summary import Summary
from cli.errors import UserMistake
from shared.contracts import Id
from shared.kit.cloudevents import Envelope, encode
from shared.kit.db import Database


class Speaker(NamedTuple):
    """Whose facts these are, who says them, and whether they are of today."""

    organization: str
    source: str
    live: bool


def backfill(
    file: Annotated[Path, typer.Argument(help="A CSV file, one interview a row.")],
    mapping: Annotated[Path, typer.Option(help="Which columns mean what (TOML); no other column is read.")],
    organization: Annotated[str, typer.Option(help="Whose records these are.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and sum up; publish nothing.")] = False,
    rate: Annotated[int | None, typer.Option(help="At most so many facts a second.", min=1)] = None,
    live: Annotated[bool, typer.Option("--live", help="These facts are of today: they may cause mail.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Publish the interviews of a file as facts. Again is harmless: the same rows are the same facts.

    Rows that cannot be read go to FILE.rejected.csv with line and reason; nothing else stops.
    """
    _check_organization(organization)
    meaning = load_mapping(mapping)
    reading = _read(file, meaning, organization)
    rejected_file = write_rejected(file, meaning, reading.rejected) if reading.rejected else None
    speaker = Speaker(organization, meaning.source, live)
    changed = None if dry_run else where.run(_publish(reading.facts, speaker, rate))
    summary = Summary(reading, rejected_file, changed)
    if as_json:
        print(summary.as_json())
    else:
        summary.show()


def _check_organization(organization: str) -> None:
    try:
        TypeAdapter(Id).validate_python(organization)
    except ValidationError as error:
        raise UserMistake("--organization: 1 to 64 of A-Z a-z 0-9 . _ : -") from error


def _read(file: Path, mapping: FileMapping, organization: str) -> Reading:
    try:
        with _bar() as bar, bar.open(file, "rb", description="rows") as raw:
            lines = TextIOWrapper(raw, encoding=mapping.encoding, errors="surrogateescape", newline="")
            return read_file(lines, mapping, organization, datetime.now(UTC))
    except OSError as error:
        raise UserMistake(f"cannot read {file}: {error.strerror}") from error
    except UnicodeError as error:
        raise UserMistake(f"{file} is not {mapping.encoding}: {error}") from error


def _bar() -> Progress:
    """Progress for a person, on stderr; nothing where there is none to see it."""
    console = Console(stderr=True)
    return Progress(console=console, transient=True, disable=not console.is_terminal)


async def _publish(facts: Sequence[DatedFact], speaker: Speaker, rate: int | None) -> dict[str, int]:
    """Publish and wait; service -> how many facts were news to it."""
    async with databases() as services:
        since = await find_times(services)
        with _bar() as bar:
            sending = bar.add_task("facts to Kafka", total=len(facts))
            records = (_record(fact, speaker) for fact in facts)
            ends = await publish(records, ORDER, rate, lambda sent: bar.advance(sending, sent))
            await settle(services, ends, _reading(bar, services, len(ends)))
        return await count_changes(services, speaker.organization, speaker.source, since)


def _record(fact: DatedFact, speaker: Speaker) -> Record:
    envelope = Envelope(
        organization=speaker.organization,
        id=fact.id(speaker.organization),
        source=speaker.source,
        type=fact.topic,
        time=fact.time,
        subject=fact.fact,
        causation=None,
        historical=not speaker.live,
        data=fact.body,
    )
    return Record(fact.topic, *encode(envelope, fact.key))


def _reading(bar: Progress, services: Sequence[Database], partitions: int) -> Callable[[str, int], None]:
    tasks = {database.service: bar.add_task(f"{database.service} reads", total=partitions) for database in services}
    return lambda service, left: bar.update(tasks[service], completed=partitions - left)
