"""`talentloop check`: would these events be accepted? Strict: a field no contract knows is an error here."""

import io
import itertools
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from cli import where
from cli.check.judging import CheckedEvent, Judge
from cli.check.reading import items
from cli.errors import UserMistake
from cli.showing import AsJson
from shared.contracts import BY_TOPIC


def check(
    file: Annotated[Path, typer.Argument(help="What was recorded, or is to be sent; `-` reads standard input.")],
    topic: Annotated[
        str | None, typer.Option(help="The topic on which the messages lie, or of which the file holds bare bodies.")
    ] = None,
    partitions: Annotated[
        int | None, typer.Option(min=1, help="How many partitions the topics have, where the operator chose a number.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only what is not acceptable.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check events before you send them, or messages of a topic: would they be accepted, and where do they belong?

    It reads structured CloudEvents, bare bodies (--topic), and messages with
    key and headers: the output of kafka-console-consumer (--property
    print.key=true --property print.headers=true), of kcat -J and of rpk, or
    JSON objects of topic, key, headers and value (text, JSON or base64); one a
    line, in an array, or one after the other.

    Each refusal is told with its code, its field, what is expected and what
    was seen there. The partition is crc32 of the key up to its last `/`, modulo
    --partitions. Strict: unknown fields are errors. Exit 0 when all are
    acceptable, 1 when not.
    """
    if topic is not None and topic not in BY_TOPIC:
        raise UserMistake(f"There is no topic {topic!r}. The topics are: {', '.join(sorted(BY_TOPIC))}.")
    judge = Judge(topic, partitions, where.prefix(), datetime.now(UTC))
    with _opened(file) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="\n")
        checked = map(judge.look_at, items(text))
        tally = CheckTally(quiet=quiet)
        shown = tally.count(_at_least_one(checked, file))
        _print_json(shown, tally) if as_json else _print(shown, tally)
    raise typer.Exit(1 if tally.bad else 0)


class CheckTally:
    """How many were acceptable; what is to be shown goes on."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self.all = self.bad = self.ignored = 0

    def count(self, checked: Iterator[CheckedEvent]) -> Iterator[CheckedEvent]:
        """Count each, and pass on what is shown."""
        for one in checked:
            self.all += 1
            self.bad += bool(one.problems)
            self.ignored += one.ignored is not None
            if one.problems or not self._quiet:
                yield one

    @property
    def figures(self) -> dict[str, int]:
        """By name; what is ignored is acceptable, too."""
        good = self.all - self.bad
        return {"checked": self.all, "acceptable": good, "ignored": self.ignored, "refused": self.bad}


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = file.open("rb")
        stream.peek(1)  # a folder opens on some systems
    except OSError as error:
        raise UserMistake(f"{file} cannot be read: {error.strerror}.") from None
    with stream:
        yield stream


def _at_least_one(checked: Iterator[CheckedEvent], file: Path) -> Iterator[CheckedEvent]:
    first = next(checked, None)
    if first is None:
        raise UserMistake(f"{file} holds no event.")
    return itertools.chain([first], checked)


def _print(shown: Iterator[CheckedEvent], tally: CheckTally) -> None:
    for one in shown:
        for problem in one.problems:
            where_ = f"{problem.field}: " if problem.field else ""
            print(f"{one.place}: {one.topic or '-'}: {problem.code}: {where_}{problem.detail}")
        if rest := _rest(one):
            print(f"{one.place}: {one.topic or '-'}: {rest}")
    ignored = f" {tally.ignored} of these are passed over." if tally.ignored else ""
    print(f"{tally.all} checked, {tally.all - tally.bad} acceptable, {tally.bad} not.{ignored}", file=sys.stderr)


def _rest(one: CheckedEvent) -> str:
    """Where it belongs, and that nothing else is to be said about it."""
    if one.ignored:
        return f"passed over: it {one.ignored}"
    words = [] if one.problems else ["acceptable"]
    if one.key:
        words.append(f"key {one.key} belongs in partition {one.partition} of {one.partitions}")
    if one.lies_in is not None and one.lies_in != one.partition:
        words.append(f"lies in {one.lies_in}, which costs speed only")
    return "; ".join(words)


def _print_json(shown: Iterator[CheckedEvent], tally: CheckTally) -> None:
    """One object, an event a line: a script may read it whole, and nobody needs to hold it whole."""
    print('{"events": [', end="")
    for number, one in enumerate(shown):
        told = one._asdict() | {"problems": [problem._asdict() for problem in one.problems]}
        print(",\n" if number else "\n", json.dumps(told), sep="", end="")
    print("\n],", json.dumps(tally.figures)[1:])
