"""`talentloop dead-letters`: what could not be accepted, why, and what to do about it."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from cli import where
from cli.asking import Yes, confirm
from cli.errors import Failed, UserMistake
from cli.showing import AsJson
from cli.showing import show as show_found
from local.databases import LISTENING
from shared.contracts import BY_TOPIC
from shared.kit import dead_letters
from shared.kit.db import Connection
from shared.kit.dead_letters import Parked

app = typer.Typer(help="Look at parked records; try them again or discard them.", no_args_is_help=True)

Service = Annotated[str, typer.Argument(help="interviews, candidates, notifications or insights.")]
Code = Annotated[str | None, typer.Option(help="Only this reason.")]
Topic = Annotated[str | None, typer.Option(help="Only this topic.")]
Ids = Annotated[list[int] | None, typer.Argument(help="Ids, as `list` shows them.")]
All = Annotated[bool, typer.Option("--all", help="Every parked record that the options select.")]


@app.command()
def summary(
    service: Annotated[
        str | None, typer.Argument(help="interviews, candidates, notifications or insights; else all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """How many records are parked in each service, by reason, field, topic and source."""
    services = [where.check_listening(service)] if service else LISTENING
    counts = [(name, count) for name in services for count in where.ask(name, dead_letters.count_parked)]
    found = [{"service": name, **count._asdict()} for name, count in counts]
    none = f"Nothing is parked in {service or 'any service'}."
    show_found(found, lambda: counted(counts) if counts else none, as_json=as_json)


@app.command("list")
def list_(
    service: Service,
    code: Code = None,
    topic: Topic = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Parked records, newest first."""
    letters = where.run(_list(where.check_listening(service), code, topic, limit))
    none = f"Nothing of that is parked in {service}." if code or topic else f"Nothing is parked in {service}."
    show_found([_brief(letter) for letter in letters], lambda: listed(letters) if letters else none, as_json=as_json)


@app.command()
def show(service: Service, number: Annotated[int, typer.Argument(metavar="ID")], as_json: AsJson = False) -> None:
    """One parked record whole, with its original bytes. It may hold personal data: do not paste it anywhere."""
    letter = where.ask(where.check_listening(service), dead_letters.find_one, number)
    if letter is None:
        raise UserMistake(
            f"There is no dead letter {number} in {service}. `talentloop dead-letters list {service}` shows all."
        )
    whole = _brief(letter) | {
        "detail": letter.detail,
        "key": _text(letter.key),
        "headers": [[n, _text(v)] for n, v in letter.headers],
        "value": _text(letter.value),
    }
    if as_json:
        print(json.dumps(whole))
    else:
        for name, value in whole.items():
            print(f"{name:12} {value}")


@app.command()
def redrive(
    service: Service,
    ids: Ids = None,
    code: Code = None,
    topic: Topic = None,
    all_: All = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many.")] = False,
) -> None:
    """Hand parked records to their service once more; what still fails is parked again."""
    _report(_change(service, "redriving", ids, code, topic, all_=all_, dry_run=dry_run), "redriving", dry_run=dry_run)


@app.command()
def discard(
    service: Service,
    ids: Ids = None,
    code: Code = None,
    topic: Topic = None,
    all_: All = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many.")] = False,
    yes: Yes = False,
) -> None:
    """Decide that parked records are never to be tried again. Asks first, unless each is named by its id."""
    if not (ids or dry_run) and (count := _change(service, "discarded", None, code, topic, all_=all_, dry_run=True)):
        confirm(f"{count} records of {service} will never be tried again.", yes=yes)
    _report(_change(service, "discarded", ids, code, topic, all_=all_, dry_run=dry_run), "discarded", dry_run=dry_run)


def _change(
    service: str, state: str, ids: list[int] | None, code: str | None, topic: str | None, *, all_: bool, dry_run: bool
) -> int:
    if not (ids or code or topic or all_):
        raise UserMistake("Say which: ids, --code, --topic or --all.")
    chosen = where.run(_set(where.check_listening(service), state, ids, code, topic, dry_run=dry_run))
    if ids and chosen < len(ids):
        raise Failed(f"{len(ids) - chosen} of these ids are not parked in {service}; {chosen} are now {state}.")
    return chosen


def _report(count: int, state: str, *, dry_run: bool) -> None:
    print(f"{count} records {'would be' if dry_run else 'are now'} {state}.")


async def _list(service: str, code: str | None, topic: str | None, limit: int) -> list[Parked]:
    async with where.database(service) as conn:
        await _refuse_unknown(conn, code, topic)
        return await dead_letters.find_parked(conn, code, topic, limit)


async def _set(
    service: str, state: str, ids: list[int] | None, code: str | None, topic: str | None, *, dry_run: bool
) -> int:
    async with where.database(service) as conn:
        await _refuse_unknown(conn, code, topic)
        chosen = await dead_letters.find_parked_ids(conn, ids, code, topic)
        if not dry_run:
            await dead_letters.set_state(conn, chosen, state)
        return len(chosen)


async def _refuse_unknown(conn: Connection, code: str | None, topic: str | None) -> None:
    """A mistyped reason or topic must not look as if nothing of it were parked."""
    parked = {counted.code for counted in await dead_letters.count_parked(conn)}
    if code and code not in dead_letters.CODES | parked:
        raise UserMistake(f"There is no reason {code!r}. Reasons are: {', '.join(sorted(dead_letters.CODES))}.")
    if topic and topic not in BY_TOPIC:
        raise UserMistake(f"There is no topic {topic!r}. The topics are: {', '.join(sorted(BY_TOPIC))}.")


def _brief(letter: Parked) -> dict[str, Any]:
    return {
        "id": letter.id,
        "code": letter.code,
        "field": letter.field,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "organization": letter.organization,
        "attempts": letter.attempts,
        "last_at": letter.last_at.isoformat(),
    }


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", errors="backslashreplace")


def counted(counts: Sequence[tuple[str, dead_letters.Count]]) -> Table:
    """What is parked in each service, for people."""
    rows = [(service, (c.code, c.field), (c.topic, c.source), c.parked) for service, c in counts]
    return _table(("service", "reason, field", "topic, source", "parked"), rows)


def listed(letters: Sequence[Parked]) -> Table:
    """Parked records, for people; where in the log one stands, `show` says."""
    rows = [(x.id, (x.code, x.field), (x.topic, x.organization), (f"{x.last_at:%F %R}", _tried(x))) for x in letters]
    return _table(("id", "reason, field", "topic, organization", "last"), rows)


def _tried(letter: Parked) -> str | None:
    return f"tried {letter.attempts} times" if letter.attempts > 1 else None


def _table(columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> Table:
    """A cell may have lines; whatever is too long for a terminal goes on below, nothing is cut off."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*("\n".join(map(str, filter(None, c if isinstance(c, tuple) else (c,)))) for c in row))
    return table
