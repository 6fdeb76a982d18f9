"""A question before something that costs: asked on stderr, answered by a person or by `--yes`."""

from typing import Annotated

import typer

from cli.errors import Failed, UserMistake

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def confirm(question: str, *, yes: bool) -> None:
    """Return when the answer is yes. Raises Failed on no, UserMistake where nobody is there to answer."""
    if yes:
        return
    try:
        agreed = typer.confirm(f"{question} Go on?", err=True)
    except typer.Abort:
        raise UserMistake("\nNobody answers: say --yes where no person is asked. Nothing was done.") from None
    if not agreed:
        raise Failed("Nothing was done.")
