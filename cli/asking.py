"""A question before something that costs: asked on stderr, answered by a person or by `--yes`."""

import sys
from typing import Annotated

import typer

from cli.errors import Failed, UserMistake

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def confirm(question: str, *, yes: bool) -> None:
    """Return when the answer is yes. Raises Failed on no, UserMistake where nobody is there to answer."""
    if yes:
        return
    sys.stderr.write(f"{question} Go on? [y/N] ")  # not on stdout, where a script reads the result
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        raise UserMistake("\nNobody answers: say --yes where no person is asked. Nothing was done.")
    if answer.strip().lower() not in {"y", "yes"}:
        raise Failed("Nothing was done.")
