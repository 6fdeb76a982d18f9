"""`talentloop backfill FILE --mapping MAPPING --organization ORG`: read, publish, wait, sum up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.progress import Progress
from shared.kit.cloudevents import Envelope, encode

from cli import where
from cli.backfill.facts import DatedFact
from cli.backfill.mapping import FileMapping, load_mapping
from cli.backfill.publish import Record, publish
from cli.backfill.reading import Reading, read_file
from cli.backfill.rejected import write_rejected
from cli.backfill.settle import count_changes, databases, find_times, settle
from cli.backfill.summary import Summary
from cli.errors import UserMistake
from shared.contracts import Id


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
    check_organization(organization)
    meaning = load_mapping(mapping)
    reading = _read(file, meaning, organization)
    rejected_file = write_rejected(file, meaning, reading.rejected) if reading.rejected else None
    changed = None
    if not dry_run:
        records = [_record(fact, meaning, organization, live=live) for fact in reading.facts]
        changed = where.run(_publish(records, meaning, organization, rate))
    summary = Summary(reading, rejected_file, changed)
    if as_json:
        print(summary.as_json())
    else:
        summary.show()


def check_organization(organization: str) -> None:
    """Raises UserMistake when it cannot be an organisation's id."""
    try:
        TypeAdapter(Id).validate_python(organization)
    except ValidationError as error:
        raise UserMistake("--organization: 1 to 64 of A-Z a-z 0-9 . _ : -") from error


def _read(file: Path, mapping: FileMapping, organization: str) -> Reading:
    try:
        with _opened(file, mapping) as lines:
            return read_file(lines, mapping, organization, datetime.now(UTC))
    except OSError as error:
        raise UserMistake(f"cannot read {file}: {error.strerror}") from error
    except UnicodeError as error:
        raise UserMistake(f"{file} is not {mapping.encoding}: {error}") from error


@contextmanager
def _opened(file: Path, mapping: FileMapping) -> Iterator[TextIO]:
    with file.open(encoding=mapping.encoding, errors="surrogateescape", newline="") as lines:
        yield lines


def _record(fact: DatedFact, mapping: FileMapping, organization: str, *, live: bool) -> Record:
    envelope = Envelope(
        organization=organization,
        id=fact.id(organization),
        source=mapping.source,
        type=fact.topic,
        time=fact.time,
        subject=fact.fact,
        causation=None,
        historical=not live,
        data=fact.body,
    )
    key, value, headers = encode(envelope, fact.key)
    return Record(fact.topic, key, value, headers)


async def _publish(records: list[Record], mapping: FileMapping, organization: str, rate: int | None) -> dict[str, int]:
    """Publish and wait; service -> how many facts were news to it."""
    console = Console(stderr=True)
    async with databases() as services:
        since = await find_times(services)
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("facts to Kafka", total=len(records))
            ends = await publish(records, where.kafka(), where.prefix(), rate, lambda sent: bar.advance(task, sent))
            tasks = {d.service: bar.add_task(f"{d.service} reads", total=len(ends)) for d in services}
            await settle(services, ends, lambda service, left: bar.update(tasks[service], completed=len(ends) - left))
        return await count_changes(services, organization, mapping.source, since)
